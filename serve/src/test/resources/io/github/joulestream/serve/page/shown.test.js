// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {shownText} from './shown.js';

// the list that the server's rule is compared with, too
const ranges = readFileSync('unsafe-characters.txt', 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  .map((line) => line.split(' ').slice(0, 2).map((hex) => parseInt(hex, 16)));

test('every unsafe character is an escape, and no other is', () => {
  assert.ok(ranges.length > 40);
  let at = 0;
  for (let c = 0; c <= 0x10ffff; c++) {
    while (at < ranges.length && ranges[at][1] < c) {
      at++;
    }
    const unsafe = at < ranges.length && c >= ranges[at][0];
    const text = 'x' + String.fromCodePoint(c) + 'y';
    const shown = shownText(text);
    if (unsafe ? !/^x\\[a-z0-9\\]+y$/.test(shown) : shown !== text) {
      assert.fail(`U+${c.toString(16)} is shown as ${shown}`);
    }
  }
});

test('escapes are those of the server', () => {
  assert.equal(shownText('a\u202eb\n\r\t\u001b'), 'a\\u202eb\\n\\r\\t\\u001b');
  assert.equal(shownText('a\u{e0041}'), 'a\\udb40\\udc41');
  assert.equal(shownText('half\ud83d'), 'half\\ud83d');
  assert.equal(shownText(7), '7');
});
