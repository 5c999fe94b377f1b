// SPDX-License-Identifier: Apache-2.0
// Paints cells on a canvas. It knows what each cell shows and repaints only those that changed, colour by colour.

import {ALERTING, SILENT} from './cells.js';
import {colourOf, colourTable, css, inkOn, paletteOf, wordsOf} from './map-colours.js';
import {shownText} from './shown.js';

const NOT_PAINTED = -1;
const SILENT_KEY = 256;
const ALERT_KEY = 512;
/** Cells from this size on show their value as a number, and from the next on their name too, CSS px. */
const WITH_NUMBER = 40;
const WITH_NAME = 50;

export class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', {alpha: false});
    this.layout = null;
    this.keys = new Int32Array(0);
    this.counts = new Int32Array(257);
    this.mode = null;
    this.palette = null;
    this.background = 'rgb(255,255,255)';
    this.ratio = 1;
  }

  /** All is painted anew at the next frame. */
  forget() {
    this.keys.fill(NOT_PAINTED);
    this.whole = true;
  }

  /** Takes another layout: sizes the canvas in device pixels and works out where each cell lies. */
  arrange(layout, first, names, ratio) {
    this.layout = layout;
    this.first = first;
    this.names = names;
    this.ratio = ratio;
    const count = layout.count;
    this.keys = new Int32Array(count);
    this.changed = new Int32Array(count);
    this.sorted = new Int32Array(count);
    this.left = new Int32Array(count);
    this.top = new Int32Array(count);
    this.line = Math.max(1, Math.round(ratio));
    this.size = Math.max(2, Math.round(layout.pitch * ratio) - this.line);
    for (let group = 0; group < layout.groups.length; group++) {
      const {x, y} = layout.blockOf(group);
      const {first: start, count: cells} = layout.groups[group];
      for (let at = 0; at < cells; at++) {
        this.left[start + at] = Math.round((x + (at % layout.columns) * layout.pitch) * ratio) + this.line;
        this.top[start + at] = Math.round((y + Math.floor(at / layout.columns) * layout.pitch) * ratio) + this.line;
      }
    }
    const width = Math.max(1, Math.ceil(layout.width * ratio));
    const height = Math.max(1, Math.ceil(layout.height * ratio) + this.line);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.canvas.style.width = layout.width + 'px';
    this.canvas.style.height = height / ratio + 'px';
    this.forget();
  }

  /** Takes colours: a mode, light or dark, and the colour of the page behind the map. */
  colour(mode, dark, background) {
    this.mode = mode;
    this.palette = paletteOf(dark);
    this.background = background;
    this.table = colourTable(mode, this.palette);
    this.inks = Array.from({length: 256}, (_, value) => css(inkOn(colourOf(mode, value, this.palette))));
    this.hatch = this.hatching();
    this.forget();
  }

  /** Diagonal lines, for what is silent: seen without colour. */
  hatching() {
    const size = 4 * this.line || 4;
    const tile = document.createElement('canvas');
    tile.width = size;
    tile.height = size;
    const context = tile.getContext('2d');
    context.fillStyle = css(this.palette.page);
    context.fillRect(0, 0, size, size);
    context.strokeStyle = css(this.palette.plate);
    context.lineWidth = Math.max(1, size / 4);
    context.beginPath();
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift - 1, size + 1);
      context.lineTo(shift + size + 1, -1);
    }
    context.stroke();
    return this.context.createPattern(tile, 'repeat');
  }

  /**
   * Paints what changed.
   * @param {Uint8Array} values of the mode, 255 not known
   * @param {Uint8Array} flags of cells.js
   * @returns {number} cells painted
   */
  paint(values, flags) {
    if (this.layout === null || this.mode === null) {
      return 0;
    }
    const {keys, changed, counts, first} = this;
    const count = Math.min(keys.length, Math.max(0, values.length - first));
    counts.fill(0);
    let number = 0;
    for (let cell = 0; cell < count; cell++) {
      const flag = flags[first + cell];
      const key = ((flag & SILENT) === 0 ? values[first + cell] : SILENT_KEY) | ((flag & ALERTING) === 0 ? 0 : ALERT_KEY);
      if (key !== keys[cell]) {
        if (((key ^ keys[cell]) & ALERT_KEY) !== 0 && keys[cell] !== NOT_PAINTED) {
          // an outline lies on the lines around the cell, which are of its neighbours too
          this.forget();
          return this.paint(values, flags);
        }
        keys[cell] = key;
        counts[Math.min(key & ~ALERT_KEY, 256)]++;
        changed[number++] = cell;
      }
    }
    if (this.whole) {
      this.plates();
      this.whole = false;
    }
    this.fill(number);
    return number;
  }

  /** Fills the changed cells, sorted by colour: setting a colour costs more than a rectangle. */
  fill(number) {
    const {changed, sorted, counts, keys, left, top, size, context} = this;
    for (let value = 0, at = 0; value <= 256; value++) {
      const of = counts[value];
      counts[value] = at;
      at += of;
    }
    for (let i = 0; i < number; i++) {
      sorted[counts[Math.min(keys[changed[i]] & ~ALERT_KEY, 256)]++] = changed[i];
    }
    let painted = -1;
    let alerts = false;
    for (let i = 0; i < number; i++) {
      const cell = sorted[i];
      const value = keys[cell] & ~ALERT_KEY;
      if (value !== painted) {
        context.fillStyle = value === SILENT_KEY ? this.hatch : this.table[value];
        painted = value;
      }
      context.fillRect(left[cell], top[cell], size, size);
      alerts ||= (keys[cell] & ALERT_KEY) !== 0;
    }
    if (this.layout.pitch >= WITH_NUMBER) {
      this.write(number);
    }
    for (let i = 0; alerts && i < number; i++) {
      if ((keys[changed[i]] & ALERT_KEY) !== 0) {
        this.outline(changed[i]);
      }
    }
  }

  /** What lies under the cells: a plate for each rack, whose lines between the cells are seen, and its name. */
  plates() {
    const {context, layout, ratio, palette, canvas} = this;
    context.fillStyle = this.background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = css(palette.plate);
    for (let cell = 0; cell < this.keys.length; cell++) {
      context.fillRect(this.left[cell] - this.line, this.top[cell] - this.line, this.size + 2 * this.line, this.size + 2 * this.line);
    }
    context.fillStyle = css(palette.ink);
    context.textBaseline = 'top';
    context.textAlign = 'left';
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    for (let group = 0; layout.named && group < layout.groups.length; group += layout.label === 0 ? layout.blocks : 1) {
      const {x, y} = layout.blockOf(group);
      const width = layout.label === 0 ? layout.margin : layout.label;
      const name = shownText(layout.groups[group].name);
      context.fillText(name.length > 10 ? name.slice(0, 9) + '…' : name, (x - width) * ratio, (y + 1) * ratio, (width - 5) * ratio);
    }
  }

  /** Names and numbers in cells that are large enough. */
  write(number) {
    const {context, changed, keys, left, top, size, ratio, layout, mode} = this;
    const named = layout.pitch >= WITH_NAME;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let i = 0; i < number; i++) {
      const cell = changed[i];
      const value = keys[cell] & ~ALERT_KEY;
      const x = left[cell] + size / 2;
      const y = top[cell] + size / 2;
      if (value !== SILENT_KEY) {
        context.fillStyle = this.inks[value];
        context.font = `600 ${(named ? 13 : 11) * ratio}px system-ui, sans-serif`;
        context.fillText(wordsOf(mode, value), x, named ? y + 7 * ratio : y, size - 4 * ratio);
      }
      if (named) {
        const name = shownText(this.names[this.first + cell] || '');
        context.font = `${11 * ratio}px system-ui, sans-serif`;
        if (value === SILENT_KEY) {
          // hatching would cross the name
          const width = Math.min(context.measureText(name).width, size - 6 * ratio) + 4 * ratio;
          context.fillStyle = css(this.palette.page);
          context.fillRect(x - width / 2, y - 16 * ratio, width, 14 * ratio);
        }
        context.fillStyle = value === SILENT_KEY ? css(this.palette.ink) : this.inks[value];
        context.fillText(name, x, y - 9 * ratio, size - 6 * ratio);
      }
    }
  }

  /** The outline of an alert: a dark line where the plate is, and one of the colour of alerts within it. */
  outline(cell) {
    const {context, left, top, size, line, palette} = this;
    const width = Math.max(line, Math.min(3 * line, Math.round(size / 6)));
    context.lineWidth = line;
    context.strokeStyle = css(palette.ink);
    context.strokeRect(left[cell] - line / 2, top[cell] - line / 2, size + line, size + line);
    context.lineWidth = width;
    context.strokeStyle = css(palette.alert);
    context.strokeRect(left[cell] + width / 2, top[cell] + width / 2, size - width, size - width);
  }
}
