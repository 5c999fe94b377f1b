// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {sortAlerts} from './alerts.js';
import {forecastOf, spanOf} from './curve.js';
import {topOf} from './chartpaint.js';
import {byKind, byUse, PowerPoints} from './history-data.js';
import {countNodes} from './jobs.js';
import {match} from './router.js';
import {sparkPath} from './sparkline.js';

const FROM = '2026-10-18T14:00:00Z';
const at = (seconds) => new Date(Date.parse(FROM) + seconds * 1000).toISOString();
const frame = (seconds, milliwatts) => ({at: at(seconds), milliwatts, jobsMilliwatts: 1, idleMilliwatts: 2, heldIdleMilliwatts: 0,
  facilityMilliwatts: null, generationMilliwatts: null, byKind: {gpu: 3, cpu: 4, memory: 0, storage: 0, node: 9}});

test('paths of the page', () => {
  assert.deepEqual(match('/'), {view: 'overview', params: {}});
  assert.deepEqual(match('/sites/a%20b/nodes/n%2F1'), {view: 'node', params: {site: 'a b', node: 'n/1'}});
  assert.deepEqual(match('/jobs/s/-/17~1x'), {view: 'job', params: {site: 's', cluster: '-', id: '17~1x'}});
  assert.equal(match('/sites/a/history').view, 'history');
  for (const path of ['/sites', '/sites/', '/sites/a/', '/jobs/a/b', '/api/v1/me', '/sites/%E0%A4%A', '//x']) {
    assert.equal(match(path), null, path);
  }
});

test('what the store has comes before the frames, without steps that are still summed up', () => {
  const points = new PowerPoints(3600);
  const answer = (total) => ({range: {from: FROM, to: at(40)}, stepSeconds: 10, steps: 4, series: {totalMilliwatts: total, gpuMilliwatts: total}});
  const from = Date.parse(FROM) / 1000;
  points.load(answer([10, null, 4, null]));
  assert.deepEqual(points.times.map((t) => t - from), [5, 15, 25]);
  points.add(frame(32, 100));
  points.add(frame(41, 101));
  points.load(answer([10, null, 30, 50]));
  assert.deepEqual(points.times.map((t) => t - from), [5, 15, 25, 32, 41]);
  assert.deepEqual(points.values.total, [10, null, 30, 100, 101]);
  assert.deepEqual(points.values.gpu, [10, null, 30, 3, 3]);
  assert.deepEqual(points.values.facility, [null, null, null, null, null]);
  assert.equal(points.add(frame(41, 1)), false, 'it is no newer reading');
  assert.equal(points.at('total', from + 26), 30);
  assert.equal(points.at('total', from + 200), null);
});

test('after an interruption the store has what was missed', () => {
  const points = new PowerPoints(3600);
  points.add(frame(1, 1));
  points.interrupted();
  points.add(frame(95, 3));
  points.load({range: {from: FROM, to: at(90)}, stepSeconds: 30, steps: 3, series: {totalMilliwatts: [5, 6, 7]}});
  assert.deepEqual(points.values.total, [5, 6, 7, 3]);
});

test('a young site starts where it is first known', () => {
  const points = new PowerPoints(3600);
  points.load({range: {from: FROM, to: at(40)}, stepSeconds: 10, steps: 4, series: {totalMilliwatts: [null, null, 30, 40], gpuMilliwatts: [null, null, 3, 4]}});
  assert.deepEqual(points.times.map((t) => t - Date.parse(FROM) / 1000), [25, 35]);
  assert.deepEqual(points.values.gpu, [3, 4]);
  assert.deepEqual(points.values.idle, [null, null]);
});

test('a forecast does not dwarf what was measured', () => {
  assert.equal(topOf(10, {limits: [{value: 20}], forecast: {high: 15}}), 20);
  assert.equal(topOf(10, {limits: [], forecast: {high: 12}}), 12);
  assert.equal(topOf(10, {forecast: {high: 500}}), 13);
});

test('silence is a gap, old points are thinned and dropped', () => {
  const points = new PowerPoints(1200);
  points.add(frame(0, 1));
  points.add(frame(100, 2));
  assert.deepEqual(points.values.total, [1, null, 2]);
  for (let s = 101; s <= 2000; s++) {
    points.add(frame(s, s));
  }
  const now = points.times.at(-1);
  assert.ok(now - points.times[0] <= 1200);
  const old = points.times.filter((t) => t < now - 640).length;
  assert.ok(old > 50 && old <= 58, 'one in ten seconds: ' + old);
  assert.ok(points.times.filter((t) => t >= now - 600).length === 601);
  for (const column of Object.values(points.values)) {
    assert.equal(column.length, points.times.length);
  }
});

test('parts of the total', () => {
  const kinds = byKind({total: [100, null, 10], gpu: [60, null, 9], cpu: [20, null, 5], memory: [5, null, null], storage: [0, null, null]});
  assert.deepEqual(kinds.rest, [15, null, 0]);
  assert.deepEqual(byUse({total: [10], jobs: [8], idle: [2], heldIdle: [3]}), {busy: [5], heldIdle: [3], idle: [2], total: [10]});
  assert.deepEqual(byKind({totalMilliwatts: [7], gpuMilliwatts: [7]}).rest, [0]);
});

test('the forecast ends where the chart ends', () => {
  const now = {milliwatts: 100, forecast: {until: at(3600), milliwatts: 200, lowMilliwatts: 160, highMilliwatts: 240}};
  const from = Date.parse(FROM) / 1000;
  assert.deepEqual(forecastOf(now, from, from + 900), {from, value: 100, until: from + 900, low: 115, middle: 125, high: 135});
  assert.equal(forecastOf({...now, forecast: null}, from, from + 900), null);
  assert.equal(forecastOf(now, from + 4000, from + 4900), null);
});

test('a young curve spans what there is', () => {
  assert.equal(spanOf(0, 3000), 120);
  assert.equal(spanOf(121, 3000), 240);
  assert.equal(spanOf(86400, 3000), 3000);
});

test('alerts: those that fire first, the severest, the newest', () => {
  const alert = (id, state, severity, since) => ({id, state, severity, since});
  const sorted = sortAlerts([alert('a', 'RESOLVED', 'CRITICAL', at(9)), alert('b', 'FIRING', 'INFO', at(8)),
    alert('c', 'FIRING', 'CRITICAL', at(1)), alert('d', 'FIRING', 'CRITICAL', at(2))]);
  assert.deepEqual(sorted.map((a) => a.id), ['d', 'c', 'b', 'a']);
});

test('small figures of rows', () => {
  assert.equal(countNodes([[0, 3], [10, 1]]), 4);
  assert.equal(countNodes([]), 0);
  assert.equal(sparkPath([0, 10, null, 5, 10], 40, 12), 'M0.0 11.0L10.0 1.0M30.0 6.0L40.0 1.0');
  assert.equal(sparkPath([null], 40, 12), '');
});
