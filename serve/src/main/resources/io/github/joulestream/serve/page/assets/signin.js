// SPDX-License-Identifier: Apache-2.0
// Asks for a token and exchanges it for the page's cookie.

import {h, setText} from './dom.js';
import {memory} from './theme.js';

/** Whether a token was given in this browser: then there is something to sign out of. */
export const SIGNED_IN = 'joulestream.signed-in';

export function signIn(root, {api, done}) {
  const token = h('input', {id: 'token', name: 'token', type: 'password', autocomplete: 'current-password', required: true, spellcheck: 'false', 'aria-describedby': 'token-help'});
  const failed = h('p', {class: 'failed', role: 'alert'});
  const send = h('button', {type: 'submit', class: 'main'}, 'Sign in');
  const form = h('form', {class: 'sign-in', method: 'post', action: '/api/v1/session', on: {submit: async (event) => {
    event.preventDefault();
    setText(failed, '');
    send.disabled = true;
    try {
      await api('/api/v1/session', {method: 'POST', body: {token: token.value.trim()}});
      memory.set(SIGNED_IN, 'yes');
      done();
    } catch (e) {
      setText(failed, e.message);
      token.select();
    } finally {
      send.disabled = false;
    }
  }}},
    h('h1', {}, 'Sign in'),
    h('p', {id: 'token-help'}, 'Joulestream has to know who you are. Paste a token: of your identity provider, or one that an administrator made. It is kept as a cookie of this browser, which scripts cannot read.'),
    h('label', {for: 'token'}, 'Token'), token, send, failed);
  root.replaceChildren(form);
  token.focus();
}
