// SPDX-License-Identifier: Apache-2.0
// A path that the page does not have.

import {h, link} from './dom.js';

export function mount(root) {
  root.append(h('section', {class: 'empty'},
    h('h1', {}, 'Nothing is here'),
    h('p', {}, 'The page has no such path. ', link('/', 'To the first screen'))));
  return {unmount() {}, update() {}};
}
