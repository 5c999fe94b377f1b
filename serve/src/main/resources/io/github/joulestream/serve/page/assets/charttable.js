// SPDX-License-Identifier: Apache-2.0
// The table that says in figures what a chart shows; the newest first, 25 rows a page.

import {h, button, clear, setText, table} from './dom.js';
import * as format from './format.js';

const ROWS = 25;

export function tableTwin(chart) {
  const body = h('div');
  const where = h('span', {class: 'muted', 'aria-live': 'polite'});
  let page = 0;
  let shown = '';
  const earlier = button('earlier', () => turn(1), {class: 'quiet'});
  const later = button('later', () => turn(-1), {class: 'quiet'});
  const element = h('div', {class: 'chart-table', hidden: true, tabindex: '0', role: 'group', 'aria-label': chart.options.name}, body, h('div', {class: 'pager'}, later, earlier, where));

  function turn(pages) {
    page += pages;
    shown = '';
    update();
  }

  function update() {
    if (element.hidden) {
      return;
    }
    const {times, values} = chart.data;
    const pages = Math.max(1, Math.ceil(times.length / ROWS));
    page = Math.min(Math.max(0, page), pages - 1);
    const key = page + ' ' + times.length + ' ' + times[times.length - 1];
    // it is read while it is shown: rows change at most every ten seconds
    const now = performance.now();
    if (shown === key || (shown !== '' && now - update.at < 10000)) {
      return;
    }
    shown = key;
    update.at = now;
    const series = [...chart.options.series].reverse();
    const rows = [];
    for (let i = times.length - 1 - page * ROWS; i >= 0 && rows.length < ROWS; i--) {
      rows.push([format.dateTime(times[i] * 1000, chart.zone, true),
        ...series.map((s) => chart.options.format(values[s.key]?.[i] ?? null))]);
    }
    clear(body).append(table(chart.options.name,
      [{label: 'time, ' + chart.zone}, ...series.map((s) => ({label: s.label, number: true}))], rows, {class: 'figures'}));
    setText(where, 'page ' + (page + 1) + ' of ' + pages);
    earlier.disabled = page >= pages - 1;
    later.disabled = page <= 0;
  }
  update.at = 0;

  return {
    element,
    update,
    toggle(control) {
      element.hidden = !element.hidden;
      control.setAttribute('aria-expanded', String(!element.hidden));
      setText(control, element.hidden ? 'table' : 'hide table');
      shown = '';
      update();
    },
  };
}
