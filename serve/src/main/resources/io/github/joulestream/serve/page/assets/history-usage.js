// SPDX-License-Identifier: Apache-2.0
// Energy, cost and CO2e of groups of jobs in a range, as a table whose rows add up to the total.

import {append, clear, h, setText} from './dom.js';
import {apiLink, block, csvLink, Loader, withQuery} from './pageparts.js';

const QUARTER = 900000;
const GROUPS = ['project', 'user', 'partition', 'kind', 'day'];
const LABEL = 'label';

/** Edges of a range on quarters of an hour, as sums of jobs are kept. */
export function quarters(range) {
  const to = Math.max(QUARTER, Math.floor(range.to / QUARTER) * QUARTER);
  const from = Math.min(Math.floor(range.from / QUARTER) * QUARTER, to - QUARTER);
  return {from: new Date(from).toISOString(), to: new Date(to).toISOString()};
}

/** {element, load(range), unmount()}. */
export function usageBlock(ctx, {site, zone}) {
  const part = block('Usage');
  const group = h('select', {'aria-label': 'group by', on: {change: () => changed()}},
    [...GROUPS, LABEL].map((each) => h('option', {value: each}, each === LABEL ? 'a label …' : each)));
  const label = h('input', {'aria-label': 'name of the label', placeholder: 'model', size: '10', hidden: true, on: {change: () => changed()}});
  const result = h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Usage by group'});
  const {format} = ctx;
  let range = null;
  append(part.body, h('p', {class: 'usage-by'}, h('label', {}, 'by ', group), label), result);
  const loader = new Loader(part.body, ctx);

  function changed() {
    label.hidden = group.value !== LABEL;
    if (group.value !== LABEL || label.value.trim() !== '') {
      load(range);
    }
  }

  function load(next) {
    range = next;
    const by = group.value === LABEL ? `label.${label.value.trim() || 'model'}` : group.value;
    const parameters = {site, groupBy: by, ...quarters(range), zone: zone()};
    const path = withQuery('/api/v1/usage', parameters);
    part.links(apiLink(path), csvLink(withQuery('/api/v1/usage', parameters, {format: 'csv'})));
    loader.load([path], show);
  }

  function show(answer) {
    part.note([`${format.dateTime(answer.range.from, zone())} to ${format.dateTime(answer.range.to, zone())}, by quarters of an hour.`,
      answer.differenceMillijoules === null ? '' : `Measured less jobs less idle: ${format.count(answer.differenceMillijoules)}\u2009mJ.`, ...answer.notes].filter(Boolean).join(' '));
    const total = answer.total.energyMillijoules;
    const columns = [answer.groupBy, 'energy', 'share', 'held idle', 'GPUs busy', 'cost', 'CO2e', 'renewable', 'coverage'];
    const cells = (row) => [format.energy(row.energyMillijoules), format.ratio(total > 0 ? row.energyMillijoules / total : null), format.energy(row.heldIdleMillijoules),
      format.ratio(row.gpuHeldMillis > 0 ? row.gpuBusyMillis / row.gpuHeldMillis : null), format.money(row.charges.cost, row.charges.currency),
      format.mass(row.charges.co2eLocationGrams), format.ratio(row.charges.renewableRatio), format.ratio(row.coverageRatio)];
    const line = (row) => h('tr', {}, h('th', {scope: 'row'}, row.key), cells(row).map((text, i) => h('td', {class: 'number'},
      i === 1 ? [h('span', {class: 'share-bar', 'aria-hidden': 'true', style: {'--share': String(total > 0 ? Math.max(0, row.energyMillijoules / total) : 0)}}), text] : text)));
    append(clear(result), answer.rows.length === 0 ? h('p', {class: 'muted'}, 'No energy is known in this range. Choose a longer one.')
      : h('table', {class: 'figures'}, h('caption', {class: 'hidden-text'}, `Energy of ${site} by ${answer.groupBy}`),
        h('thead', {}, h('tr', {}, columns.map((column, i) => h('th', {scope: 'col', class: i > 0 && 'number'}, column)))),
        h('tbody', {}, answer.rows.map(line)), h('tfoot', {}, line(answer.total))));
  }

  setText(part.element.querySelector('h2'), 'Who used it');
  return {element: part.element, load, unmount: () => loader.stop()};
}
