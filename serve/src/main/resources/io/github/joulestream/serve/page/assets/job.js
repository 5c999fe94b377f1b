// SPDX-License-Identifier: Apache-2.0
// A job: what it uses now and used so far, where it ran, how well that is known, and what would save energy.

import {jobOf} from './api.js';
import {barTable, partsBar, placementRows, timeBars} from './bars.js';
import {timeChart} from './charts.js';
import {append, clear, h, link, setText, table} from './dom.js';
import {byKind, timesOf} from './history-data.js';
import {apiLink, block, Charts, csvLink, figures, Loader, withQuery} from './pageparts.js';
import {SETTLING} from './range.js';

/** A running job is read again so often, ms; its power moves with the stream meanwhile. */
const REFRESH = 10000;
const CURVE_REFRESH = 30000;
const MOST_LIVE = 600;
/** The power of a frame changes what is shown if it is so much newer, s. */
const FRAME = 0.5;

const QUALITY = [
  ['measuredMillijoules', 'measured', 'solid'],
  ['estimatedMillijoules', 'estimated in gaps', 'lines'],
  ['modelledMillijoules', 'modelled', 'dots'],
];

export function mount(root, ctx) {
  const view = new JobView(root, ctx);
  return {unmount: () => view.unmount(), update: (params) => view.open(params)};
}

class JobView {
  constructor(root, ctx) {
    this.ctx = ctx;
    this.root = root;
    this.open(ctx.params);
  }

  open(params) {
    this.unmount();
    clear(this.root);
    const {ctx} = this;
    this.params = params;
    this.path = ['/api/v1/jobs', params.site, params.cluster, params.id].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join('/');
    this.detail = null;
    this.live = [];
    this.curveEnd = 0;
    this.build();
    this.loader = new Loader(this.loading, ctx);
    this.curveLoader = new Loader(this.curve.body, ctx);
    if (ctx.me.seesSites) {
      ctx.live.site(params.site);
    }
    this.ends = [ctx.live.on('jobs', () => this.moved())];
    this.load();
  }

  unmount() {
    this.loader?.stop();
    this.curveLoader?.stop();
    (this.ends || []).forEach((end) => end());
    this.charts?.destroy();
  }

  zone() {
    return this.ctx.zone(this.params.site);
  }

  build() {
    const {params, path, ctx} = this;
    const id = jobOf(params.cluster, params.id);
    this.charts = new Charts(ctx);
    this.heading = h('h1', {}, `Job ${id}`);
    this.about = h('p', {class: 'page-about'}, '\u00a0');
    this.loading = h('div');
    this.figures = figures();
    this.curve = block('Power over time, by kind of device', {links: [apiLink(path + '/power'), csvLink(path + '/power?format=csv')]});
    this.power = this.charts.add(timeChart({
      name: `Power of job ${id} by kind of device`, zone: this.zone(), sync: 'job',
      series: [{key: 'gpu', label: 'GPU', stack: true}, {key: 'cpu', label: 'CPU', stack: true}, {key: 'memory', label: 'memory', stack: true},
        {key: 'storage', label: 'storage', stack: true}, {key: 'rest', label: 'rest of nodes', stack: true},
        {key: 'heldIdle', label: 'held idle', colour: '--over', dash: [3, 3]}, {key: 'total', label: 'total', colour: '--text', width: 1.5}],
    }));
    this.gpus = this.charts.add(timeChart({
      name: `GPUs that job ${id} holds, and GPUs that are busy`, zone: this.zone(), sync: 'job', height: 130,
      format: (value) => ctx.format.number(value), axis: () => ({factor: 1, unit: 'GPUs'}),
      series: [{key: 'held', label: 'held', colour: '--rest', width: 1.5}, {key: 'busy', label: 'busy', colour: '--gpu', width: 1.5}],
    }));
    append(this.curve.body, this.power.element, this.gpus.element);
    this.kinds = block('Energy by kind of device', {links: [apiLink(path)], note: 'Kinds contain each other in part: they need not add up to the total.'});
    this.kindBars = barTable({caption: 'Energy by kind of device', columns: [{label: 'kind'}, {label: 'energy', number: true}, {label: 'of the total', number: true}]});
    append(this.kinds.body, this.kindBars.element);
    this.quality = block('How the energy is known', {links: [apiLink(path)]});
    this.advice = block('Advice', {links: [apiLink(path)]});
    this.nodes = block('Nodes now', {links: [apiLink(path)]});
    this.nodeBars = barTable({caption: 'Power of each node now', columns: [{label: 'node'}, {label: 'power', number: true}, {label: 'GPUs', number: true}, {label: 'busy', number: true}]});
    append(this.nodes.body, this.nodeBars.element);
    this.placed = block('Where it ran', {links: [apiLink(path)]});
    this.placements = timeBars({caption: 'Nodes that it held, over time', head: 'node', zone: () => this.zone()});
    append(this.placed.body, this.placements.element);
    this.labels = block('Labels', {links: [apiLink(path)]});
    this.content = h('div', {class: 'page-content', hidden: true}, this.figures.element, this.curve.element,
      h('div', {class: 'page-columns'}, this.nodes.element, this.placed.element, this.kinds.element, this.quality.element, this.advice.element, this.labels.element));
    append(this.root, h('nav', {class: 'page-back', 'aria-label': 'Where this is'}, ctx.me.seesSites ? link(ctx.paths.site(params.site), params.site) : link('/', 'Jobs')),
      this.heading, this.about, this.loading, this.content);
  }

  load() {
    this.loader.load([this.path], (detail) => this.show(detail));
  }

  show(detail) {
    const first = this.detail === null;
    this.detail = detail;
    this.content.hidden = false;
    const {job} = detail;
    this.showAbout(job);
    this.showFigures();
    this.showKinds(job);
    this.showQuality(detail);
    this.showAdvice(detail);
    this.showNodes(detail);
    this.showPlacements(detail);
    this.showLabels(detail);
    if (first) {
      this.loadCurve();
    }
    if (this.running()) {
      this.loader.later(REFRESH, [this.path], (next) => this.show(next));
    }
  }

  running() {
    return this.detail.job.state === 'RUNNING';
  }

  showAbout(job) {
    const {format} = this.ctx;
    const zone = this.zone();
    const end = job.end === null ? Date.now() : Date.parse(job.end);
    const parts = [job.name, job.user && `user ${job.user}`, job.project && `project ${job.project}`, job.partition && `partition ${job.partition}`,
      job.state.toLowerCase(), job.start === null ? null : `${format.dateTime(job.start, zone)} to ${job.end === null ? 'now' : format.dateTime(job.end, zone)}`,
      job.start === null ? null : format.duration(end - Date.parse(job.start)), this.detail.endedBy && this.running() === false ? `ended by ${this.detail.endedBy}` : null];
    setText(this.about, parts.filter(Boolean).join(' · ') + ` · ${zone}`);
  }

  /** The job's row of the stream, if it is in it and newer than what was read. */
  row() {
    const {live} = this.ctx;
    return live.current?.name === this.params.site ? live.current.jobs.get(this.detail.job.job) ?? null : null;
  }

  showFigures() {
    const {format} = this.ctx;
    const {job, work, peakMilliwatts} = this.detail;
    const row = this.running() ? this.row() : null;
    const path = this.path;
    const {charges} = job;
    const energy = row?.energyMillijoules > (job.energyMillijoules ?? -1) ? row.energyMillijoules : job.energyMillijoules;
    const milliwatts = row ? row.milliwatts : job.milliwatts;
    const known = (share) => (share < 0.9995 ? `of ${format.ratio(share)} of the energy` : 'of all of the energy');
    this.figures.set([
      {label: 'Power now', text: format.power(milliwatts), note: `highest ${format.power(peakMilliwatts)}`, path},
      {label: 'Energy', text: format.energy(energy), note: job.nodes === null ? '' : `${format.count(job.nodes)} ${job.nodes === 1 ? 'node' : 'nodes'}, ${format.number(job.gpus)} ${job.gpus === 1 ? 'GPU' : 'GPUs'}`, path},
      {label: 'Cost', text: format.money(row?.cost ?? charges.cost, charges.currency), note: charges.cost === null ? 'no price is known' : known(charges.costKnownRatio), path},
      {label: 'CO2e', text: format.mass(row?.co2eGrams ?? charges.co2eLocationGrams), note: charges.co2eMarketGrams === null ? 'location-based' : `market-based ${format.mass(charges.co2eMarketGrams)}`, path},
      {label: 'Renewable', text: format.ratio(charges.renewableRatio), note: 'of its energy', path},
      {label: 'Held idle', text: format.energy(job.heldIdleMillijoules), note: `${format.ratio(job.energyMillijoules > 0 ? job.heldIdleMillijoules / job.energyMillijoules : null)} of its energy`, over: false, path},
      {label: 'GPUs busy', text: format.ratio(job.gpuHeldMillis > 0 ? job.gpuBusyMillis / job.gpuHeldMillis : null), note: `of ${format.number(job.gpuHeldMillis / 3600000)} GPU hours held`, path},
      {label: 'Work', text: work === null ? format.UNKNOWN : `${format.digits(work.perJoule)}\u2009${work.unit}/J`, note: work === null ? 'none is reported' : `${format.number(work.amount)} ${work.unit}`, path},
      {label: 'Coverage', text: format.ratio(job.coverageRatio), note: 'of its time was seen', path},
    ]);
  }

  moved() {
    if (this.detail === null || !this.running()) {
      return;
    }
    this.showFigures();
    const row = this.row();
    const now = this.ctx.live.current?.now;
    if (row === null || !now?.at) {
      return;
    }
    const time = Date.parse(now.at) / 1000;
    const last = this.live[this.live.length - 1];
    if (time > (last ? last.time : this.curveEnd) + FRAME) {
      this.live.push({time, value: row.milliwatts});
      if (this.live.length > MOST_LIVE) {
        this.live.shift();
      }
      this.showCurve();
    }
  }

  loadCurve() {
    const path = withQuery(this.path + '/power');
    const show = (answer) => {
      this.answer = answer;
      const times = timesOf(answer);
      let last = times.length - 1;
      const total = answer.series.totalMilliwatts;
      // the newest steps are in the store in part only: frames say what happened in them
      const settled = this.running() ? (Date.now() - SETTLING) / 1000 - answer.stepSeconds : Infinity;
      while (last >= 0 && ((total[last] ?? null) === null || times[last] > settled)) {
        last--;
      }
      this.times = times.slice(0, last + 1);
      this.curveEnd = last >= 0 ? times[last] + answer.stepSeconds : 0;
      this.live = this.live.filter((point) => point.time > this.curveEnd);
      this.curve.note(this.times.length === 0 ? 'Nothing is stored yet: windows of 10 s are stored half a minute after they end.' : '');
      this.showCurve();
      if (this.running()) {
        this.curveLoader.later(CURVE_REFRESH, [path], show);
      }
    };
    this.curveLoader.load([path], show);
  }

  showCurve() {
    if (!this.times) {
      return;
    }
    const {series} = this.answer;
    const length = this.times.length;
    const times = [...this.times, ...this.live.map((point) => point.time)];
    const stored = (column) => (series[column] || []).slice(0, length);
    const kinds = byKind(Object.fromEntries(Object.keys(series).map((name) => [name, stored(name)])));
    const values = {...kinds, heldIdle: stored('heldIdleMilliwatts'), total: [...stored('totalMilliwatts'), ...this.live.map((point) => point.value)]};
    const span = {from: times[0], to: times[times.length - 1]};
    this.power.set({times, values, ...span});
    this.gpus.set({times: this.times, values: {held: stored('gpusHeld'), busy: stored('gpusBusy')}, ...span});
  }

  showKinds({byKind: kinds, energyMillijoules}) {
    const {format} = this.ctx;
    const words = {gpu: 'GPU', cpu: 'CPU', memory: 'memory', storage: 'storage', node: 'nodes as a whole'};
    this.kindBars.set(Object.entries(words).map(([kind, label]) => ({key: kind, head: label, value: kinds[kind], colour: kind === 'node' ? '--rest' : `--${kind}`,
      cells: [format.energy(kinds[kind]), format.ratio(energyMillijoules > 0 ? kinds[kind] / energyMillijoules : null)]})));
  }

  showQuality({job, share}) {
    const {format} = this.ctx;
    append(clear(this.quality.body), partsBar('How the energy is known', QUALITY.map(([key, label, pattern]) =>
      ({label, pattern, value: job.quality[key], text: format.energy(job.quality[key])}))));
    const shares = Object.entries(share);
    if (shares.length > 0) {
      append(this.quality.body, table('Where it was measured', [{label: 'by'}, {label: 'energy', number: true}],
        shares.map(([name, millijoules]) => [wordsOf(name), format.energy(millijoules)]), {class: 'figures narrow'}));
    }
  }

  showAdvice({advice}) {
    const {format} = this.ctx;
    append(clear(this.advice.body), advice === null ? h('p', {class: 'muted'}, 'Not known now: open this page again in a moment.')
      : advice.length === 0 ? h('p', {class: 'muted'}, 'Nothing would save energy, as far as is known.')
      : h('ul', {class: 'advice'}, advice.map((each) => h('li', {}, each.text,
        each.savingMillijoules === null ? null : h('strong', {}, ` Would save ${format.energy(each.savingMillijoules)}.`)))));
  }

  showNodes({nodesNow}) {
    const {format, paths} = this.ctx;
    this.nodes.element.hidden = nodesNow.length === 0;
    const sorted = [...nodesNow].sort((a, b) => b.milliwatts - a.milliwatts);
    this.nodeBars.set(sorted.map((each) => ({key: each.node, head: link(paths.node(this.params.site, each.node), each.node), value: each.milliwatts,
      cells: [format.power(each.milliwatts), format.number(each.gpus), format.ratio(each.busyRatio)]})));
  }

  showPlacements({placements, job}) {
    const now = Date.now();
    this.placed.note(placements.length === 0 ? 'No placement is known.' : '');
    this.placements.element.hidden = placements.length === 0;
    if (placements.length === 0) {
      return;
    }
    const rows = placementRows(placements, ({node}) => ({label: node, words: `held ${node}`,
      link: this.ctx.me.seesSites ? () => link(this.ctx.paths.node(this.params.site, node), node) : undefined}), now);
    const starts = placements.map((each) => Date.parse(each.from));
    this.placements.set({rows, from: job.start === null ? Math.min(...starts) : Math.min(Date.parse(job.start), ...starts),
      to: job.end === null ? now : Math.max(Date.parse(job.end), ...placements.map((each) => (each.to === null ? now : Date.parse(each.to))))});
  }

  showLabels({labels}) {
    const entries = Object.entries(labels);
    this.labels.element.hidden = entries.length === 0;
    append(clear(this.labels.body), h('dl', {class: 'labels'}, entries.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
  }
}

const SHARES = {devicesMillijoules: 'sensors of devices', nodeMeterMillijoules: 'meters of whole nodes'};

/** Where a share of the energy was measured, in words. */
function wordsOf(name) {
  return SHARES[name] || name.replace(/Millijoules$/, '').replace(/([A-Z])/g, ' $1').toLowerCase();
}
