// SPDX-License-Identifier: Apache-2.0
// Charts over time, on uPlot: stacked areas and lines, a limit with its name, a forecast as a band,
// alerts as ticks; gaps stay gaps. Each has a legend with values, and a table as its twin.

import {h, button, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {paintOver, topOf} from './chartpaint.js';
import {tableTwin} from './charttable.js';

const isWall = () => document.documentElement.classList.contains('wall');
const font = () => (isWall() ? 16 : 12) + 'px system-ui, sans-serif';
/** Colour of a kind: the name of a custom property of style.css. */
export const KINDS = {
  gpu: '--gpu', cpu: '--cpu', memory: '--memory', storage: '--storage', node: '--rest', rest: '--rest',
  idle: '--idle', heldIdle: '--held-idle', total: '--text', facility: '--facility', generation: '--generation',
};

/** The value of a custom property, for canvases. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * A chart. Options:
 * - name: what it shows, a sentence without a point; it names the canvas and the table
 * - series: [{key, label, kind | colour, stack, width, dash}] from the bottom to the top; colour is
 *   the name of a custom property
 * - zone: time zone of the axis; height in px; sync: charts of one key share their cursor
 * - format(value): text of a value (default: power in mW); axis(largest): {factor, unit} of the
 *   axis (default: power); low, high: bounds of the axis, if they are fixed
 * - fill: areas of what is stacked (default true)
 *
 * Answers {element, set(data), retheme(), setZone(zone), destroy()}. Data: {times: [s since 1970], values: {key:
 * [number | null]}, from, to (s, what is shown), limits: [{label, value}], forecast: {from, value, until,
 * low, middle, high}, ticks: [{time, label, over}]}.
 */
export function timeChart(options) {
  return new TimeChart(options);
}

class TimeChart {
  constructor(options) {
    this.options = {height: 220, format: format.power, axis: format.powerUnit, fill: true, ...options};
    this.zone = format.zoneOr(this.options.zone);
    this.data = {times: [], values: {}};
    this.plotted = h('div', {class: 'chart-plot', role: 'img', 'aria-label': this.options.name,
      style: {'min-height': this.options.height + 'px'}});
    this.values = new Map();
    this.legend = h('ul', {class: 'chart-legend'}, [...this.options.series].reverse().map((s) => this.legendOf(s)));
    this.twin = tableTwin(this);
    this.toggle = button('table', () => this.twin.toggle(this.toggle), {class: 'quiet', 'aria-expanded': 'false'});
    this.element = h('figure', {class: 'chart'},
      h('figcaption', {class: 'chart-head'}, this.legend, this.toggle), this.plotted, this.twin.element);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.plotted);
  }

  legendOf(series) {
    const value = h('span', {class: 'number chart-value'}, format.UNKNOWN);
    this.values.set(series.key, value);
    return h('li', {},
      h('span', {class: series.stack ? 'swatch' : 'swatch line', style: {'--swatch': 'var(' + colourName(series) + ')'}}),
      series.label, ' ', value);
  }

  set(data) {
    this.data = data;
    if (!this.plot) {
      this.make();
    } else {
      this.plot.setData(this.columns(), false);
      this.scale();
    }
    this.showValues(this.plot?.cursor.idx ?? null);
    this.twin.update();
    setAttribute(this.plotted, 'aria-label', [this.options.name, ...(data.limits || [])
      .map((l) => l.label + ' ' + this.options.format(l.value) + (l.over ? ', passed' : ''))].join('; '));
  }

  setZone(zone) {
    this.zone = format.zoneOr(zone);
    this.plot?.redraw(true, true);
  }

  retheme() {
    this.plot?.redraw(true, true);
  }

  destroy() {
    this.observer.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  resize() {
    const width = Math.floor(this.plotted.clientWidth);
    if (width === 0) {
      return;
    }
    if (this.plot) {
      if (this.plot.width !== width) {
        this.plot.setSize({width, height: this.options.height});
      }
    } else if (this.data.times.length > 0) {
      this.make();
    }
  }

  make() {
    const width = Math.floor(this.plotted.clientWidth);
    if (width === 0) {
      return;
    }
    const stacked = this.options.series.filter((s) => s.stack).length;
    const series = [{}, ...this.options.series.map((s, i) => ({
      label: s.label,
      stroke: () => colour(colourName(s)),
      width: s.width ?? (s.stack ? 1 : 1.5),
      dash: s.dash,
      fill: s.stack && this.options.fill && i === 0 ? () => withAlpha(colour(colourName(s))) : undefined,
      points: {show: false, size: 4, filter: alone},
      spanGaps: false,
    }))];
    const bands = [];
    for (let i = 1; i < stacked; i++) {
      const s = this.options.series[i];
      bands.push({series: [i + 1, i], fill: () => withAlpha(colour(colourName(s)))});
    }
    const axis = {
      font: font(), stroke: () => colour('--text-2'),
      grid: {stroke: () => colour('--line'), width: 1}, ticks: {stroke: () => colour('--line'), width: 1, size: 4},
    };
    this.plot = new globalThis.uPlot({
      width, height: this.options.height, series, bands,
      legend: {show: false},
      padding: [10, 26, 0, 0],
      tzDate: (seconds) => globalThis.uPlot.tzDate(new Date(seconds * 1000), this.zone),
      cursor: {y: false, drag: {x: false, y: false}, points: {size: 6}, sync: this.options.sync ? {key: this.options.sync} : undefined},
      scales: {x: {time: true, range: () => this.span()}, y: {range: (u, low, high) => this.bounds(low, high)}},
      axes: [
        {...axis, size: isWall() ? 32 : 26, gap: 4, values: (u, splits, at, space, step) => splits.map((s) => this.timeText(s, step))},
        {...axis, size: isWall() ? 90 : 68, gap: 4, values: (u, splits) => this.valueTexts(splits)},
      ],
      hooks: {draw: [(u) => paintOver(u, this.data, this.options.format)], setCursor: [(u) => this.showValues(u.cursor.idx)]},
    }, this.columns(), this.plotted);
  }

  /** Columns of uPlot; those that are stacked are summed up from below. */
  columns() {
    const {times, values} = this.data;
    let below = null;
    return [times, ...this.options.series.map((s) => {
      const own = values[s.key] || [];
      if (!s.stack) {
        return times.map((t, i) => own[i] ?? null);
      }
      const before = below;
      below = times.map((t, i) => (own[i] === null || own[i] === undefined
        ? (before ? before[i] : null)
        : own[i] + (before && before[i] !== null ? before[i] : 0)));
      return below;
    })];
  }

  scale() {
    const [min, max] = this.span();
    this.plot.setScale('x', {min, max});
  }

  span() {
    const {times, from, to} = this.data;
    const low = from ?? times[0] ?? 0;
    const high = to ?? times[times.length - 1] ?? 1;
    return [low, high > low ? high : low + 1];
  }

  bounds(low, high) {
    if (this.options.high !== undefined) {
      return [this.options.low ?? 0, this.options.high];
    }
    let top = topOf(high ?? 0, this.data);
    let bottom = this.options.low ?? Math.min(0, low ?? 0);
    if (!(top > bottom)) {
      top = bottom + 1;
    }
    return [bottom, top + (top - bottom) * 0.06];
  }

  timeText(seconds, step) {
    const time = seconds * 1000;
    const midnight = format.clock(time, this.zone) === '00:00:00';
    if (step >= 86400 || (midnight && step >= 60)) {
      return format.date(time, this.zone).slice(5);
    }
    return format.clock(time, this.zone, step < 60);
  }

  valueTexts(splits) {
    const {factor, unit} = this.options.axis(Math.max(...splits.map(Math.abs)));
    return splits.map((v) => String(Number((v / factor).toPrecision(6))).replace('-', '\u2212') + '\u2009' + unit);
  }

  /** Values in the legend: at the cursor, else the latest that are known. */
  showValues(index) {
    const {times, values} = this.data;
    for (const [key, element] of this.values) {
      const column = values[key] || [];
      let at = index ?? times.length - 1;
      if (index === null || index === undefined) {
        while (at > 0 && (column[at] === null || column[at] === undefined) && times.length - at < 4) {
          at--;
        }
      }
      setText(element, this.options.format(column[at] ?? null));
    }
  }
}

/** Indices of values without a neighbour, which no line shows. */
function alone(u, series) {
  const known = (value) => value !== null && value !== undefined;
  return u.data[series].flatMap((value, i, column) => (known(value) && !known(column[i - 1]) && !known(column[i + 1]) ? [i] : []));
}

function colourName(series) {
  return series.colour || KINDS[series.kind || series.key] || '--rest';
}

/** Areas are lighter than their edge; colours are written as #rrggbb. */
function withAlpha(hex) {
  return /^#[0-9a-f]{6}$/i.test(hex) ? hex + 'b0' : hex;
}
