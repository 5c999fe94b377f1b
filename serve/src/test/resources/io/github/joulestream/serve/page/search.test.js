// SPDX-License-Identifier: Apache-2.0
import {test} from 'node:test';
import assert from 'node:assert/strict';
import {HeldOrder, matches, parseSearch, sortJobs} from './search.js';

const job = (id, more = {}) => ({job: id, user: 'ada', project: 'climate', name: 'train', own: false, milliwatts: 1, ...more});
const finds = (text, what) => matches(what, parseSearch(text));

test('terms of a search', () => {
  assert.deepEqual(parseSearch('user:ada "two words" -name:test'), [
    {field: 'user', text: 'ada', not: false}, {field: null, text: 'two words', not: false}, {field: 'name', text: 'test', not: true}]);
  assert.deepEqual(parseSearch('  '), []);
  assert.deepEqual(parseSearch('tres:gpu'), [{field: null, text: 'tres:gpu', not: false}]);
  assert.deepEqual(parseSearch('constructor:x'), [{field: null, text: 'constructor:x', not: false}]);
  assert.deepEqual(parseSearch('user:'), []);
  assert.deepEqual(parseSearch('name:"a b'), [{field: 'name', text: 'a b', not: false}]);
});

test('users and projects are whole names, texts are parts', () => {
  assert.ok(finds('user:ada', job('1')));
  assert.ok(finds('USER:ADA', job('1')));
  assert.ok(!finds('user:ad', job('1')));
  assert.ok(finds('user:ad*', job('1')));
  assert.ok(finds('user:bob user:ada project:climate', job('1')));
  assert.ok(!finds('user:ada project:genome', job('1')));
  assert.ok(!finds('user:ada -name:train', job('1')));
  assert.ok(finds('clim rai', job('1')));
  assert.ok(!finds('clim bob', job('1')));
  assert.ok(finds('', job('1')));
});

test('own jobs are first, what is not known is last, equal ones do not change places', () => {
  const jobs = [job('10', {milliwatts: 5}), job('9', {milliwatts: 5}), job('2', {milliwatts: 9}), job('3', {own: true, milliwatts: 0}), job('4', {milliwatts: null})];
  assert.deepEqual(sortJobs(jobs, 'power', true).map((j) => j.job), ['3', '2', '9', '10', '4']);
  assert.deepEqual(sortJobs(jobs, 'power', false).map((j) => j.job), ['3', '9', '10', '2', '4']);
  assert.deepEqual(sortJobs(jobs, 'job', false).map((j) => j.job), ['3', '2', '4', '9', '10']);
});

test('rows keep their places until the time has passed', () => {
  const held = new HeldOrder(5000);
  const ids = (sorted, key, now, hold = false) => held.order(sorted, key, now, hold).map((j) => j.job).join('');
  const [a, b, c] = ['a', 'b', 'c'].map((id) => job(id));
  assert.equal(ids([a, b], 'k', 0), 'ab');
  assert.equal(ids([c, b, a], 'k', 4999), 'abc', 'a new one follows at the end');
  assert.equal(ids([c, b], 'k', 4999), 'bc', 'one that is over is left out');
  assert.equal(ids([c, b], 'k', 5000, true), 'bc', 'the pointer is on it');
  assert.equal(ids([c, b], 'k', 5000), 'cb');
  assert.equal(ids([b, c], 'other', 5001), 'bc', 'another search sorts at once');
});
