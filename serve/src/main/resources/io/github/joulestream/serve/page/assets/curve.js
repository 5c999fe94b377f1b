// SPDX-License-Identifier: Apache-2.0
// The power curve: stacked, against the limit, with the forecast; it moves with each frame.

import {button, h, link, setText} from './dom.js';
import {timeChart} from './charts.js';
import {byKind, byUse, timesOf} from './history-data.js';
import {memory} from './theme.js';

const RANGES = [
  {key: '10m', label: '10\u2009min', seconds: 600, live: true, ahead: 120},
  {key: '1h', label: '1\u2009h', seconds: 3600, live: true, ahead: 600},
  {key: '24h', label: '24\u2009h', seconds: 86400, step: '2m'},
  {key: '7d', label: '7\u2009d', seconds: 604800, step: '15m'},
];
const REFRESH = 60000;
/** A limit farther above the curve than so many times its top is named, not drawn. */
const FAR = 3;
/** The shortest span of a live chart, s. */
const YOUNGEST = 120;

const TOTAL = {key: 'total', label: 'total', colour: '--text', width: 1.5};
const STACKS = {
  kind: {
    label: 'by kind', split: byKind,
    series: [{key: 'gpu', label: 'GPU', stack: true}, {key: 'cpu', label: 'CPU', stack: true},
      {key: 'memory', label: 'memory', stack: true}, {key: 'storage', label: 'storage', stack: true},
      {key: 'rest', label: 'rest of nodes', stack: true}, TOTAL],
  },
  use: {
    label: 'by use', split: byUse,
    series: [{key: 'busy', label: 'jobs', colour: '--gpu', stack: true}, {key: 'heldIdle', label: 'held idle', stack: true},
      {key: 'idle', label: 'idle', stack: true}, TOTAL],
  },
};

export function mount(root, ctx) {
  const site = ctx.params.site;
  const abort = new AbortController();
  let range = RANGES.find((r) => r.key === memory.get('joulestream.range')) || RANGES[1];
  let stack = STACKS[memory.get('joulestream.stack')] ? memory.get('joulestream.stack') : 'kind';
  let past = null;
  let chart = null;
  let timer;
  const note = h('span', {class: 'muted small curve-note'});
  const ranges = choice('Range of time', RANGES.map((r) => [r.key, r.label]), range.key, (key) => {
    range = RANGES.find((r) => r.key === key);
    memory.set('joulestream.range', key);
    load();
  });
  const stacks = choice('Parts', Object.entries(STACKS).map(([key, s]) => [key, s.label]), stack, (key) => {
    stack = key;
    memory.set('joulestream.stack', key);
    make();
  });
  const holder = h('div', {});
  root.append(h('div', {class: 'band-head'}, h('h2', {}, 'Power'), ranges, stacks,
    link(ctx.paths.history(site), 'any range', {class: 'small'}), note), holder);

  function make() {
    chart?.destroy();
    chart = timeChart({name: 'Power of ' + site + ' over time, ' + STACKS[stack].label, series: STACKS[stack].series, zone: ctx.zone(site), height: document.documentElement.classList.contains('wall') ? 340 : 240});
    holder.replaceChildren(chart.element);
    show();
  }

  async function load() {
    clearTimeout(timer);
    if (range.live) {
      past = null;
      show();
      return;
    }
    const wanted = range;
    try {
      const query = new URLSearchParams({from: wanted.key, step: wanted.step});
      const answer = await ctx.api('/api/v1/sites/' + encodeURIComponent(site) + '/power?' + query, {signal: abort.signal});
      if (range === wanted) {
        past = {times: timesOf(answer), series: answer.series};
        setText(note, '');
        show();
      }
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      setText(note, 'No history: ' + e.message);
    }
    if (range === wanted) {
      timer = setTimeout(load, REFRESH);
    }
  }

  function show() {
    const now = ctx.live.current?.name === site ? ctx.live.current.now : null;
    const live = range.live;
    const times = live ? ctx.power.times : past?.times || [];
    if (times.length === 0) {
      return;
    }
    chart.setZone(ctx.zone(site));
    const values = STACKS[stack].split(live ? ctx.power.values : past.series);
    const last = times[times.length - 1];
    const span = live ? spanOf(last - times[0], range.seconds - range.ahead) : range.seconds;
    const end = live ? last + Math.min(range.ahead, span / 5) : last;
    const data = {times, values, from: live ? last - span : end - span, to: end, limits: [], ticks: []};
    if (live && now !== null) {
      data.forecast = forecastOf(now, last, end);
    }
    addLimit(data, now);
    for (const alert of ctx.live.current?.alerts || []) {
      data.ticks.push({time: Date.parse(alert.since) / 1000, over: alert.state === 'FIRING'});
    }
    chart.set(data);
    if (live) {
      setText(note, ctx.power.problem ? 'No history: ' + ctx.power.problem : '');
    }
  }

  function addLimit(data, now) {
    if (!now?.budget) {
      return;
    }
    const value = now.budget.limitNowMilliwatts;
    const top = Math.max(...data.values.total.filter((v) => v !== null), 0);
    if (value <= top * FAR) {
      data.limits.push({label: 'budget ' + now.budget.id, value, over: now.budget.usedRatio >= 1});
    }
  }

  const offs = [ctx.live.on('site', () => range.live && show()), ctx.power.on(() => range.live && show()), ctx.theme.on(() => chart?.retheme())];
  make();
  load();
  return {
    unmount() {
      abort.abort();
      clearTimeout(timer);
      offs.forEach((off) => off());
      chart?.destroy();
    },
  };
}

/** What a live chart spans, s: as much as there is, so that a young site's curve moves; not all of a sudden more. */
export function spanOf(known, most) {
  return Math.min(most, Math.max(YOUNGEST, Math.ceil(known / YOUNGEST) * YOUNGEST));
}

/** The forecast, cut off where the chart ends. */
export function forecastOf(now, from, end) {
  if (now.forecast === null || now.milliwatts === null) {
    return null;
  }
  const until = Date.parse(now.forecast.until) / 1000;
  if (until <= from) {
    return null;
  }
  const part = Math.min(1, (end - from) / (until - from));
  const toward = (value) => now.milliwatts + (value - now.milliwatts) * part;
  return {from, value: now.milliwatts, until: from + (until - from) * part, low: toward(now.forecast.lowMilliwatts),
    middle: toward(now.forecast.milliwatts), high: toward(now.forecast.highMilliwatts)};
}

/** Buttons of which one is pressed. */
export function choice(label, options, value, chosen) {
  const buttons = options.map(([key, text]) => button(text, () => {
    buttons.forEach((b) => b.setAttribute('aria-pressed', String(b.dataset.key === key)));
    chosen(key);
  }, {data: {key}, 'aria-pressed': String(key === value)}));
  return h('span', {class: 'choice', role: 'group', 'aria-label': label}, buttons);
}
