// SPDX-License-Identifier: Apache-2.0
import {test, mock} from 'node:test';
import assert from 'node:assert/strict';
import {NodeColumns, UNKNOWN_BYTE} from './cells.js';
import {Live} from './live.js';

const base64 = (...bytes) => Buffer.from(bytes).toString('base64');

test('a full frame sets all nodes', () => {
  const nodes = new NodeColumns(7, ['a', 'b'], ['r1', 'r1']);
  assert.equal(nodes.power[0], UNKNOWN_BYTE);
  assert.ok(nodes.take({version: 7, full: true, count: 2, cells: base64(250, 64, 3, 55, 5, 4, 255, 255, 255, 255, 255, 1)}));
  assert.deepEqual([nodes.power[0], nodes.busy[0], nodes.heldIdle[0], nodes.temperature[0], nodes.age[0], nodes.flags[0]], [250, 64, 3, 55, 5, 4]);
  assert.deepEqual([nodes.power[1], nodes.flags[1]], [255, 1]);
  assert.equal(nodes.index('b'), 1);
  assert.equal(nodes.index('c'), -1);
});

test('a delta sets those that changed, also far apart', () => {
  const names = Array.from({length: 400}, (unused, i) => 'n' + i);
  const nodes = new NodeColumns(1, names, names);
  // the first node, then the one 300 further: 300 = 0xac 0x02
  assert.ok(nodes.take({version: 1, full: false, count: 400, cells: base64(1, 1, 2, 3, 4, 5, 6, 0xac, 0x02, 11, 12, 13, 14, 15, 2)}));
  assert.deepEqual([nodes.power[0], nodes.flags[0]], [1, 6]);
  assert.deepEqual([nodes.power[300], nodes.flags[300]], [11, 2]);
  assert.equal(nodes.power[299], UNKNOWN_BYTE);
});

test('frames of other nodes are left, broken ones are errors', () => {
  const nodes = new NodeColumns(2, ['a'], ['']);
  assert.equal(nodes.take({version: 1, full: true, count: 1, cells: base64(1, 1, 1, 1, 1, 1)}), false);
  assert.equal(nodes.power[0], UNKNOWN_BYTE);
  assert.throws(() => nodes.take({version: 2, full: true, count: 1, cells: base64(1)}), /cells of 1 bytes/);
  assert.throws(() => nodes.take({version: 2, full: false, count: 1, cells: base64(2, 1, 1, 1, 1, 1, 1)}), /beyond the last node/);
});

class FakeSource {
  constructor(url) {
    this.url = url;
    this.listeners = {};
    this.readyState = 1;
    FakeSource.all.push(this);
  }

  addEventListener(event, fn) {
    this.listeners[event] = fn;
  }

  send(event, data) {
    this.listeners[event]({data: JSON.stringify(data)});
  }

  close() {
    this.readyState = 2;
  }
}
FakeSource.all = [];

function fixture(status = 200) {
  FakeSource.all = [];
  const seen = [];
  const live = new Live({source: (url) => new FakeSource(url), probe: async () => ({status}), unauthorised: () => seen.push('unauthorised')});
  for (const event of ['site', 'jobs', 'cells']) {
    live.on(event, () => seen.push(event));
  }
  live.on('state', (state) => seen.push('state ' + state));
  return {live, seen};
}

test('rows of jobs are merged, and go', () => {
  const {live, seen} = fixture();
  const site = live.site('a b');
  const source = FakeSource.all[0];
  assert.equal(source.url, '/api/v1/live/a%20b?cells=nodes&jobs=200');
  source.send('jobs', {full: true, total: 2, jobs: [{job: '1', milliwatts: 5, recent: [1]}, {job: '2', milliwatts: 6}], gone: []});
  source.send('jobs', {full: false, total: 1, jobs: [{job: '1', milliwatts: 7}], gone: ['2']});
  assert.deepEqual([...site.jobs.values()], [{job: '1', milliwatts: 7, recent: [1]}]);
  assert.equal(site.jobsTotal, 1);
  source.send('jobs', {full: true, total: 1, jobs: [{job: '3', milliwatts: 1}], gone: []});
  assert.deepEqual([...site.jobs.keys()], ['3']);
  assert.deepEqual(seen, ['state connecting', 'state live', 'jobs', 'jobs', 'jobs']);
  assert.equal(live.site('a b'), site);
  live.close();
});

test('while it is paused nothing is shown, afterwards what is newest', () => {
  const {live, seen} = fixture();
  live.site('s');
  const source = FakeSource.all[0];
  live.pause(true);
  source.send('site', {site: 's', ageSeconds: 1});
  source.send('site', {site: 's', ageSeconds: 2});
  assert.ok(!seen.includes('site'));
  live.pause(false);
  assert.equal(seen.filter((e) => e === 'site').length, 1);
  assert.equal(live.current.now.ageSeconds, 2);
  live.close();
});

test('a lost connection is tried again, and what is shown stays', async (t) => {
  mock.timers.enable({apis: ['setTimeout']});
  t.after(() => mock.timers.reset());
  const {live} = fixture();
  const site = live.site('s');
  FakeSource.all[0].send('site', {site: 's', ageSeconds: 1});
  FakeSource.all[0].readyState = 2;
  FakeSource.all[0].onerror();
  assert.equal(live.state, 'lost');
  assert.ok(live.lostSince > 0);
  mock.timers.tick(1000);
  await Promise.resolve().then().then().then();
  assert.equal(FakeSource.all.length, 2);
  assert.equal(live.current, site);
  FakeSource.all[1].send('site', {site: 's', ageSeconds: 3});
  assert.equal(live.state, 'live');
  assert.equal(live.lostSince, null);
  // frames of the stream before are not taken any more
  FakeSource.all[0].send('site', {site: 's', ageSeconds: 9});
  assert.equal(site.now.ageSeconds, 3);
  mock.timers.tick(20000);
  assert.equal(live.state, 'lost', 'silence is a lost connection');
  live.close();
});

test('who is not known any more is asked to sign in', async (t) => {
  mock.timers.enable({apis: ['setTimeout']});
  t.after(() => mock.timers.reset());
  const {live, seen} = fixture(401);
  live.site('s');
  FakeSource.all[0].readyState = 2;
  FakeSource.all[0].onerror();
  mock.timers.tick(1000);
  await Promise.resolve().then().then().then();
  assert.ok(seen.includes('unauthorised'));
  assert.equal(FakeSource.all.length, 1);
  live.close();
});

test('a site that does not exist is asked for again, and is no lost connection', async (t) => {
  mock.timers.enable({apis: ['setTimeout']});
  t.after(() => mock.timers.reset());
  const probed = [];
  let status = 404;
  const live = new Live({source: (url) => new FakeSource(url), probe: async (url) => {
    probed.push(url);
    return {status};
  }});
  FakeSource.all = [];
  live.site('n/1');
  FakeSource.all[0].readyState = 2;
  FakeSource.all[0].onerror();
  mock.timers.tick(1000);
  await Promise.resolve().then().then().then();
  assert.deepEqual(probed, ['/api/v1/sites/n%2F1']);
  assert.equal(live.state, 'missing');
  status = 200;
  mock.timers.tick(5000);
  await Promise.resolve().then().then().then();
  assert.equal(FakeSource.all.length, 2);
  live.close();
});

test('a tab that sleeps has no connection', () => {
  const {live} = fixture();
  live.site('s');
  live.sleep(true);
  assert.equal(FakeSource.all[0].readyState, 2);
  assert.equal(live.state, 'asleep');
  live.sleep(false);
  assert.equal(FakeSource.all.length, 2);
  live.close();
});
