// SPDX-License-Identifier: Apache-2.0
// Texts of users as they are safe to show: what turns the direction of what follows, begins another
// line or cannot be seen is an escape. ShownText of the server has the same rule, and why.

const UNSAFE = new RegExp('[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u115f\\u1160\\u180e'
  + '\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufdd0-\\ufdef\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff'
  + '\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}'
  + Array.from({length: 16}, (_, plane) => `\\u{${(plane + 1).toString(16)}fffe}\\u{${(plane + 1).toString(16)}ffff}`).join('') + ']', 'gu');

const SHORT = {'\n': '\\n', '\r': '\\r', '\t': '\\t'};

/** A text with escapes; the same text if there is nothing to escape. */
export function shownText(text) {
  return String(text).replace(UNSAFE, (c) => SHORT[c]
    || c.split('').map((half) => '\\u' + half.charCodeAt(0).toString(16).padStart(4, '0')).join(''));
}
