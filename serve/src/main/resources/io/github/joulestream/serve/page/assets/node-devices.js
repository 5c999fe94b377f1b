// SPDX-License-Identifier: Apache-2.0
// What the devices of a node did: a chart a quantity, a line a GPU; other devices as a table of their latest window.

import {timeChart} from './charts.js';
import {append, clear, h, table} from './dom.js';
import {digits, power, ratio, temperature, UNKNOWN} from './format.js';
import {Charts} from './pageparts.js';

const THIN = '\u2009';
const LINES = 8;
const DASHES = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]];
const percent = {format: ratio, axis: () => ({factor: 0.01, unit: '%'}), low: 0, high: 1};
const celsius = {format: temperature, axis: () => ({factor: 1, unit: '°C'})};
const megahertz = {format: (value) => (value === null ? UNKNOWN : `${Math.round(value)}${THIN}MHz`), axis: () => ({factor: 1, unit: 'MHz'})};
const watts = {format: (value) => power(value === null ? null : value * 1000), axis: () => ({factor: 1, unit: 'W'})};

/** Quantities by field of the device's window. */
export const QUANTITIES = [
  {field: 'meanWatts', label: 'Power', ...watts},
  {field: 'busyRatio', label: 'Utilisation', ...percent},
  {field: 'temperatureCelsius', label: 'Temperature', ...celsius},
  {field: 'memoryTemperatureCelsius', label: 'Temperature of the memory', ...celsius},
  {field: 'smClockMegahertz', label: 'Clock', ...megahertz},
  {field: 'memoryClockMegahertz', label: 'Clock of the memory', ...megahertz},
  {field: 'usedRatio', label: 'Memory in use', ...percent},
  {field: 'throttledRatio', label: 'Clocks lowered, share of the samples', ...percent},
];

/** Fields of a device that say why clocks were lowered. */
const REASONS = [['throttledPowerCapRatio', 'power cap'], ['throttledThermalRatio', 'heat'], ['throttledPowerBrakeRatio', 'power brake'],
  ['throttledHardwareRatio', 'hardware'], ['throttledOtherRatio', 'other']];

/** Values of several devices on one axis of time. */
export function aligned(devices, field) {
  const times = [...new Set(devices.flatMap((device) => device.times))].sort();
  const at = new Map(times.map((time, i) => [time, i]));
  const values = devices.map((device) => {
    const column = new Array(times.length).fill(null);
    device.times.forEach((time, i) => {
      column[at.get(time)] = device.values[field]?.[i] ?? null;
    });
    return column;
  });
  return {times: times.map((time) => Date.parse(time) / 1000), values};
}

/** The same with a point that is not known in each gap: a line must not cross it. */
export function withGaps({times, values}) {
  const steps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
  const usual = steps[Math.floor(steps.length / 2)] ?? 0;
  const outTimes = [];
  const out = values.map(() => []);
  times.forEach((time, i) => {
    if (i > 0 && time - times[i - 1] > usual * 1.5) {
      outTimes.push(times[i - 1] + usual);
      out.forEach((column) => column.push(null));
    }
    outTimes.push(time);
    out.forEach((column, k) => column.push(values[k][i]));
  });
  return {times: outTimes, values: out};
}

/** Reasons for which clocks were lowered, as words with the mean share of each. */
export function reasonsOf(device) {
  return REASONS.map(([field, label]) => {
    const known = (device.values[field] || []).filter((value) => value !== null);
    return [label, known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length];
  }).filter(([, share]) => share > 0).map(([label, share]) => `${label} ${ratio(share)}`).join(', ');
}

/** {element, set(answer of /devices, {from, to}), destroy()}. */
export function deviceCharts(ctx, {node, zone}) {
  const charts = new Charts(ctx);
  const grid = h('div', {class: 'chart-grid'});
  const others = h('div', {class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Devices'});
  const element = h('div', {}, grid, others);
  let made = '';
  let shown = [];

  function set(answer, span) {
    const gpus = answer.devices.filter((device) => device.kind === 'GPU').sort((a, b) => a.device.localeCompare(b.device, 'en', {numeric: true}));
    const quantities = QUANTITIES.filter((quantity) => gpus.some((gpu) => (gpu.values[quantity.field] || []).some((value) => value !== null)));
    const key = gpus.map((gpu) => gpu.device).join('\n') + '\n\n' + quantities.map((quantity) => quantity.field).join('\n');
    if (key !== made) {
      made = key;
      make(gpus, quantities);
    }
    for (const {quantity, chart} of shown) {
      const {times, values} = withGaps(aligned(gpus, quantity.field));
      chart.set({times, values: Object.fromEntries(gpus.map((gpu, i) => [gpu.device, values[i]])), ...span});
    }
    showOthers(answer.devices, gpus);
  }

  function make(gpus, quantities) {
    charts.all.forEach((chart) => chart.destroy());
    charts.all = [];
    clear(grid);
    shown = quantities.map((quantity) => ({quantity, chart: charts.add(timeChart({
      name: `${quantity.label} of the GPUs of ${node}`, zone: zone(), sync: 'node', height: 150, fill: false,
      format: quantity.format, axis: quantity.axis, low: quantity.low, high: quantity.high,
      // the legend has the last first
      series: gpus.map((gpu, i) => ({key: gpu.device, label: gpu.device, colour: `--line-${i % LINES}`, width: 1.25, dash: DASHES[Math.floor(i / LINES) % DASHES.length]})).reverse(),
    }))}));
    append(grid, shown.map(({quantity, chart}) => h('div', {class: 'chart-cell'}, h('h3', {}, quantity.label), chart.element)));
  }

  function showOthers(devices, gpus) {
    clear(others);
    if (devices.length === 0) {
      return;
    }
    const last = (device, field) => [...(device.values[field] || [])].reverse().find((value) => value !== null) ?? null;
    append(others, table('Devices, their latest window in the range',
      [{label: 'device'}, {label: 'kind'}, {label: 'model'}, {label: 'power', number: true}, {label: 'temperature', number: true}, {label: 'in use', number: true}, {label: 'worn', number: true}, {label: 'clocks lowered by'}],
      [...gpus, ...devices.filter((device) => device.kind !== 'GPU')].map((device) => [device.device, device.kind, device.model || UNKNOWN, watts.format(last(device, 'meanWatts')),
        temperature(last(device, 'temperatureCelsius')), ratio(last(device, 'usedRatio')), ratio(last(device, 'wearRatio')), reasonsOf(device) || digits(null)]), {class: 'figures'}));
  }

  return {element, set, destroy: () => charts.destroy()};
}
