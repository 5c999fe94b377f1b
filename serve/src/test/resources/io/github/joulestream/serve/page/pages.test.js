// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {jobOf, paths} from './api.js';
import {placementRows} from './bars.js';
import {quarters} from './history-usage.js';
import {aligned, reasonsOf, withGaps} from './node-devices.js';
import {withQuery} from './pageparts.js';
import {ageWords, endOf, localOf, offsetOf, queryOf, rangeOf, seconds, timeOf} from './range.js';

const ZONE = 'Europe/Berlin';
const at = (text) => Date.parse(text);

test('local times of a zone, also in the nights of March and October', () => {
  assert.equal(timeOf('2026-07-01T12:00', ZONE), at('2026-07-01T10:00:00Z'));
  assert.equal(timeOf('2026-01-01T00:30', ZONE), at('2025-12-31T23:30:00Z'));
  assert.equal(timeOf('2026-10-25T01:59', ZONE), at('2026-10-24T23:59:00Z'));
  assert.equal(timeOf('2026-10-25T02:30', ZONE), at('2026-10-25T00:30:00Z'), 'the first of two');
  assert.equal(timeOf('2026-10-25T03:00', ZONE), at('2026-10-25T02:00:00Z'));
  assert.equal(timeOf('2026-03-29T01:30', ZONE), at('2026-03-29T00:30:00Z'));
  assert.equal(timeOf('2026-03-29T02:30', ZONE), at('2026-03-29T01:30:00Z'), 'a time that does not exist');
  assert.equal(timeOf('2026-03-29T03:30', ZONE), at('2026-03-29T01:30:00Z'));
  assert.equal(timeOf('2026-06-01T00:00', 'Asia/Kolkata'), at('2026-05-31T18:30:00Z'));
  assert.ok(Number.isNaN(timeOf('', ZONE)));
  assert.equal(offsetOf(at('2026-07-01T10:00:00Z'), ZONE), 7200000);
  assert.equal(localOf(at('2026-07-01T10:00:00Z'), ZONE), '2026-07-01T12:00');
});

test('the range of an address', () => {
  const now = at('2026-10-18T12:00:00.400Z');
  const preset = rangeOf(new URLSearchParams(), '1h', now);
  assert.deepEqual([preset.age, preset.api.get('from'), preset.api.get('to')], ['1h', '2026-10-18T10:59:30Z', '2026-10-18T11:59:30Z']);
  assert.equal(rangeOf(new URLSearchParams('range=7d'), '1h', now).from, at('2026-10-11T11:59:30Z'));
  assert.equal(rangeOf(new URLSearchParams('range=x'), '1h', now).age, '1h');
  const own = rangeOf(new URLSearchParams('from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z'), '1h', now);
  assert.equal(own.age, null);
  assert.equal(own.api.get('to'), '2026-10-02T00:00:00Z');
  assert.equal(queryOf(own).toString(), 'from=2026-10-01T00%3A00%3A00Z&to=2026-10-02T00%3A00%3A00Z');
  assert.equal(queryOf(preset).toString(), 'range=1h');
  assert.equal(rangeOf(new URLSearchParams('from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z'), '1h', now).age, '1h', 'the end is before the start');
  assert.equal(rangeOf(new URLSearchParams('from=2026-10-18T00:00:00Z'), '1h', now).to, now);
  assert.deepEqual(['90m', '24h', '7d', 'h', '5', null].map(seconds), [5400, 86400, 604800, null, null, null]);
  assert.equal(ageWords('15m'), '15\u2009min');
});

test('the end of a long range', () => {
  const day = rangeOf(new URLSearchParams('range=24h'), '1h', at('2026-10-18T12:00:00Z'));
  assert.equal(endOf(day, 86400), day);
  const end = endOf(day, 3600);
  assert.equal(end.to, day.to);
  assert.equal(end.to - end.from, 3600000);
  assert.equal(end.api.get('from'), '2026-10-18T10:59:30Z');
});

test('sums of jobs are asked for by quarters of an hour', () => {
  assert.deepEqual(quarters({from: at('2026-10-18T10:07:00Z'), to: at('2026-10-18T12:14:59Z')}), {from: '2026-10-18T10:00:00.000Z', to: '2026-10-18T12:00:00.000Z'});
  assert.deepEqual(quarters({from: at('2026-10-18T12:07:00Z'), to: at('2026-10-18T12:14:00Z')}), {from: '2026-10-18T11:45:00.000Z', to: '2026-10-18T12:00:00.000Z'});
});

test('parameters with nothing in them are left out', () => {
  assert.equal(withQuery('/x', {a: 'b c', d: '', e: null, f: undefined}), '/x?a=b+c');
  assert.equal(withQuery('/x', new URLSearchParams({a: '1'}), {b: '2&3'}), '/x?a=1&b=2%263');
  assert.equal(withQuery('/x', {}), '/x');
});

test('devices share an axis of time, and gaps stay gaps', () => {
  const gpu0 = {times: ['2026-10-18T10:00:00Z', '2026-10-18T10:00:10Z', '2026-10-18T10:01:00Z'], values: {meanWatts: [1, null, 3]}};
  const gpu1 = {times: ['2026-10-18T10:00:10Z', '2026-10-18T10:00:20Z'], values: {meanWatts: [5, 6]}};
  const all = aligned([gpu0, gpu1], 'meanWatts');
  const from = at('2026-10-18T10:00:00Z') / 1000;
  assert.deepEqual(all.times.map((time) => time - from), [0, 10, 20, 60]);
  assert.deepEqual(all.values, [[1, null, null, 3], [null, 5, 6, null]]);
  const gapped = withGaps(all);
  assert.deepEqual(gapped.times.map((time) => time - from), [0, 10, 20, 30, 60]);
  assert.deepEqual(gapped.values[0], [1, null, null, null, 3]);
  assert.deepEqual(aligned([gpu0], 'fanRatio').values, [[null, null, null]]);
  assert.deepEqual(withGaps({times: [], values: [[]]}), {times: [], values: [[]]});
});

test('why clocks were lowered', () => {
  assert.equal(reasonsOf({values: {throttledThermalRatio: [0.5, null, 0.25], throttledPowerCapRatio: [0, 0, 0]}}), 'heat 38\u2009%');
  assert.equal(reasonsOf({values: {}}), '');
});

test('placements of one name are bars of one row; what is not over ends now', () => {
  const now = at('2026-10-18T12:00:00Z');
  const rows = placementRows([
    {node: 'n1', from: '2026-10-18T10:00:00Z', to: '2026-10-18T11:00:00Z', devices: 'gpu0'},
    {node: 'n2', from: '2026-10-18T10:00:00Z', to: null, devices: 'gpu1'},
    {node: 'n1', from: '2026-10-18T11:30:00Z', to: null, devices: 'gpu0'},
  ], ({node}) => ({label: node, words: 'held ' + node}), now);
  assert.deepEqual(rows.map((row) => [row.label, row.bars.length]), [['n1', 2], ['n2', 1]]);
  assert.equal(rows[0].bars[1].to, now);
  assert.ok(rows[0].bars[1].open && !rows[0].bars[0].open);
});

test('ids of jobs and their paths', () => {
  const ids = {'-/17': '17', 'hpc/17': 'hpc/17', 'a/b~1c': 'a/b/c', '-/~2~2': '..', 'a/~2': 'a/.', 'a/~3': 'a/', 'a/~02': 'a/~2', 'a/b;c': 'a/b;c', 'a/b~4c': 'a/b\\c'};
  for (const [parts, id] of Object.entries(ids)) {
    assert.equal(jobOf(...parts.split('/')), id);
  }
  assert.equal(paths.job('/api/v1/jobs/s/-/~2~2'), '/jobs/s/-/~2~2');
  assert.equal(paths.job('/api/v1/jobs/s/a/b%3Bc'), '/jobs/s/a/b%3Bc');
});
