// SPDX-License-Identifier: Apache-2.0
// Ranges of time: presets and any range, kept in the page's address, as the API takes them.

import {button, h, setAttribute, setText} from './dom.js';
import {dateTime} from './format.js';

const UNITS = {m: 60, h: 3600, d: 86400};
/** What is younger is not in the store yet, or only in part, ms. */
export const SETTLING = 30000;
const AGE = /^(\d{1,6})([mhd])$/;

/** Seconds of an age as 90m, 24h, 7d; null if it is none. */
export function seconds(age) {
  const found = AGE.exec(age || '');
  return found ? Number(found[1]) * UNITS[found[2]] : null;
}

/** An age in words: 24 h. */
export function ageWords(age) {
  const found = AGE.exec(age);
  return found ? `${found[1]}\u2009${found[2] === 'm' ? 'min' : found[2]}` : age;
}

/** How far a zone is ahead of UTC at a time, ms. */
export function offsetOf(time, zone) {
  const text = dateTime(time, zone, true);
  return Date.parse(text.replace(' ', 'T') + 'Z') - Math.floor(time / 1000) * 1000;
}

/**
 * Time of a local time in a zone: `2026-10-18T16:41`. A local time that does not exist, as an hour of a night in
 * March, is taken with the offset before it; of two, as in October, the first is taken.
 * @returns {number} ms since 1970; NaN if the text is none
 */
export function timeOf(local, zone) {
  const asUtc = Date.parse(local + 'Z');
  if (Number.isNaN(asUtc)) {
    return NaN;
  }
  const before = asUtc - offsetOf(asUtc - 86400000, zone);
  if (offsetOf(before, zone) === asUtc - before) {
    return before;
  }
  const after = asUtc - offsetOf(asUtc + 86400000, zone);
  return offsetOf(after, zone) === asUtc - after ? after : before;
}

/** A time as an input of local time shows it. */
export function localOf(time, zone) {
  return dateTime(time, zone).replace(' ', 'T');
}

/**
 * The range that the page's address has. One of an age ends half a minute ago: by then the store has all of it.
 * @param {URLSearchParams} query with `range` (an age), or `from` and `to` (RFC 3339)
 * @param {string} preset the one that is taken without them
 * @returns {{age: string | null, from: number, to: number, api: URLSearchParams}}
 */
export function rangeOf(query, preset, now = Date.now()) {
  const from = Date.parse(query.get('from') || '');
  const to = query.has('to') ? Date.parse(query.get('to')) : now;
  if (from < to) {
    return {age: null, from, to, api: new URLSearchParams({from: iso(from), to: iso(to)})};
  }
  const age = seconds(query.get('range')) ? query.get('range') : preset;
  const end = Math.floor((now - SETTLING) / 10000) * 10000;
  const start = end - seconds(age) * 1000;
  return {age, from: start, to: end, api: new URLSearchParams({from: iso(start), to: iso(end)})};
}

function iso(time) {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The end of a range, at most that many seconds of it; the range itself if it is no longer. */
export function endOf(range, most) {
  return range.to - range.from <= most * 1000 ? range
    : {...range, from: range.to - most * 1000, api: new URLSearchParams({from: iso(range.to - most * 1000), to: iso(range.to)})};
}

/** The same range as words of the page's address. */
export function queryOf(range) {
  return range.age !== null ? new URLSearchParams({range: range.age})
    : new URLSearchParams({from: iso(range.from), to: iso(range.to)});
}

/**
 * Presets and fields to choose any range.
 * @param {{presets: string[], zone: () => string, choose: (query: URLSearchParams) => void}} options
 */
export function rangeChooser({presets, zone, choose}) {
  const buttons = presets.map((age) => button(ageWords(age), () => choose(new URLSearchParams({range: age})), {data: {age}, 'aria-pressed': 'false'}));
  const from = h('input', {type: 'datetime-local', 'aria-label': 'from'});
  const to = h('input', {type: 'datetime-local', 'aria-label': 'to'});
  const problem = h('span', {class: 'failed', role: 'alert'});
  const zoneName = h('span', {class: 'muted small'});
  const form = h('form', {class: 'range-own', on: {submit: (event) => {
    event.preventDefault();
    own();
  }}}, from, h('span', {class: 'muted'}, 'to'), to, h('button', {type: 'submit'}, 'Show'), zoneName, problem);
  const element = h('div', {class: 'range'}, h('div', {class: 'choice', role: 'group', 'aria-label': 'range'}, buttons), form);

  function own() {
    const start = timeOf(from.value, zone());
    const end = timeOf(to.value, zone());
    if (Number.isNaN(start) || Number.isNaN(end)) {
      setText(problem, 'Enter both times.');
    } else if (start >= end) {
      setText(problem, 'The end must be after the start.');
    } else {
      setText(problem, '');
      choose(new URLSearchParams({from: iso(start), to: iso(end)}));
    }
  }

  return {
    element,
    show(range) {
      for (const each of buttons) {
        setAttribute(each, 'aria-pressed', String(each.dataset.age === range.age));
      }
      if (!form.contains(document.activeElement)) {
        from.value = localOf(range.from, zone());
        to.value = localOf(range.to, zone());
      }
      setText(zoneName, zone());
    },
  };
}
