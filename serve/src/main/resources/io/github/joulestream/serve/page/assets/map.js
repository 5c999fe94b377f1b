// SPDX-License-Identifier: Apache-2.0
// The map of a site's nodes: a cell a node, in racks, or a cell a rack.

import {append, button, clear, h, setAttribute, setText} from './dom.js';
import {Card, NodeDetails} from './map-card.js';
import {cellsOf, NodeJobs, tally} from './map-cells.js';
import {MODES, css, modeOf, paletteOf} from './map-colours.js';
import {legend} from './map-legend.js';
import {layoutOf, MOST_NODES} from './map-layout.js';
import {Painter} from './map-paint.js';
import {mapTable} from './map-table.js';
import {memory} from './theme.js';

const MODE_KEY = 'joulestream.map.colour';
/** Above this number the nodes are never shown all at once: the canvas would be too large for browsers. */
const MOST_AT_ONCE = 30000;
const WISHED_HEIGHT = 360;
const MOVES = ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];

/** Mounts the map of the site `ctx.params.site`. */
export function mount(root, ctx) {
  const map = new NodeMap(root, ctx);
  return {unmount: () => map.unmount()};
}

class NodeMap {
  constructor(root, ctx) {
    this.ctx = ctx;
    this.site = ctx.params.site;
    this.details = new NodeDetails(ctx.api, this.site);
    this.mode = modeOf(memory.get(MODE_KEY));
    this.wish = null;
    this.rack = null;
    this.cursor = null;
    this.jobs = new NodeJobs();
    this.jobsOf = null;
    this.columns = null;
    /** Whether cells are racks. */
    this.racks = false;
    this.values = new Uint8Array(0);
    this.first = 0;
    this.build(root);
    this.painter = new Painter(this.canvas);
    this.listen();
    this.everything();
  }

  build(root) {
    const {ctx} = this;
    this.canvas = h('canvas', {'aria-hidden': 'true'});
    this.mark = h('div', {class: 'map-cursor', hidden: true});
    this.card = new Card({path: (name) => ctx.paths.node(this.site, name), jobPath: ctx.paths.job});
    this.plane = h('div', {class: 'map-plane', tabindex: '0', role: 'application', 'aria-roledescription': 'map',
      'aria-label': 'Map of nodes', 'aria-describedby': 'map-help', data: {go: 'nodes'}}, this.canvas, this.mark);
    this.words = h('div', {class: 'hidden-text', role: 'status', 'aria-live': 'polite'});
    this.empty = h('p', {class: 'empty', hidden: true});
    this.radios = h('fieldset', {class: 'map-modes'}, h('legend', {class: 'hidden-text'}, 'Colour of the cells'),
      MODES.map((mode) => this.radio(mode)));
    this.places = h('div', {class: 'map-places'});
    this.legend = legend();
    this.table = mapTable({
      source: () => this.shown(),
      open: (name) => this.openRack(name),
      href: (name) => ctx.paths.node(this.site, name),
    });
    const toggle = button('table', () => this.table.toggle(toggle), {class: 'quiet map-toggle', 'aria-expanded': 'false'});
    this.frame = h('div', {class: 'map-frame'}, this.plane, this.card.element);
    this.section = h('div', {class: 'map'},
      h('div', {class: 'map-head'}, h('h2', {}, 'Nodes'), this.places, this.radios, toggle),
      h('p', {id: 'map-help', class: 'hidden-text'},
        'Arrow keys move the cursor from cell to cell, Page Up and Page Down from rack to rack, Home and End to the first and the last. Enter opens, Escape hides the card.'),
      this.frame, this.empty, this.legend.element, this.table.element, this.words);
    append(root, this.section);
  }

  radio(mode) {
    const input = h('input', {type: 'radio', name: 'map-colour', value: mode.id, checked: mode === this.mode,
      on: {change: () => this.choose(mode)}});
    return h('label', {title: mode.title, data: {mode: mode.id}}, input, h('span', {}, mode.label));
  }

  listen() {
    const {live, theme} = this.ctx;
    const {plane} = this;
    this.ends = [
      live.on('nodes', () => this.everything()),
      live.on('cells', () => this.cells()),
      live.on('jobs', () => this.jobsChanged()),
      live.on('site', () => this.grouped()),
      theme.on(() => this.recolour()),
    ];
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.frame);
    plane.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && this.point(event));
    plane.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && this.leave());
    plane.addEventListener('click', (event) => this.click(event));
    plane.addEventListener('keydown', (event) => this.key(event));
    plane.addEventListener('focus', () => this.focused());
    this.frame.addEventListener('focusout', (event) => !this.frame.contains(event.relatedTarget) && this.unselect());
  }

  unmount() {
    this.ends.forEach((end) => end());
    this.observer.disconnect();
    this.details.cancel();
    cancelAnimationFrame(this.frameAsked);
    clearTimeout(this.speaking);
    this.section.remove();
  }

  /** Groups to racks where there are too many nodes, unless nodes are wished for. */
  grouped() {
    const {live} = this.ctx;
    const nodes = live.current?.now?.nodes ?? 0;
    const wanted = this.rack !== null || nodes <= MOST_NODES || (this.wish === 'nodes' && nodes <= MOST_AT_ONCE)
      ? this.wish === 'racks' && this.rack === null ? 'racks' : 'nodes' : 'racks';
    if (live.options.cells !== 'none' && live.options.cells !== wanted) {
      live.configure({cells: wanted});
    }
  }

  /** Other nodes, or another view of them: all anew. */
  everything() {
    const {live} = this.ctx;
    const columns = live.current?.name === this.site ? live.current.nodes : null;
    if (columns === null && this.columns !== null) {
      // others are on their way: until then the map stays as it is
      return;
    }
    this.columns = columns;
    this.racks = live.options.cells === 'racks';
    this.jobsOf = null;
    this.arrange();
  }

  arrange() {
    const {columns} = this;
    const count = columns === null ? 0 : columns.count;
    this.empty.hidden = count > 0;
    this.plane.hidden = count === 0;
    this.legend.element.hidden = count === 0;
    if (count === 0) {
      setText(this.empty, columns === null ? 'Nodes are awaited …'
        : `No node has reported yet. Start an agent: joulestream agent --kafka HOST:9092 --site ${this.site}`);
      this.card.hide();
      return;
    }
    const {first, groups} = cellsOf(columns, {racks: this.racks, rack: this.rack});
    this.first = first;
    this.groups = groups;
    if (groups.length === 0 && this.rack !== null) {
      this.openRack(null);
      return;
    }
    this.values = this.mode.column === null ? new Uint8Array(count) : null;
    this.showPlaces();
    setAttribute(this.plane, 'aria-label', this.racks ? 'Map of racks' : this.rack !== null ? `Map of rack ${this.rack}` : 'Map of nodes');
    for (const label of this.radios.querySelectorAll('label')) {
      label.firstChild.disabled = this.racks && label.dataset.mode === 'job';
    }
    if (this.racks && this.mode.id === 'job') {
      this.mode = MODES[0];
      this.radios.querySelector('input').checked = true;
    }
    this.width = 0;
    this.resized();
  }

  resized() {
    const width = Math.floor(this.frame.clientWidth);
    if (width === 0 || this.columns === null || this.columns.count === 0 || !this.groups
        || (width === this.width && this.ratio === devicePixelRatio)) {
      return;
    }
    this.width = width;
    this.ratio = devicePixelRatio;
    const coarse = matchMedia('(pointer: coarse)').matches;
    this.layout = layoutOf(this.groups, width, WISHED_HEIGHT, coarse && this.columns.count <= 2000 ? 14 : undefined);
    this.painter.arrange(this.layout, this.first, this.columns.names, devicePixelRatio);
    this.recolour();
    this.place();
  }

  recolour() {
    const dark = this.ctx.theme.dark;
    this.painter.colour(this.mode, dark, css(paletteOf(dark).page));
    this.legend.show(this.mode, dark);
    this.cells();
  }

  choose(mode) {
    this.mode = mode;
    memory.set(MODE_KEY, mode.id);
    this.values = mode.column === null && this.columns ? new Uint8Array(this.columns.count) : null;
    this.recolour();
  }

  /** A frame of cells arrived: painted with the next frame of the screen, and not while it is not seen. */
  cells() {
    if (!this.frameAsked) {
      this.frameAsked = requestAnimationFrame(() => {
        this.frameAsked = 0;
        this.paint();
      });
    }
  }

  paint() {
    const {columns, layout} = this;
    if (columns === null || !layout || columns !== this.ctx.live.current?.nodes || this.section.closest('[hidden]') !== null) {
      return;
    }
    performance.mark('map-begin');
    const cells = this.painter.paint(this.mode.column === null ? this.jobsNow().values(columns, this.values) : columns[this.mode.column], columns.flags);
    performance.measure('map-paint', {start: 'map-begin', detail: cells});
    performance.clearMarks('map-begin');
    performance.clearMeasures('map-paint');
    this.legend.count(tally(columns, this.first, layout.count), this.racks);
    this.table.update();
    if (this.cursor !== null && !this.card.element.hidden) {
      this.fill();
    }
  }

  jobsChanged() {
    this.jobsOf = null;
    if (this.mode.id === 'job') {
      this.cells();
    }
  }

  jobsNow() {
    if (this.jobsOf !== this.columns) {
      this.jobs.set(this.racks ? [] : this.ctx.live.current.jobs.values(), this.columns.count);
      this.jobsOf = this.columns;
    }
    return this.jobs;
  }

  /** What the table shows. */
  shown() {
    return this.columns === null || !this.layout ? null
      : {columns: this.columns, jobs: this.jobsNow(), first: this.first, count: this.layout.count, racks: this.racks};
  }

  /** Where one is: all racks, a rack, all nodes. */
  showPlaces() {
    clear(this.places);
    const {live} = this.ctx;
    const nodes = live.current?.now?.nodes ?? this.columns.count;
    const inRacks = this.racks || this.columns.racks.some((rack) => rack !== '');
    if (this.rack !== null) {
      append(this.places, button('all racks', () => this.openRack(null), {class: 'quiet'}), h('span', {class: 'map-place'}, `rack ${this.rack}`));
    } else if (inRacks && (nodes > MOST_NODES || this.racks)) {
      append(this.places, nodes > MOST_AT_ONCE ? null
        : button(this.racks ? 'show nodes' : 'group to racks', () => this.wishFor(this.racks ? 'nodes' : 'racks'), {class: 'quiet'}));
    }
  }

  wishFor(what) {
    this.wish = what;
    this.cursor = null;
    this.mark.hidden = true;
    this.card.hide();
    this.grouped();
    this.everything();
  }

  /** Shows a rack's nodes alone; with null all racks again. */
  openRack(rack) {
    const before = this.rack;
    this.rack = rack;
    this.unselect();
    this.cursor = rack === null && before !== null ? before : null;
    this.grouped();
    this.everything();
    this.plane.focus({preventScroll: true});
  }

  /* the cursor: the name of a node or rack, so that it stays where it is when nodes come and go */

  cellOfCursor() {
    const at = this.cursor === null || this.columns === null ? -1 : this.columns.index(this.cursor) - this.first;
    return this.layout && at >= 0 && at < this.layout.count ? at : -1;
  }

  select(cell, spoken) {
    const name = this.columns.names[this.first + cell];
    const other = name !== this.cursor || this.card.element.hidden;
    this.cursor = name;
    this.place();
    if (other) {
      this.fill();
      this.position();
      if (this.racks) {
        this.details.cancel();
      } else {
        this.details.ask(name, (detail, error) => {
          if (this.cursor === name) {
            this.card.add(detail, error);
            this.position();
            if (detail && spoken) {
              this.speak(Card.more(detail));
            }
          }
        });
      }
      if (spoken) {
        this.speak(this.card.words(this.columns, this.first + cell, this.about(cell)));
      }
    }
  }

  about(cell) {
    return {racks: this.racks, job: this.jobsNow().of(this.first + cell)};
  }

  fill() {
    const cell = this.cellOfCursor();
    if (cell < 0) {
      this.unselect();
    } else {
      this.card.show(this.columns, this.first + cell, this.about(cell));
    }
  }

  /** Says a text once the cursor rests. */
  speak(text) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => setText(this.words, text), 300);
  }

  place() {
    const cell = this.cellOfCursor();
    this.mark.hidden = cell < 0;
    if (cell >= 0) {
      const {x, y} = this.layout.placeOf(cell);
      const size = this.layout.pitch + 1 + 'px';
      for (const [name, value] of [['left', x + 'px'], ['top', y + 'px'], ['width', size], ['height', size]]) {
        this.mark.style.setProperty(name, value);
      }
    }
  }

  /** Puts the card beside its cell, within the frame; on narrow screens it lies under the map. */
  position() {
    const cell = this.cellOfCursor();
    const {element} = this.card;
    if (cell < 0 || element.hidden) {
      return;
    }
    const {x, y} = this.layout.placeOf(cell);
    const {offsetWidth, offsetHeight} = element;
    const right = x + this.layout.pitch + 8;
    const left = right + offsetWidth <= this.width ? right : Math.max(0, x - offsetWidth - 8);
    const top = Math.max(0, Math.min(y, this.layout.height - offsetHeight));
    element.style.setProperty('left', left + 'px');
    element.style.setProperty('top', top + 'px');
  }

  unselect() {
    this.details.cancel();
    this.card.hide();
    this.mark.hidden = true;
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return this.layout ? this.layout.cellAt(event.clientX - box.left, event.clientY - box.top) : -1;
  }

  point(event) {
    const cell = this.at(event);
    if (cell >= 0) {
      this.select(cell, false);
    }
  }

  leave() {
    if (document.activeElement !== this.plane && !this.card.element.matches(':hover')) {
      this.unselect();
    }
  }

  /** A mouse opens; a finger shows the card first, and opens what is shown already. */
  click(event) {
    const cell = this.at(event);
    if (cell < 0) {
      return;
    }
    const shown = !this.card.element.hidden && this.columns.names[this.first + cell] === this.cursor;
    if (event.pointerType === 'touch' && !shown) {
      this.select(cell, false);
    } else {
      this.open(cell);
    }
  }

  open(cell) {
    const name = this.columns.names[this.first + cell];
    if (this.racks) {
      this.openRack(name);
    } else {
      this.ctx.navigate(this.ctx.paths.node(this.site, name));
    }
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.layout) {
      return;
    }
    const cell = this.cellOfCursor();
    if (event.key === 'Enter' && cell >= 0) {
      event.preventDefault();
      this.open(cell);
    } else if (event.key === 'Escape') {
      if (!this.card.element.hidden) {
        event.stopPropagation();
        this.unselect();
      } else if (this.rack !== null) {
        event.stopPropagation();
        this.openRack(null);
      }
    } else if (MOVES.includes(event.key)) {
      event.preventDefault();
      const next = this.layout.step(cell, event.key);
      if (next >= 0) {
        this.select(next, true);
        this.mark.scrollIntoView({block: 'nearest', inline: 'nearest'});
      }
    }
  }

  focused() {
    const cell = this.cellOfCursor();
    if (cell >= 0 && this.plane.matches(':focus-visible')) {
      this.select(cell, true);
    }
  }
}
