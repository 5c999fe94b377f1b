// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import * as f from './format.js';

const plain = (text) => text.replaceAll('\u2009', ' ').replaceAll('\u2212', '-');

test('power has three digits and the prefix that keeps 1 to 999', () => {
  for (const [milliwatts, text] of [[0, '0 W'], [1, '1.00 mW'], [999, '999 mW'], [1000, '1.00 W'], [999_499, '999 W'],
    [999_500, '1.00 kW'], [812_000_000, '812 kW'], [1.24e9, '1.24 MW'], [9.996e9, '10.0 MW'], [2.5e12, '2.50 GW'],
    [-41e6, '-41.0 kW'], [3e18, '3000 TW']]) {
    assert.equal(plain(f.power(milliwatts)), text, String(milliwatts));
  }
});

test('energy is in Wh, 3,600 J each', () => {
  assert.equal(plain(f.energy(3_600_000)), '1.00 Wh');
  assert.equal(plain(f.energy(3_599_999)), '1.00 Wh');
  assert.equal(plain(f.energy(3.02 * 3.6e15)), '3.02 GWh');
  assert.equal(plain(f.energy(0)), '0 Wh');
});

test('what is not known is a dash, whatever it is', () => {
  for (const of of [f.power, f.energy, f.mass, f.space, f.ratio, f.change, f.count, f.number, f.digits, f.age, f.duration,
    f.temperature, (v) => f.money(v, 'EUR')]) {
    for (const value of [null, undefined, NaN, Infinity, '5']) {
      assert.equal(of(value), '-');
    }
  }
  for (const of of [f.clock, f.date, f.dateTime]) {
    assert.equal(of(null, 'UTC'), '-');
    assert.equal(of('no time', 'UTC'), '-');
  }
});

test('shares do not become all or nothing by rounding', () => {
  for (const [ratio, text] of [[0, '0 %'], [0.0004, '< 0.1 %'], [0.0512, '5.1 %'], [0.64, '64 %'], [0.998, '> 99 %'],
    [1, '100 %'], [1.25, '125 %'], [-0.125, '-13 %']]) {
    assert.equal(plain(f.ratio(ratio)), text, String(ratio));
  }
  assert.equal(plain(f.change(0.031)), '+3.1 %');
  assert.equal(plain(f.change(-0.2)), '-20 %');
});

test('money, counts, mass, space', () => {
  assert.equal(plain(f.money(0.004, 'EUR')), '< 0.01 EUR');
  assert.equal(plain(f.money(12.345, 'EUR')), '12.35 EUR');
  assert.equal(plain(f.money(99.996, 'EUR')), '100 EUR');
  assert.equal(plain(f.money(1234.5, 'EUR')), '1 235 EUR');
  assert.equal(plain(f.money(2.5e6, 'EUR')), '2.50 M EUR');
  assert.equal(plain(f.money(-3, '')), '-3.00');
  assert.equal(plain(f.count(1234567)), '1 234 567');
  assert.equal(plain(f.number(2.5)), '2.50');
  assert.equal(plain(f.mass(1500)), '1.50 kg');
  assert.equal(plain(f.space(1536)), '1.50 GiB');
});

test('lengths of time', () => {
  assert.equal(plain(f.age(1.24)), '1.2 s');
  assert.equal(plain(f.age(9.96)), '10 s');
  assert.equal(plain(f.age(-0.3)), '0.0 s');
  assert.equal(plain(f.duration(38 * 60_000)), '38 min');
  assert.equal(plain(f.duration(25 * 3_600_000)), '25 h 00 min');
  assert.equal(plain(f.duration(50 * 3_600_000)), '2 d 02 h');
});

test('times are in the zone of the site, also in the hour that comes twice', () => {
  assert.equal(f.dateTime('2026-10-18T14:41:07Z', 'Europe/Berlin', true), '2026-10-18 16:41:07');
  assert.equal(f.clock('2026-10-25T00:30:00Z', 'Europe/Berlin', false), '02:30');
  assert.equal(f.clock('2026-10-25T01:30:00Z', 'Europe/Berlin', false), '02:30');
  assert.equal(f.date('2026-12-31T20:00:00Z', 'Asia/Kolkata'), '2027-01-01');
  assert.equal(f.clock('2026-01-01T00:00:00Z', 'UTC'), '00:00:00');
  assert.equal(f.zoneOr('Mars/Olympus'), 'UTC');
});

test('axes have one unit', () => {
  assert.deepEqual(f.powerUnit(1.2e9), {factor: 1e9, unit: 'MW'});
  assert.deepEqual(f.powerUnit(0), {factor: 1e3, unit: 'W'});
});
