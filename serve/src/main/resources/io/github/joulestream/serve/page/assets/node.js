// SPDX-License-Identifier: Apache-2.0
// A node: what it does now, what each of its devices did, and who had it.

import {placementRows, timeBars} from './bars.js';
import {timeChart} from './charts.js';
import {append, clear, h, link, setText, table} from './dom.js';
import {byKind, timesOf} from './history-data.js';
import {deviceCharts} from './node-devices.js';
import {apiLink, block, Charts, csvLink, figures, Loader, withQuery} from './pageparts.js';
import {endOf, queryOf, rangeChooser, rangeOf} from './range.js';

const REFRESH = 5000;
const HISTORY_REFRESH = 30000;
const PRESET = '1h';
/** Windows of devices are shown of so long at most, s: there are up to 20 a window, each with a dozen values. */
const MOST_OF_DEVICES = 6 * 3600;

export function mount(root, ctx) {
  const view = new NodeView(root, ctx);
  return {unmount: () => view.unmount(), update: (params, query) => view.open(params, query)};
}

class NodeView {
  constructor(root, ctx) {
    this.ctx = ctx;
    this.root = root;
    this.node = null;
    this.open(ctx.params, ctx.query);
  }

  open(params, query) {
    if (this.node !== params.node || this.params.site !== params.site) {
      this.unmount();
      clear(this.root);
      this.params = params;
      this.node = params.node;
      this.path = `/api/v1/sites/${encodeURIComponent(params.site)}/nodes/${encodeURIComponent(params.node)}`;
      this.build();
      this.loader = new Loader(this.loading, this.ctx);
      this.history = new Loader(this.power.body, this.ctx);
      this.devicesLoader = new Loader(this.devices.body, this.ctx);
      this.placementLoader = new Loader(this.placed.body, this.ctx);
      this.ctx.live.site(params.site);
      this.loadNow();
    }
    this.query = query;
    this.loadHistory();
  }

  unmount() {
    [this.loader, this.history, this.devicesLoader, this.placementLoader].forEach((loader) => loader?.stop());
    clearTimeout(this.timer);
    this.charts?.destroy();
    this.gpus?.destroy();
  }

  zone() {
    return this.ctx.zone(this.params.site);
  }

  build() {
    const {ctx, params, path} = this;
    this.charts = new Charts(ctx);
    this.about = h('p', {class: 'page-about'}, '\u00a0');
    this.loading = h('div');
    this.figures = figures();
    this.alerts = h('ul', {class: 'node-alerts'});
    this.jobs = block('Jobs now', {links: [apiLink(path)]});
    this.gpusNow = block('GPUs now', {links: [apiLink(path)]});
    this.labels = block('Labels', {links: [apiLink(path)]});
    this.chooser = rangeChooser({presets: ['15m', '1h', '6h', '24h', '7d'], zone: () => this.zone(),
      choose: (query) => ctx.navigate(`${ctx.paths.node(params.site, params.node)}?${query}`, {replace: true})});
    this.power = block('Power over time, by kind of device');
    this.chart = this.charts.add(timeChart({
      name: `Power of ${params.node} by kind of device`, zone: this.zone(), sync: 'node', height: 200,
      series: [{key: 'gpu', label: 'GPU', stack: true}, {key: 'cpu', label: 'CPU', stack: true}, {key: 'memory', label: 'memory', stack: true},
        {key: 'storage', label: 'storage', stack: true}, {key: 'rest', label: 'rest of the node', stack: true}, {key: 'total', label: 'total', colour: '--text', width: 1.5}],
    }));
    append(this.power.body, this.chart.element);
    this.devices = block('Devices');
    this.gpus = deviceCharts(ctx, {node: params.node, zone: () => this.zone()});
    append(this.devices.body, this.gpus.element);
    this.placed = block('Who had it');
    this.placements = timeBars({caption: `Jobs that held ${params.node}, over time`, head: 'job', zone: () => this.zone()});
    append(this.placed.body, this.placements.element);
    append(this.root, h('nav', {class: 'page-back', 'aria-label': 'Where this is'}, link(ctx.paths.site(params.site), params.site)),
      h('h1', {}, `Node ${params.node}`), this.about, this.loading,
      this.content = h('div', {class: 'page-content', hidden: true}, this.figures.element, this.alerts,
        h('div', {class: 'page-columns'}, this.jobs.element, this.gpusNow.element)),
      this.chooser.element, this.power.element, this.devices.element, this.placed.element, this.labels.element);
  }

  loadNow() {
    this.loader.load([this.path], (detail) => this.showNow(detail));
  }

  showNow(detail) {
    const {ctx} = this;
    const {format} = ctx;
    const {now} = detail;
    this.content.hidden = false;
    setText(this.about, [now.rack && `rack ${now.rack}`, now.silent ? 'silent' : 'reports', detail.agentVersion && `agent ${detail.agentVersion}`,
      detail.reported && `inventory of ${format.dateTime(detail.reported, this.zone())}`, this.zone()].filter(Boolean).join(' · '));
    const path = this.path;
    this.figures.set([
      {label: 'Power now', text: format.power(now.milliwatts), note: now.highestMilliwatts > 0 && now.milliwatts !== null
        ? `${format.ratio(now.milliwatts / now.highestMilliwatts)} of its highest ${format.power(now.highestMilliwatts)}` : '', path},
      {label: 'GPUs busy', text: format.ratio(now.busyRatio), note: `held idle ${format.ratio(now.heldIdleRatio)}`, path},
      {label: 'Hottest device', text: format.temperature(now.temperatureCelsius), path},
      {label: 'Age of the data', text: format.age(now.ageSeconds), note: now.at === null ? '' : format.clock(now.at, this.zone()), over: now.silent, path},
    ]);
    this.showAlerts(detail.alerts);
    append(clear(this.jobs.body), now.jobs.length === 0 ? h('p', {class: 'muted'}, 'No job holds it.')
      : table('Jobs on the node now', [{label: 'job'}, {label: 'user'}, {label: 'GPUs', number: true}, {label: 'power', number: true}],
        now.jobs.map((job) => [job.path && job.job ? link(ctx.paths.job(job.path), job.job) : 'a job that you may not see', job.user || format.UNKNOWN,
          format.number(job.gpus), format.power(job.milliwatts)]), {class: 'figures bare'}));
    this.gpusNow.element.hidden = detail.gpus.length === 0;
    append(clear(this.gpusNow.body), table('GPUs now', [{label: 'GPU'}, {label: 'power', number: true}, {label: 'busy', number: true}, {label: 'temperature', number: true}],
      detail.gpus.map((gpu) => [gpu.id, format.power(gpu.milliwatts), format.ratio(gpu.busyRatio), format.temperature(gpu.temperatureCelsius)]), {class: 'figures bare'}));
    this.showLabels(detail);
    this.loader.later(REFRESH, [this.path], (next) => this.showNow(next));
  }

  showAlerts(alerts) {
    const {format} = this.ctx;
    this.alerts.hidden = alerts.length === 0;
    append(clear(this.alerts), alerts.map((alert) => h('li', {class: alert.state === 'FIRING' ? 'over' : 'muted'},
      `${alert.state === 'FIRING' ? 'Alert' : 'Resolved'}: ${alert.summary}`, ' ', h('span', {class: 'muted'}, `since ${format.dateTime(alert.since, this.zone())}`))));
  }

  showLabels({labels, unavailable}) {
    const entries = Object.entries(labels);
    this.labels.element.hidden = entries.length === 0 && unavailable.length === 0;
    append(clear(this.labels.body), h('dl', {class: 'labels'}, entries.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
      unavailable.length === 0 ? null : h('div', {}, h('h3', {}, 'What its agent cannot read'), h('ul', {}, unavailable.map((text) => h('li', {}, text)))));
  }

  loadHistory() {
    clearTimeout(this.timer);
    const range = rangeOf(this.query, PRESET);
    const key = queryOf(range).toString();
    const again = key === this.rangeKey;
    this.rangeKey = key;
    this.chooser.show(range);
    const power = withQuery(this.path + '/power', range.api);
    const ofDevices = endOf(range, MOST_OF_DEVICES);
    const devices = withQuery(this.path + '/devices', ofDevices.api);
    const placement = withQuery(this.path + '/placement', range.api);
    for (const [part, path] of [[this.power, power], [this.devices, devices], [this.placed, placement]]) {
      part.links(apiLink(path), csvLink(path + '&format=csv'));
    }
    if (!again) {
      [this.history, this.devicesLoader, this.placementLoader].forEach((loader) => {
        loader.loaded = false;
      });
    }
    const span = {from: range.from / 1000, to: range.to / 1000};
    this.history.load([power], (answer) => {
      const values = byKind(answer.series);
      this.power.note(values.total.some((value) => value !== null) ? '' : 'Nothing is stored of this range. Windows of 10 s are stored half a minute after they end, and kept for 35 days.');
      this.chart.set({times: timesOf(answer), values, ...span});
    });
    this.devicesLoader.load([devices], (answer) => {
      this.devices.note(answer.devices.length === 0 ? 'Nothing is stored of its devices in this range. Windows of devices are kept for 14 days; a site can turn them off.'
        : ofDevices === range ? '' : 'The last 6 h of the range.');
      this.gpus.set(answer, {from: ofDevices.from / 1000, to: ofDevices.to / 1000});
    });
    this.placementLoader.load([placement], (answer) => {
      this.placed.note(answer.placements.length === 0 ? 'No job held it in this range.' : '');
      this.placements.element.hidden = answer.placements.length === 0;
      this.placements.set({...this.placementRows(answer), from: range.from, to: range.to});
    });
    if (range.age !== null) {
      this.timer = setTimeout(() => this.loadHistory(), HISTORY_REFRESH);
    }
  }

  placementRows({placements}) {
    const {paths} = this.ctx;
    return {rows: placementRows(placements, (placement) => {
      const label = placement.job || 'a job that you may not see';
      return {label, words: placement.user ? `${label} of ${placement.user}` : label, colour: placement.job ? undefined : 'var(--rest)',
        link: placement.job && placement.path ? () => link(paths.job(placement.path), label) : undefined};
    }, Date.now())};
  }
}
