// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {ALERTING, HELD, NodeColumns, SILENT} from './cells.js';
import {cellsOf, factsOf, NodeJobs, orderOf, stateOf, tally} from './map-cells.js';
import {ageStep, cividis, colourOf, contrast, FIRST_JOB, FOREIGN_JOB, inkOn, jobColour, luminance, MODES, modeOf, NO_JOB, paletteOf, wordsOf} from './map-colours.js';
import {groupsOf, layoutOf, oneGroup} from './map-layout.js';
import {Painter} from './map-paint.js';

const racksOf = (nodes, each) => Array.from({length: nodes}, (_, i) => (each === 0 ? '' : 'r' + (1 + Math.floor(i / each))));
const layout = (nodes, each, width) => layoutOf(groupsOf(racksOf(nodes, each)), width, 360);

test('each point of a cell leads back to it, and cells lie within the width', () => {
  for (const [nodes, each] of [[1, 0], [8, 8], [8, 4], [200, 4], [200, 32], [200, 1], [5000, 40], [10000, 4], [20000, 48], [10000, 0]]) {
    for (const width of [280, 358, 850, 1400]) {
      const it = layout(nodes, each, width);
      assert.equal(it.count, nodes);
      for (let cell = 0; cell < nodes; cell++) {
        const {x, y} = it.placeOf(cell);
        assert.ok(x >= 0 && x + it.pitch <= width && y + it.pitch <= it.height + 1, `${nodes} ${each} ${width} cell ${cell}`);
        assert.equal(it.cellAt(x + 0.5, y + 0.5), cell);
        assert.equal(it.cellAt(x + it.pitch - 0.5, y + it.pitch - 0.5), cell);
      }
    }
  }
});

test('nothing lies beside the cells', () => {
  const it = layout(10, 4, 850);
  const last = it.placeOf(9);
  assert.equal(it.cellAt(-1, 5), -1);
  assert.equal(it.cellAt(5, -1), -1);
  assert.equal(it.cellAt(5, 5), -1, 'the name of the rack');
  assert.equal(it.cellAt(last.x + it.pitch + 2, last.y + 1), -1);
  assert.equal(it.cellAt(200, it.height + 1), -1);
  assert.equal(layoutOf([], 850, 360).cellAt(3, 3), -1);
});

test('cells are as large as the height allows, and not smaller than asked for', () => {
  assert.equal(layout(8, 8, 850).pitch, 56);
  assert.ok(layout(200, 4, 850).height <= 360);
  assert.ok(layout(200, 4, 850).pitch > 20);
  assert.equal(layout(20000, 48, 358).pitch, 6);
  assert.equal(layoutOf(groupsOf(racksOf(2000, 4)), 358, 360, 14).pitch, 14);
});

test('keys move the cursor', () => {
  const it = layoutOf(groupsOf(['a', 'a', 'a', 'b', 'b', 'c']), 120, 1000);
  assert.equal(it.step(-1, 'ArrowRight'), 0);
  assert.equal(it.step(-1, 'End'), 5);
  assert.equal(it.step(0, 'ArrowRight'), 1);
  assert.equal(it.step(0, 'ArrowLeft'), 0);
  assert.equal(it.step(5, 'ArrowRight'), 5);
  assert.equal(it.step(3, 'Home'), 0);
  assert.equal(it.step(0, 'End'), 5);
  assert.equal(it.step(1, 'PageDown'), 3);
  assert.equal(it.step(4, 'PageUp'), 3);
  assert.equal(it.step(3, 'PageUp'), 0);
  assert.equal(it.step(5, 'PageDown'), 5);
  assert.equal(it.step(0, 'x'), -1);
  assert.equal(layoutOf([], 100, 100).step(-1, 'Home'), -1);
});

test('down and up lead through the lines of a rack and to the rack below', () => {
  const it = layout(200, 4, 850);
  let cell = 1;
  const seen = new Set();
  for (let i = 0; i < 200 && !seen.has(cell); i++) {
    seen.add(cell);
    const next = it.step(cell, 'ArrowDown');
    if (next !== cell) {
      assert.equal(it.placeOf(next).x, it.placeOf(cell).x);
      assert.ok(it.placeOf(next).y > it.placeOf(cell).y);
      assert.equal(it.step(next, 'ArrowUp'), cell);
    }
    cell = next;
  }
  assert.ok(seen.size > 4);
});

test('racks are runs of equal names; one rack alone; racks as cells', () => {
  assert.deepEqual(groupsOf(['a', 'a', 'b', '']), [{name: 'a', first: 0, count: 2}, {name: 'b', first: 2, count: 1}, {name: '', first: 3, count: 1}]);
  assert.deepEqual(oneGroup(0), []);
  const columns = new NodeColumns(1, ['n1', 'n2', 'n3'], ['a', 'b', 'b']);
  assert.deepEqual(cellsOf(columns, {racks: false, rack: 'b'}), {first: 1, groups: [{name: 'b', first: 0, count: 2}]});
  assert.deepEqual(cellsOf(columns, {racks: false, rack: 'gone'}), {first: 0, groups: []});
  assert.equal(cellsOf(columns, {racks: false, rack: null}).groups.length, 2);
  assert.deepEqual(cellsOf(columns, {racks: true, rack: null}).groups, oneGroup(3));
});

test('cividis becomes lighter from end to end', () => {
  let last = -1;
  for (let i = 0; i <= 40; i++) {
    const light = luminance(cividis(i / 40));
    assert.ok(light > last, `at ${i / 40}`);
    last = light;
  }
  assert.ok(cividis(0)[2] > cividis(0)[0], 'blue');
  assert.ok(cividis(1)[0] > 240 && cividis(1)[2] < 100, 'yellow');
});

test('scales of held idle and age go one way in light and in dark', () => {
  for (const dark of [false, true]) {
    const palette = paletteOf(dark);
    const sign = dark ? 1 : -1;
    for (const [id, values] of [['heldIdle', [0, 25, 50, 75, 100]], ['age', [0, 5, 15, 30, 60]]]) {
      const lights = values.map((value) => luminance(colourOf(modeOf(id), value, palette)));
      for (let i = 1; i < lights.length; i++) {
        assert.ok(sign * (lights[i] - lights[i - 1]) > 0, `${id} ${dark} ${i}`);
      }
    }
  }
});

test('lines and outlines have a contrast of 3 to the page, numbers in cells one of 4.5', () => {
  for (const dark of [false, true]) {
    const palette = paletteOf(dark);
    assert.ok(contrast(palette.plate, palette.page) >= 3);
    assert.ok(contrast(palette.alert, palette.page) >= 3);
    assert.ok(contrast(palette.ink, palette.page) >= 4.5);
    for (const mode of MODES) {
      for (let value = 0; value <= 255; value++) {
        const colour = colourOf(mode, value, palette);
        assert.ok(contrast(inkOn(colour), colour) >= 4.5, `${mode.id} ${value} ${dark}`);
      }
    }
  }
});

test('values in words', () => {
  assert.equal(wordsOf(modeOf('power'), 250), '100 %');
  assert.equal(wordsOf(modeOf('power'), 255), '-');
  assert.equal(wordsOf(modeOf('busy'), 7), '7 %');
  assert.equal(wordsOf(modeOf('temperature'), 61), '61 °C');
  assert.equal(wordsOf(modeOf('age'), 10), '10 s');
  assert.equal(wordsOf(modeOf('age'), 250), '250 s or more');
  assert.equal(modeOf('no such'), MODES[0]);
  assert.deepEqual([0, 4, 5, 15, 29, 30, 60, 250].map(ageStep), [0, 0, 1, 2, 2, 3, 4, 4]);
  assert.equal(stateOf(SILENT | ALERTING | HELD), 'silent, alert');
  assert.equal(stateOf(HELD), 'reports');
  const columns = new NodeColumns(1, ['n'], ['']);
  columns.busy[0] = 3;
  assert.deepEqual(factsOf(columns, 0, MODES).map(([label, text]) => label + ' ' + text), ['power -', 'busy 3 %', 'held idle -', 'temperature -', 'age -']);
});

test('a job has the same colour each time; nodes know their jobs', () => {
  assert.equal(jobColour('c/17'), jobColour('c/17'));
  assert.ok(new Set(Array.from({length: 200}, (_, i) => jobColour('c/' + i))).size > 8);
  const columns = new NodeColumns(1, ['a', 'b', 'c', 'd'], ['', '', '', '']);
  columns.flags.set([HELD, HELD, 0, HELD]);
  const jobs = new NodeJobs();
  jobs.set([{job: 'c/1', nodes: [[0, 1], [2, 1]]}, {job: 'c/2', nodes: [[0, 2], [3, 9]]}], 3);
  assert.equal(jobs.of(0).job, 'c/1');
  assert.equal(jobs.of(1).job, 'c/2');
  assert.equal(jobs.of(3), null);
  jobs.set([{job: 'c/1', nodes: [[0, 1]]}], 4);
  assert.deepEqual([...jobs.values(columns, new Uint8Array(4))], [FIRST_JOB + jobColour('c/1'), FOREIGN_JOB, NO_JOB, FOREIGN_JOB]);
});

test('order by a column: what is not known comes last either way', () => {
  const columns = new NodeColumns(1, ['a', 'b', 'c', 'd'], ['r10', 'r2', 'r2', 'r1']);
  columns.busy.set([5, 255, 90, 5]);
  columns.flags.set([0, SILENT, 0, ALERTING]);
  assert.deepEqual(orderOf(columns, 'busy', false), [0, 3, 2, 1]);
  assert.deepEqual(orderOf(columns, 'busy', true), [2, 0, 3, 1]);
  assert.deepEqual(orderOf(columns, 'name', true), [3, 2, 1, 0]);
  assert.deepEqual(orderOf(columns, 'rack', false), [3, 1, 2, 0]);
  assert.deepEqual(orderOf(columns, 'busy', false, 1, 2), [2, 1]);
  assert.deepEqual(tally(columns), {count: 4, silent: 1, alerting: 1});
  assert.deepEqual(tally(columns, 2, 1), {count: 1, silent: 0, alerting: 0});
});

/** A canvas that counts rectangles. */
function fakeCanvas() {
  const rectangles = [];
  const context = {
    rectangles, fillStyle: '', outlines: 0, patterns: 0,
    fillRect(x, y, w, h) {
      rectangles.push({x, y, w, h, fill: this.fillStyle});
    },
    strokeRect() {
      this.outlines++;
    },
    createPattern: () => 'hatched', fillText() {}, beginPath() {}, moveTo() {}, lineTo() {}, stroke() {},
  };
  return {context, canvas: {width: 0, height: 0, style: {}, getContext: () => context}};
}

function painterOf(nodes) {
  globalThis.document = {createElement: () => fakeCanvas().canvas};
  const {canvas, context} = fakeCanvas();
  const painter = new Painter(canvas);
  painter.arrange(layout(nodes, 4, 850), 0, [], 2);
  painter.colour(modeOf('busy'), false, 'white');
  return {painter, context, values: new Uint8Array(nodes).fill(50), flags: new Uint8Array(nodes)};
}

test('only cells that changed are painted again', () => {
  const {painter, context, values, flags} = painterOf(1000);
  assert.equal(painter.paint(values, flags), 1000);
  context.rectangles.length = 0;
  assert.equal(painter.paint(values, flags), 0);
  assert.equal(context.rectangles.length, 0);
  values[17] = 51;
  values[400] = 52;
  assert.equal(painter.paint(values, flags), 2);
  assert.deepEqual(context.rectangles.map((r) => r.fill), [painter.table[51], painter.table[52]]);
  const {x, y} = painter.layout.placeOf(17);
  assert.equal(context.rectangles[0].x, Math.round(x * 2) + painter.line);
  assert.equal(context.rectangles[0].y, Math.round(y * 2) + painter.line);
});

test('silent cells are hatched and keep it while their values change; an alert is outlined, and all is painted when it ends', () => {
  const {painter, context, values, flags} = painterOf(100);
  painter.paint(values, flags);
  context.rectangles.length = 0;
  flags[3] = SILENT;
  assert.equal(painter.paint(values, flags), 1);
  assert.equal(context.rectangles[0].fill, 'hatched');
  values[3] = 9;
  assert.equal(painter.paint(values, flags), 0);
  flags[5] = ALERTING;
  assert.equal(painter.paint(values, flags), 100);
  assert.equal(context.outlines, 2);
  flags[5] = 0;
  assert.equal(painter.paint(values, flags), 100);
  assert.equal(context.outlines, 2);
});

test('a rack alone shows its own cells', () => {
  const {painter, context, values, flags} = painterOf(100);
  painter.arrange(layoutOf([{name: 'r3', first: 0, count: 4}], 850, 360), 8, [], 1);
  values[8] = 77;
  assert.equal(painter.paint(values, flags), 4);
  assert.ok(context.rectangles.some((r) => r.fill === painter.table[77]));
});
