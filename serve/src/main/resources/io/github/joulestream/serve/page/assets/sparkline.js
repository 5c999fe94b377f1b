// SPDX-License-Identifier: Apache-2.0
// Small curves without axes.

import {svg} from './dom.js';

/** Path of values in a box, from 0 to the largest; gaps where nothing is known. */
export function sparkPath(values, width, height) {
  const known = values.filter((v) => v !== null && v >= 0);
  const top = Math.max(...known, 1e-9);
  const step = width / Math.max(1, values.length - 1);
  let path = '';
  let pen = false;
  values.forEach((v, i) => {
    if (v === null || v < 0) {
      pen = false;
      return;
    }
    path += (pen ? 'L' : 'M') + (i * step).toFixed(1) + ' ' + (height - 1 - (v / top) * (height - 2)).toFixed(1);
    pen = true;
  });
  return path;
}

/** A small curve; set(values) redraws it only if it is given another array. */
export function spark(width = 72, height = 18) {
  const line = svg('path', {class: 'spark-line'});
  const element = svg('svg', {class: 'spark', width, height, viewBox: '0 0 ' + width + ' ' + height, 'aria-hidden': 'true'}, line);
  let shown = null;
  return {element, set(values) {
    if (values !== shown) {
      shown = values;
      line.setAttribute('d', values ? sparkPath(values, width, height) : '');
    }
  }};
}
