// SPDX-License-Identifier: Apache-2.0
// Bars without axes: one bar in parts, bars side by side, and bars over time. Each says its values in words too.

import {append, button, clear, h, setText, table} from './dom.js';
import {clock, count, dateTime, duration, ratio, UNKNOWN} from './format.js';

const ROWS = 25;

/** Share of a part in percent as CSS takes it. */
function percent(part, whole) {
  return (whole > 0 ? Math.max(0, Math.min(100, (part / whole) * 100)) : 0).toFixed(3) + '%';
}

/**
 * One bar in parts.
 * @param {{label: string, value: number, text: string, pattern: string}[]} parts pattern is a class: solid, dots, lines
 */
export function partsBar(name, parts) {
  const whole = parts.reduce((sum, part) => sum + part.value, 0);
  return h('div', {class: 'parts'},
    h('div', {class: 'parts-bar', role: 'img', 'aria-label': `${name}: ` + parts.map((part) => `${part.label} ${shareText(part, whole)}`).join(', ')},
      parts.filter((part) => part.value > 0).map((part) => h('span', {class: 'part ' + part.pattern, title: `${part.label} ${part.text}`, style: {width: percent(part.value, whole)}}))),
    h('ul', {class: 'parts-words'}, parts.map((part) => h('li', {},
      h('span', {class: 'part-key part ' + part.pattern, 'aria-hidden': 'true'}), `${part.label} `,
      h('span', {class: 'number'}, `${shareText(part, whole)}`), h('span', {class: 'muted'}, ` ${part.text}`)))));
}

function shareText(part, whole) {
  return whole > 0 ? ratio(part.value / whole) : UNKNOWN;
}

/**
 * A table in which one column is a bar; rows keep their elements, so that they do not jump.
 * @param {{caption: string, columns: {label: string, number?: boolean}[]}} options the bar comes after the first column
 */
export function barTable({caption, columns}) {
  const body = h('tbody');
  const where = h('span', {class: 'muted'});
  const before = button('before', () => turn(-1), {class: 'quiet'});
  const after = button('after', () => turn(1), {class: 'quiet'});
  const pager = h('div', {class: 'pager'}, before, after, where);
  const element = h('div', {}, h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption}, h('table', {class: 'figures bar-table'}, h('caption', {class: 'hidden-text'}, caption),
    h('thead', {}, h('tr', {}, columns.map((column, i) => [h('th', {scope: 'col', class: column.number && 'number'}, column.label),
      i === 0 ? h('td', {class: 'bar-cell'}) : null]))), body)), pager);
  let rows = [];
  let page = 0;

  function turn(pages) {
    page += pages;
    show();
  }

  function show() {
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    page = Math.min(Math.max(0, page), pages - 1);
    const part = rows.slice(page * ROWS, (page + 1) * ROWS);
    const most = rows.reduce((high, row) => Math.max(high, row.value ?? 0), 0);
    while (body.childElementCount > part.length) {
      body.lastChild.remove();
    }
    part.forEach((row, i) => {
      const line = body.children[i] || newLine();
      if (line.dataset.key !== row.key) {
        line.dataset.key = row.key;
        append(clear(line.firstChild), row.head);
      }
      line.children[1].firstChild.style.setProperty('width', percent(row.value ?? 0, most));
      line.children[1].firstChild.style.setProperty('background', `var(${row.colour || '--gpu'})`);
      row.cells.forEach((text, k) => setText(line.children[k + 2], text));
    });
    pager.hidden = pages === 1;
    before.disabled = page <= 0;
    after.disabled = page >= pages - 1;
    setText(where, `page ${count(page + 1)} of ${count(pages)}, ${count(rows.length)} rows`);
  }

  function newLine() {
    const line = h('tr', {}, h('th', {scope: 'row'}), h('td', {class: 'bar-cell', 'aria-hidden': 'true'}, h('span', {class: 'bar'})),
      columns.slice(1).map((column) => h('td', {class: column.number && 'number'})));
    body.append(line);
    return line;
  }

  return {
    element,
    /** Rows: {key, head (text or element), value, cells, colour}. */
    set(others) {
      rows = others;
      show();
    },
  };
}

/**
 * Bars over time, a line each row.
 * @param {{caption: string, zone: () => string, head: string}} options
 */
export function timeBars({caption, zone, head}) {
  const plot = h('div', {class: 'gantt'});
  const twin = h('div', {class: 'scroll', hidden: true, tabindex: '0', role: 'group', 'aria-label': caption});
  const where = h('span', {class: 'muted'});
  const before = button('before', () => turn(-1), {class: 'quiet'});
  const after = button('after', () => turn(1), {class: 'quiet'});
  const pager = h('div', {class: 'pager'}, before, after, where);
  const toggle = button('table', () => {
    twin.hidden = !twin.hidden;
    toggle.setAttribute('aria-expanded', String(!twin.hidden));
    setText(toggle, twin.hidden ? 'table' : 'hide table');
    show();
  }, {class: 'quiet', 'aria-expanded': 'false'});
  const element = h('div', {class: 'gantt-frame'}, h('div', {class: 'gantt-head'}, toggle), plot, twin, pager);
  let data = {rows: [], from: 0, to: 1};
  let page = 0;

  function turn(pages) {
    page += pages;
    show();
  }

  function show() {
    const {rows, from, to} = data;
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    page = Math.min(Math.max(0, page), pages - 1);
    const part = rows.slice(page * ROWS, (page + 1) * ROWS);
    append(clear(plot), part.map((row) => h('div', {class: 'gantt-row'}, h('span', {class: 'gantt-label'}, row.link ? row.link() : row.label),
      h('span', {class: 'gantt-line', role: 'img', 'aria-label': `${row.label}: ` + row.bars.map((bar) => barWords(bar)).join('; ')}, row.bars.filter((bar) => bar.to > from && bar.from < to).map((bar) => barOf(bar, from, to))))),
    h('div', {class: 'gantt-row gantt-axis', 'aria-hidden': 'true'}, h('span', {class: 'gantt-label'}), h('span', {class: 'gantt-line'},
      [0, 1, 2, 3].map((i) => h('span', {}, axisText(from + ((to - from) * i) / 3, to - from))))));
    pager.hidden = pages === 1;
    before.disabled = page <= 0;
    after.disabled = page >= pages - 1;
    setText(where, `page ${count(page + 1)} of ${count(pages)}, ${count(rows.length)} rows`);
    if (!twin.hidden) {
      append(clear(twin), table(caption, [{label: head}, {label: 'what'}, {label: `from, ${zone()}`}, {label: 'to'}, {label: 'devices'}, {label: 'time', number: true}],
        part.flatMap((row) => row.bars.map((bar) => [row.label, bar.words, dateTime(bar.from, zone(), true), bar.open ? 'now' : dateTime(bar.to, zone(), true), bar.devices || UNKNOWN, duration(bar.to - bar.from)])), {class: 'figures'}));
    }
  }

  function axisText(time, span) {
    return span > 36 * 3600e3 ? dateTime(time, zone()).slice(5) : clock(time, zone(), span < 600e3);
  }

  function barWords(bar) {
    return `${bar.words}, ${dateTime(bar.from, zone())} to ${bar.open ? 'now' : dateTime(bar.to, zone())}`;
  }

  function barOf(bar, from, to) {
    const start = Math.max(bar.from, from);
    return h('span', {class: 'gantt-bar ' + (bar.pattern || ''), title: barWords(bar) + (bar.devices ? `, ${bar.devices}` : ''),
      style: {left: percent(start - from, to - from), width: percent(Math.min(bar.to, to) - start, to - from), background: bar.colour || 'var(--gpu)'}});
  }

  return {
    element,
    /** Rows: {label, link?, bars: [{from, to, open, words, devices, colour, pattern}]}; times are ms since 1970. */
    set(others) {
      data = others;
      show();
    },
  };
}

/**
 * Placements of the API as rows of bars, by what `by` answers.
 * @param {object[]} placements
 * @param {(placement: object) => {label: string, words: string, link?: Function, colour?: string}} of
 */
export function placementRows(placements, of, now) {
  const rows = new Map();
  for (const placement of placements) {
    const {label, words, link, colour} = of(placement);
    if (!rows.has(label)) {
      rows.set(label, {label, link, bars: []});
    }
    rows.get(label).bars.push({from: Date.parse(placement.from), to: placement.to === null ? now : Date.parse(placement.to),
      open: placement.to === null, words, devices: placement.devices, colour});
  }
  return [...rows.values()];
}
