// SPDX-License-Identifier: Apache-2.0
// Keys of the page, and the list of them.

import {button, h, link} from './dom.js';
import {paths} from './api.js';

const KEYS = [
  ['/', 'search jobs'],
  ['g j', 'jobs'],
  ['g n', 'nodes'],
  ['g s', 'sites'],
  ['g a', 'alerts'],
  ['g h', 'history of the site'],
  ['g r', 'reports'],
  ['arrows', 'move among nodes or jobs'],
  ['Enter', 'open the node or job'],
  ['p', 'pause, resume'],
  ['t', 'light, dark, as the system'],
  ['Esc', 'close, or back to the first screen'],
  ['?', 'this list'],
];

export function makeKeys(app, navigate) {
  const dialog = h('dialog', {class: 'keys', 'aria-labelledby': 'keys-title'},
    h('h2', {id: 'keys-title'}, 'Keys'),
    h('dl', {}, KEYS.map(([keys, does]) => [h('dt', {}, keys.split(' ').map((k) => h('kbd', {}, k))), h('dd', {}, does)])),
    h('p', {}, link('?wall', 'Wall mode', {target: '_self'}), ': no controls, larger type.'),
    h('form', {method: 'dialog'}, button('Close', () => dialog.close(), {autofocus: true})));
  document.body.append(dialog);
  document.addEventListener('keys-help', () => dialog.showModal());
  let before = '';
  let beforeAt = 0;

  /** Puts the focus on a part of the first screen, going there if another view is shown. */
  async function go(selector) {
    if (!document.querySelector('.view-overview:not([hidden])')) {
      await navigate(app.live.current ? paths.site(app.live.current.name) : '/');
    }
    const target = document.querySelector('.view-overview ' + selector);
    target?.focus();
    target?.scrollIntoView({block: 'nearest'});
  }

  const after = {
    j: () => go('[data-go="jobs"]'),
    n: () => go('[data-go="nodes"]'),
    a: () => go('[data-go="alerts"]'),
    s: () => document.querySelector('.site-choice select')?.focus(),
    h: () => app.live.current && navigate(paths.history(app.live.current.name)),
    r: () => navigate(paths.reports()),
  };
  const alone = {
    '/': () => go('[data-go="search"]'),
    '?': () => dialog.showModal(),
    p: () => app.live.pause(!app.live.paused),
    t: () => app.theme.next(),
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || app.asking || dialog.open) {
      return;
    }
    const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
    if (event.key === 'Escape') {
      if (typing) {
        event.target.blur();
      } else if (!document.querySelector('.view-overview:not([hidden])') && app.router) {
        navigate(app.live.current ? paths.site(app.live.current.name) : '/');
      }
      return;
    }
    if (typing) {
      return;
    }
    const isSecond = before === 'g' && performance.now() - beforeAt < 1500;
    const action = isSecond ? after[event.key] : alone[event.key];
    before = isSecond ? '' : event.key;
    beforeAt = performance.now();
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
