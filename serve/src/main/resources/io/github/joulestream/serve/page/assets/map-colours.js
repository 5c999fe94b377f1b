// SPDX-License-Identifier: Apache-2.0
// What a cell of the map looks like: a colour by a value, a pattern by its state. A value is never shown by colour
// alone: the card, the table and, in large cells, a number say it too.

import {UNKNOWN_BYTE as UNKNOWN} from './cells.js';

/** Cividis: dark blue to yellow, even to the eye, for all kinds of colour vision. */
export function cividis(t) {
  // A polynomial of matplotlib's table, as of d3-scale-chromatic.
  const r = -4.54 - t * (35.34 - t * (2381.73 - t * (6402.7 - t * (7024.72 - t * 2710.57))));
  const g = 32.49 + t * (170.73 + t * (52.82 - t * (131.46 - t * (176.58 - t * 67.37))));
  const b = 81.24 + t * (442.36 - t * (2482.43 - t * (6167.24 - t * (6614.94 - t * 2475.67))));
  return [r, g, b].map((v) => Math.max(0, Math.min(255, Math.round(v))));
}

/** A colour on a line through colours. */
export function between(stops, t) {
  const at = Math.max(0, Math.min(1, t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  return stops[i].map((v, k) => Math.round(v + (stops[i + 1][k] - v) * (at - i)));
}

/** Relative luminance of WCAG 2.2. */
export function luminance([r, g, b]) {
  const linear = (v) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Contrast of WCAG 2.2, 1 to 21. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const LIGHT = {
  plate: [118, 124, 130], empty: [226, 229, 232], ink: [27, 31, 36], alert: [213, 94, 0], page: [255, 255, 255],
  heldIdle: [[244, 238, 232], [233, 174, 127], [163, 71, 0]],
  age: [[232, 240, 247], [150, 190, 220], [86, 128, 170], [52, 82, 128], [30, 40, 80]],
  free: [226, 229, 232], foreign: [166, 172, 178],
};
const DARK = {
  plate: [107, 114, 121], empty: [44, 49, 54], ink: [230, 230, 230], alert: [255, 140, 60], page: [20, 23, 26],
  heldIdle: [[44, 49, 54], [150, 92, 52], [246, 190, 144]],
  age: [[40, 48, 58], [52, 82, 118], [86, 128, 170], [150, 190, 220], [225, 238, 250]],
  free: [44, 49, 54], foreign: [112, 118, 124],
};

/** Colours of the map in light or dark. */
export function paletteOf(dark) {
  return dark ? DARK : LIGHT;
}

// Hues of Okabe and Ito with a light and a dark tint of each, without vermilion, which is of alerts alone.
const JOBS = [
  [0, 114, 178], [230, 159, 0], [0, 158, 115], [86, 180, 233], [204, 121, 167], [240, 228, 66],
  [0, 75, 120], [160, 105, 0], [0, 100, 72], [150, 205, 240], [140, 70, 110], [190, 175, 30],
  [95, 60, 150], [175, 150, 220], [120, 200, 175], [110, 85, 60],
];

/** Number of the colour of a job, the same every time, by FNV-1a of its id. */
export function jobColour(job) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < job.length; i++) {
    hash = Math.imul(hash ^ job.charCodeAt(i), 0x01000193);
  }
  return ((hash >>> 0) ^ (hash >>> 15)) % JOBS.length >>> 0;
}

const AGES = [5, 15, 30, 60];

/** By what cells can be coloured: which byte, how far the scale goes, and its words. */
export const MODES = [
  {id: 'power', label: 'power', title: 'Power as a share of the highest that each node has had', column: 'power', high: 250, low: '0 %', top: '100 %'},
  {id: 'busy', label: 'busy', title: 'Mean utilisation of the GPUs', column: 'busy', high: 100, low: '0 %', top: '100 %'},
  {id: 'heldIdle', label: 'held idle', title: 'Share of the GPUs that jobs hold without using them', column: 'heldIdle', high: 100, low: '0 %', top: '100 %'},
  {id: 'temperature', label: 'temperature', title: 'The hottest device, from 20 to 95 °C', column: 'temperature', base: 20, high: 95, low: '20 °C', top: '95 °C'},
  {id: 'age', label: 'age', title: 'Age of the latest reading', column: 'age', high: 254, low: '0 s', top: 'over 60 s'},
  {id: 'job', label: 'job', title: 'Which job holds the node: one colour a job; colours repeat', column: null, high: JOBS.length, low: '', top: ''},
];

/** The mode of that name; power if there is none. */
export function modeOf(id) {
  return MODES.find((mode) => mode.id === id) || MODES[0];
}

/** Of a value 0 to 254 of a mode, its place on the scale, 0 to 1. */
export function scaled(mode, value) {
  const base = mode.base || 0;
  return Math.max(0, Math.min(1, (value - base) / (mode.high - base)));
}

/** Colour of a value of a mode. */
export function colourOf(mode, value, palette) {
  if (value === UNKNOWN) {
    return palette.empty;
  }
  switch (mode.id) {
    case 'heldIdle': return between(palette.heldIdle, scaled(mode, value));
    case 'age': return palette.age[ageStep(value)];
    case 'job': return jobPaint(value, palette);
    default: return cividis(scaled(mode, value));
  }
}

/** Steps of age: under 5 s, 15 s, 30 s, 60 s, and older. */
export function ageStep(seconds) {
  const step = AGES.findIndex((limit) => seconds < limit);
  return step < 0 ? AGES.length : step;
}

/** Values of the mode job: 0 no job, 1 a job that is not seen, then colours of jobs. */
export const NO_JOB = 0;
export const FOREIGN_JOB = 1;
export const FIRST_JOB = 2;

function jobPaint(value, palette) {
  if (value === NO_JOB) {
    return palette.free;
  }
  return value === FOREIGN_JOB ? palette.foreign : JOBS[(value - FIRST_JOB) % JOBS.length];
}

/** Table of 256 colours of a mode, as CSS. */
export function colourTable(mode, palette) {
  return Array.from({ length: 256 }, (_, value) => css(colourOf(mode, value, palette)));
}

/** Ink that is read on a colour. */
export function inkOn(colour) {
  return luminance(colour) > 0.179 ? [0, 0, 0] : [255, 255, 255];
}

export function css([r, g, b]) {
  return `rgb(${r},${g},${b})`;
}

/** Words of a value of a mode. */
export function wordsOf(mode, value) {
  if (value === UNKNOWN) {
    return '-';
  }
  switch (mode.id) {
    case 'power': return `${Math.round(value / 2.5)} %`;
    case 'busy':
    case 'heldIdle': return `${value} %`;
    case 'temperature': return `${value} °C`;
    case 'age': return value >= 250 ? '250 s or more' : `${value} s`;
    default: return '';
  }
}
