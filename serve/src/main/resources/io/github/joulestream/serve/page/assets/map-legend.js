// SPDX-License-Identifier: Apache-2.0
// What the colours and patterns of the map mean, and how many cells have them.

import {append, clear, h, setText} from './dom.js';
import {count} from './format.js';
import {between, css, cividis, FIRST_JOB, FOREIGN_JOB, NO_JOB, colourOf, paletteOf} from './map-colours.js';

const STEPS = 16;
const AGE_WORDS = [['under 5 s', 0], ['15 s', 5], ['30 s', 15], ['60 s', 30], ['older', 60]];

/** {element, show(mode, dark), count(tally, racks)}. */
export function legend() {
  const scale = h('span', {class: 'map-scale'});
  const title = h('span', {class: 'muted map-scale-title'});
  const silent = h('span', {class: 'number'});
  const alerting = h('span', {class: 'number'});
  const silentKey = h('span', {class: 'map-key silent', 'aria-hidden': 'true'});
  const alertKey = h('span', {class: 'map-key alerting', 'aria-hidden': 'true'});
  const reporting = h('span', {class: 'number'});
  const element = h('div', {class: 'map-legend'}, scale, title,
    h('span', {class: 'map-counts'}, reporting, h('span', {}, silentKey, silent), h('span', {}, alertKey, alerting)));

  function swatch(colour, words) {
    return h('span', {class: 'map-step'}, h('span', {class: 'map-key', style: {'background-color': css(colour)}, 'aria-hidden': 'true'}), words);
  }

  return {
    element,
    show(mode, dark) {
      const palette = paletteOf(dark);
      clear(scale);
      setText(title, mode.title);
      if (mode.id === 'age') {
        append(scale, AGE_WORDS.map(([words, value]) => swatch(colourOf(mode, value, palette), words)));
      } else if (mode.id === 'job') {
        append(scale, swatch(colourOf(mode, NO_JOB, palette), 'no job'), swatch(colourOf(mode, FIRST_JOB, palette), 'a job'),
          swatch(colourOf(mode, FOREIGN_JOB, palette), 'a job that is not listed'));
      } else {
        const colour = mode.id === 'heldIdle' ? (t) => between(palette.heldIdle, t) : cividis;
        append(scale, mode.low, h('span', {class: 'map-ramp', 'aria-hidden': 'true'},
          Array.from({length: STEPS}, (_, i) => h('span', {style: {'background-color': css(colour(i / (STEPS - 1)))}}))), mode.top);
      }
    },
    count(tally, racks) {
      setText(reporting, racks ? `${count(tally.count)} racks` : `${count(tally.count - tally.silent)} of ${count(tally.count)} nodes report`);
      setText(silent, racks ? `${count(tally.silent)} with silent nodes` : `${count(tally.silent)} silent`);
      setText(alerting, `${count(tally.alerting)} with an alert`);
    },
  };
}
