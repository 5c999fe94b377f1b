// SPDX-License-Identifier: Apache-2.0
// The table that says what the map shows: 25 rows a page, sorted by any column.

import {append, button, clear, h, link, setAttribute, setText} from './dom.js';
import {count} from './format.js';
import {orderOf, stateOf} from './map-cells.js';
import {MODES, wordsOf} from './map-colours.js';

const ROWS = 25;
/** Rows keep their place for so long, ms: they are being read. */
const SETTLED = 5000;

const COLUMNS = [
  {id: 'name', label: 'node'},
  {id: 'rack', label: 'rack'},
  {id: 'power', label: 'power', number: true},
  {id: 'busy', label: 'busy', number: true},
  {id: 'heldIdle', label: 'held idle', number: true},
  {id: 'temperature', label: 'temperature', number: true},
  {id: 'age', label: 'age', number: true},
  {id: 'state', label: 'state'},
];

/**
 * A table. `source()` answers {columns, jobs, first, count, racks}, or null; `open(cell)` opens a cell;
 * `href(name)` is where a node's page is.
 */
export function mapTable({source, open, href}) {
  const heads = COLUMNS.map((column) => h('th', {scope: 'col', class: column.number && 'number'},
    button(column.label, () => sortBy(column.id), {class: 'sort'})));
  heads.push(h('th', {scope: 'col'}, 'job'));
  const caption = h('caption', {}, 'Nodes');
  const body = h('tbody');
  const where = h('span', {class: 'muted', 'aria-live': 'polite'});
  const before = button('before', () => turn(-1), {class: 'quiet'});
  const after = button('after', () => turn(1), {class: 'quiet'});
  const element = h('div', {class: 'map-table', hidden: true},
    h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Table of the map'}, h('table', {class: 'figures'}, caption, h('thead', {}, h('tr', {}, heads)), body)),
    h('div', {class: 'pager'}, before, after, where));
  let by = 'name';
  let descending = false;
  let page = 0;
  let order = [];
  let orderedAt = 0;
  let version = null;

  function sortBy(id) {
    descending = by === id ? !descending : id !== 'name' && id !== 'rack';
    by = id;
    page = 0;
    orderedAt = 0;
    update();
  }

  function turn(pages) {
    page += pages;
    update();
  }

  function sorted(shown) {
    const now = performance.now();
    const key = `${shown.columns.version} ${shown.first} ${shown.count} ${by} ${descending}`;
    if (key !== version || now - orderedAt > SETTLED) {
      order = orderOf(shown.columns, by, descending, shown.first, shown.count);
      orderedAt = now;
      version = key;
    }
    return order;
  }

  function update() {
    const shown = element.hidden ? null : source();
    if (shown === null) {
      return;
    }
    setText(caption, shown.racks ? 'Racks, means of their nodes; power as a share of the highest of each node' : 'Nodes; power as a share of the highest of each');
    setText(heads[0].firstChild, shown.racks ? 'rack' : 'node');
    heads[1].hidden = shown.racks;
    heads[COLUMNS.length].hidden = shown.racks;
    COLUMNS.forEach((column, i) => setAttribute(heads[i], 'aria-sort', column.id !== by ? null : descending ? 'descending' : 'ascending'));
    const cells = sorted(shown);
    const pages = Math.max(1, Math.ceil(cells.length / ROWS));
    page = Math.min(Math.max(0, page), pages - 1);
    const rows = cells.slice(page * ROWS, (page + 1) * ROWS);
    while (body.childElementCount > rows.length) {
      body.lastChild.remove();
    }
    rows.forEach((cell, i) => fill(body.children[i] || newRow(), cell, shown));
    setText(where, `page ${count(page + 1)} of ${count(pages)}, ${count(cells.length)} ${shown.racks ? 'racks' : 'nodes'}`);
    before.disabled = page <= 0;
    after.disabled = page >= pages - 1;
  }

  function newRow() {
    const row = h('tr', {}, h('th', {scope: 'row'}), COLUMNS.slice(1).map((column) => h('td', {class: column.number && 'number'})), h('td'));
    body.append(row);
    return row;
  }

  function fill(row, cell, {columns, jobs, racks}) {
    const name = columns.names[cell];
    if (row.dataset.name !== name || row.dataset.racks !== String(racks)) {
      row.dataset.name = name;
      row.dataset.racks = String(racks);
      append(clear(row.firstChild), racks ? button(name || '(no rack)', () => open(name), {class: 'quiet'}) : link(href(name), name));
    }
    COLUMNS.slice(1).forEach((column, i) => setText(row.children[i + 1], textOf(column.id, columns, cell, racks)));
    const job = racks ? null : jobs.of(cell);
    setText(row.lastChild, job === null ? '' : job.user ? `${job.job} (${job.user})` : job.job);
    row.children[1].hidden = racks;
    row.lastChild.hidden = racks;
  }

  function textOf(id, columns, cell, racks) {
    switch (id) {
      case 'rack': return columns.racks[cell];
      case 'state': return stateOf(columns.flags[cell], racks);
      default: return wordsOf(MODES.find((mode) => mode.id === id), columns[id][cell]);
    }
  }

  return {
    element,
    update,
    toggle(control) {
      element.hidden = !element.hidden;
      setAttribute(control, 'aria-expanded', String(!element.hidden));
      setText(control, element.hidden ? 'table' : 'hide table');
      update();
    },
  };
}
