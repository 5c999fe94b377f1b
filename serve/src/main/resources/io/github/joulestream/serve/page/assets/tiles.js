// SPDX-License-Identifier: Apache-2.0
// The figures of now.

import {h, setText} from './dom.js';
import * as format from './format.js';
import {OLD} from './header.js';
import {shownText} from './shown.js';

/** Shares of what is known; null if nothing is. */
const share = (part, whole) => (whole > 0 && part !== null ? part / whole : null);

/** Each: its name, and what it shows of a SiteNow as {big, unit, lines, over, title}. */
const TILES = [
  ['Power now', (now, site) => ({
    big: format.power(now.milliwatts),
    lines: [
      site.hourAgo > 0 && now.milliwatts !== null ? format.change(now.milliwatts / site.hourAgo - 1) + ' in 1\u2009h' : '',
      now.facilityMilliwatts !== null
        ? 'facility ' + format.power(now.facilityMilliwatts) + (now.facilityRatio !== null ? ', ratio ' + now.facilityRatio.toFixed(2) : '') : '',
    ],
    title: 'Of all nodes that report; no device twice. The ratio is facility power by measured power.',
  })],
  ['Budget', (now, site) => {
    if (now.budget === null) {
      return {big: format.UNKNOWN, lines: ['no budget of power'], title: 'joulestream budget --help says how to set one'};
    }
    const budget = now.budget;
    const over = budget.usedRatio >= 1;
    return {
      big: format.ratio(budget.usedRatio),
      lines: ['of ' + format.power(budget.limitNowMilliwatts), over ? 'over the limit' : crossing(budget, site)],
      over,
      title: 'Budget ' + budget.id,
    };
  }],
  ['Idle', (now) => ({
    big: format.power(now.idleMilliwatts),
    lines: [format.ratio(share(now.idleMilliwatts, now.milliwatts)) + ' held by no job', 'held idle ' + format.power(now.heldIdleMilliwatts)],
    title: 'Held idle: GPUs that jobs hold at a utilisation under 5 %',
  })],
  ['GPU busy', (now) => ({
    big: format.ratio(share(now.gpusBusy, now.gpus)),
    lines: ['allocated ' + format.ratio(share(now.gpusAllocated, now.gpus)), 'of ' + format.count(now.gpus) + ' GPUs'],
  })],
  ['Memory', (now) => ({
    big: format.ratio(share(now.memory.usedMebibytes, now.memory.useKnownMebibytes)),
    lines: [
      'alloc. ' + format.ratio(share(now.memory.allocatedMebibytes, now.memory.seenMebibytes)) + ' of ' + format.space(now.memory.seenMebibytes),
      'storage ' + format.ratio(share(now.storage.usedMebibytes, now.storage.useKnownMebibytes)) + ' of ' + format.space(now.storage.seenMebibytes),
    ],
    title: 'In use, of nodes that report it',
  })],
  ['Carbon', (now) => {
    const grams = now.supply.gramsCo2ePerKilowattHour;
    return {
      big: grams === null ? format.UNKNOWN : format.digits(grams) + '\u2009g/kWh',
      lines: [
        grams === null ? 'not known for now' : now.milliwatts === null ? '' : format.mass(grams * now.milliwatts / 1e6) + '/h'
          + (now.supply.ownRatio > 0 ? ', own ' + format.ratio(now.supply.ownRatio) : ''),
        now.supply.renewableRatio === null ? '' : format.ratio(now.supply.renewableRatio) + ' renewable' + (now.supply.synthetic ? ', made up' : ''),
      ],
      title: 'CO2e, location-based, average' + (now.supply.synthetic ? '; made up for a simulated site' : ''),
    };
  }],
  ['Price', (now, site) => {
    const price = now.supply.pricePerKilowattHour;
    return {
      big: price === null ? format.UNKNOWN : format.digits(price) + '\u2009' + now.supply.currency,
      lines: [
        price === null ? 'not known for now' : 'per kWh' + (now.milliwatts === null ? '' : ', ' + format.money(price * now.milliwatts / 1e6, now.supply.currency) + '/h'),
        now.supply.until === null ? '' : 'until ' + format.clock(now.supply.until, site.zone, false) + (now.supply.synthetic ? ', made up' : ''),
      ],
      title: now.supply.synthetic ? 'Made up for a simulated site' : '',
    };
  }],
  ['Nodes', (now, site) => ({
    big: format.count(now.nodesReporting),
    unit: 'of ' + format.count(now.nodes),
    lines: [
      now.nodesReporting < now.nodes ? format.ratio(share(now.nodesReporting, now.nodes)) + ' of nodes report' : 'all report',
      site.age >= OLD ? 'data ' + format.age(site.age) + ' old' : format.count(now.jobsRunning) + ' jobs run',
    ],
    over: false,
  })],
];

function crossing(budget, site) {
  if (budget.forecastCrossing === null) {
    return 'no crossing forecast';
  }
  const left = Date.parse(budget.forecastCrossing) - site.time;
  return left <= 0 ? 'crosses now' : 'crosses in ' + format.duration(left);
}

export function mount(root, ctx) {
  const site = ctx.params.site;
  const tiles = TILES.map(([name, of]) => {
    const figure = h('span', {}, format.UNKNOWN);
    const unit = h('span', {class: 'unit'});
    const big = h('p', {class: 'big number'}, figure, unit);
    const lines = [h('p', {}, '\u00a0'), h('p', {}, '\u00a0')];
    const element = h('div', {class: 'tile'}, h('h2', {}, name), big, lines);
    return {of, figure, unit, lines, element};
  });
  root.append(h('div', {class: 'tiles'}, tiles.map((t) => t.element)));

  function show() {
    const state = ctx.live.current;
    if (state?.name !== site || state.now === null) {
      return;
    }
    const time = Date.now();
    const about = {zone: ctx.zone(site), hourAgo: ctx.power.at('total', time / 1000 - 3600), age: state.age(), time};
    for (const tile of tiles) {
      const figures = tile.of(state.now, about);
      const split = figures.unit ? -1 : figures.big.lastIndexOf('\u2009');
      setText(tile.figure, split < 0 ? figures.big : figures.big.slice(0, split));
      setText(tile.unit, figures.unit ? '\u2009' + figures.unit : split < 0 ? '' : figures.big.slice(split));
      tile.lines.forEach((line, i) => setText(line, figures.lines[i] || '\u00a0'));
      tile.element.classList.toggle('is-over', Boolean(figures.over));
      tile.element.title = shownText(figures.title || '');
    }
  }

  const offs = [ctx.live.on('site', show), ctx.power.on(show)];
  show();
  return {unmount() {
    offs.forEach((off) => off());
  }};
}
