// SPDX-License-Identifier: Apache-2.0
// A site in any range: power, coverage, who used it, the books, and its supply.

import {timeChart} from './charts.js';
import {append, button, clear, h, link, setAttribute, setText, table} from './dom.js';
import {byKind, byUse, timesOf} from './history-data.js';
import {usageBlock} from './history-usage.js';
import {apiLink, block, Charts, csvLink, Loader, withQuery} from './pageparts.js';
import {endOf, queryOf, rangeChooser, rangeOf} from './range.js';

const PRESET = '24h';
const HOUR = 3600;
/** The supply is shown by the hour of so long at most, s. */
const MOST_OF_SUPPLY = 92 * 24 * HOUR;
const THIN = '\u2009';
const TOTAL = {key: 'total', label: 'total', colour: '--text', width: 1.5};
const OUTSIDE = [{key: 'facility', label: 'facility', colour: '--facility', dash: [6, 3]}, {key: 'generation', label: 'own generation', colour: '--generation', dash: [2, 2]}];
const STACKS = {
  kind: {label: 'by kind', split: byKind, series: [{key: 'gpu', label: 'GPU', stack: true}, {key: 'cpu', label: 'CPU', stack: true}, {key: 'memory', label: 'memory', stack: true},
    {key: 'storage', label: 'storage', stack: true}, {key: 'rest', label: 'rest of nodes', stack: true}, TOTAL, ...OUTSIDE]},
  use: {label: 'by use', split: byUse, series: [{key: 'busy', label: 'jobs', kind: 'gpu', stack: true}, {key: 'heldIdle', label: 'held idle', stack: true},
    {key: 'idle', label: 'held by no job', stack: true}, TOTAL, ...OUTSIDE]},
};

export function mount(root, ctx) {
  const view = new HistoryView(root, ctx);
  return {unmount: () => view.unmount(), update: (params, query) => view.open(params, query)};
}

class HistoryView {
  constructor(root, ctx) {
    this.ctx = ctx;
    this.root = root;
    this.stack = 'kind';
    this.site = null;
    this.open(ctx.params, ctx.query);
  }

  open(params, query) {
    if (params.site !== this.site) {
      this.unmount();
      clear(this.root);
      this.site = params.site;
      this.base = '/api/v1/sites/' + encodeURIComponent(params.site);
      this.build();
    }
    this.query = query;
    this.load();
  }

  unmount() {
    [this.powerLoader, this.ledgerLoader, this.gridLoader].forEach((loader) => loader?.stop());
    this.usage?.unmount();
    this.charts?.destroy();
  }

  zone() {
    return this.ctx.zone(this.site);
  }

  build() {
    const {ctx, site} = this;
    const {format} = ctx;
    this.charts = new Charts(ctx);
    this.chooser = rangeChooser({presets: ['1h', '24h', '7d', '30d', '92d', '366d'], zone: () => this.zone(),
      choose: (query) => ctx.navigate(`${ctx.paths.history(site)}?${query}`)});
    this.power = block('Power');
    this.stacks = Object.entries(STACKS).map(([key, stack]) => button(stack.label, () => this.chooseStack(key), {data: {key}, 'aria-pressed': String(key === this.stack)}));
    this.plots = h('div');
    append(this.power.body, h('div', {class: 'choice', role: 'group', 'aria-label': 'power by'}, this.stacks), this.plots);
    this.coverage = block('Coverage');
    this.coverageChart = this.chart({name: `Share of the time of the devices of ${site} that was seen`, height: 110, format: format.ratio, axis: () => ({factor: 0.01, unit: '%'}), low: 0, high: 1.02,
      series: [{key: 'coverage', label: 'seen', colour: '--memory', width: 1.5}]});
    append(this.coverage.body, this.coverageChart.element);
    this.usage = usageBlock(ctx, {site, zone: () => this.zone()});
    this.ledger = block('Books');
    this.ledgerTable = h('div');
    append(this.ledger.body, this.ledgerTable);
    this.grid = block('Supply');
    const gram = (value) => (value === null ? format.UNKNOWN : `${format.digits(value)}${THIN}g/kWh`);
    this.price = this.chart({name: `Price of the supply of ${site}`, height: 120, format: (value) => this.money(value), axis: () => ({factor: 1, unit: this.currency || ''}),
      series: [{key: 'price', label: 'price of a kWh', colour: '--cpu', width: 1.5}]});
    this.carbon = this.chart({name: `CO2e of a kWh of the supply of ${site}`, height: 120, format: gram, axis: () => ({factor: 1, unit: 'g'}),
      series: [{key: 'location', label: 'CO2e location-based', colour: '--text', width: 1.5}, {key: 'market', label: 'CO2e market-based', colour: '--facility', dash: [5, 3]}]});
    this.renewable = this.chart({name: `Renewable share of the supply of ${site}`, height: 120, format: format.ratio, axis: () => ({factor: 0.01, unit: '%'}), low: 0, high: 1,
      series: [{key: 'share', label: 'renewable', colour: '--generation', width: 1.5}]});
    append(this.grid.body, h('div', {class: 'chart-grid'}, [this.price, this.carbon, this.renewable].map((chart) => h('div', {class: 'chart-cell'}, chart.element))));
    this.powerLoader = new Loader(this.power.body, ctx);
    this.ledgerLoader = new Loader(this.ledger.body, ctx);
    this.gridLoader = new Loader(this.grid.body, ctx);
    append(this.root, h('nav', {class: 'page-back', 'aria-label': 'Where this is'}, link(ctx.paths.site(site), site)), h('h1', {}, `History of ${site}`),
      this.chooser.element, this.power.element, this.coverage.element, this.usage.element,
      h('div', {class: 'page-columns'}, this.ledger.element), this.grid.element);
    this.makeStack();
  }

  chart(options) {
    return this.charts.add(timeChart({zone: this.zone(), sync: 'history', ...options}));
  }

  money(value) {
    return value === null ? this.ctx.format.UNKNOWN : `${this.ctx.format.digits(value)}${THIN}${this.currency || ''}/kWh`;
  }

  chooseStack(key) {
    this.stack = key;
    this.stacks.forEach((each) => setAttribute(each, 'aria-pressed', String(each.dataset.key === key)));
    this.makeStack();
    this.showPower();
  }

  makeStack() {
    if (this.powerChart) {
      this.charts.all = this.charts.all.filter((chart) => chart !== this.powerChart);
      this.powerChart.destroy();
    }
    this.powerChart = this.chart({name: `Power of ${this.site} ${STACKS[this.stack].label}`, height: 260, series: STACKS[this.stack].series});
    append(clear(this.plots), this.powerChart.element);
  }

  load() {
    const range = rangeOf(this.query, PRESET);
    const key = queryOf(range).toString();
    this.range = range;
    this.chooser.show(range);
    if (key !== this.rangeKey) {
      this.rangeKey = key;
      [this.powerLoader, this.ledgerLoader, this.gridLoader].forEach((loader) => {
        loader.loaded = false;
      });
    }
    const power = withQuery(this.base + '/power', range.api);
    const ledger = withQuery(this.base + '/ledger', range.api);
    this.supplied = endOf(range, MOST_OF_SUPPLY);
    const grid = withQuery('/api/v1/grid/' + encodeURIComponent(this.site), this.supplied.api);
    this.power.links(apiLink(power), csvLink(withQuery(this.base + '/power', range.api, {format: 'csv'})));
    this.coverage.links(apiLink(power));
    this.ledger.links(apiLink(ledger));
    this.grid.links(apiLink(grid), csvLink(grid + '&format=csv'));
    this.powerLoader.load([power], (answer) => {
      this.answer = answer;
      this.showPower();
    });
    this.usage.load(range);
    this.ledgerLoader.load([ledger], (answer) => this.showLedger(answer));
    this.gridLoader.load([grid], (answer) => this.showGrid(answer));
  }

  showPower() {
    const {answer} = this;
    if (!answer) {
      return;
    }
    const {format} = this.ctx;
    const {series, stepSeconds} = answer;
    const times = timesOf(answer);
    const span = {from: Date.parse(answer.range.from) / 1000, to: Date.parse(answer.range.to) / 1000};
    const some = (column) => (column || []).some((value) => value !== null);
    this.power.note(some(series.totalMilliwatts) ? `Means of steps of ${format.duration(stepSeconds * 1000)}.`
      : 'Nothing is stored of this range. Choose a later one, or see on the first screen whether nodes report.');
    const totals = {total: series.totalMilliwatts, facility: series.facilityMilliwatts, generation: series.generationMilliwatts};
    this.powerChart.set({times, values: {...STACKS[this.stack].split(series), ...totals}, ...span});
    this.coverageChart.set({times, values: {coverage: series.coverageRatio}, ...span});
  }

  showLedger(answer) {
    const {format} = this.ctx;
    const milli = (value) => `${format.count(value)}${THIN}mJ`;
    const rows = [['Measured', answer.measuredMillijoules], ['Of jobs', answer.jobsMillijoules], ['Idle: of no job', answer.idleMillijoules], ['Difference', answer.differenceMillijoules]];
    append(clear(this.ledgerTable), table('Measured energy is that of jobs and idle energy, to the millijoule', [{label: 'what'}, {label: 'energy', number: true}, {label: 'exactly', number: true}],
      rows.map(([label, value]) => [label, format.energy(value), h('span', {class: label === 'Difference' && value !== 0 ? 'over' : ''}, milli(value))]), {class: 'figures'}),
    h('details', {}, h('summary', {}, 'All amounts of the ledger'), table('Amounts of the ledger', [{label: 'amount'}, {label: 'value', number: true}],
      Object.entries(answer.amounts).map(([name, value]) => [amountWords(name), format.count(value)]), {class: 'figures'})));
  }

  showGrid(answer) {
    const times = answer.hours.map((hour) => Date.parse(hour.from) / 1000);
    this.currency = answer.hours.find((hour) => hour.currency)?.currency || '';
    const known = answer.hours.some((hour) => hour.pricePerKilowattHour !== null || hour.gramsCo2ePerKilowattHourLocation !== null || hour.renewableRatio !== null);
    this.grid.note(known ? `By the hour, as it is used for cost and CO2e.${this.supplied === this.range ? '' : ' The last 92 days of the range.'}` : 'No price and no factor is known of this range. Import them: joulestream grid import FILE --site ' + this.site);
    const span = {from: this.supplied.from / 1000, to: Math.max(this.supplied.to / 1000, (times[times.length - 1] ?? 0) + HOUR)};
    const column = (name) => answer.hours.map((hour) => hour[name]);
    this.price.set({times, values: {price: column('pricePerKilowattHour')}, ...span});
    this.carbon.set({times, values: {location: column('gramsCo2ePerKilowattHourLocation'), market: column('gramsCo2ePerKilowattHourMarket')}, ...span});
    this.renewable.set({times, values: {share: column('renewableRatio')}, ...span});
  }
}

/** refusedLate: refused late. */
function amountWords(name) {
  return name.replace(/([A-Z])/g, ' $1').toLowerCase();
}
