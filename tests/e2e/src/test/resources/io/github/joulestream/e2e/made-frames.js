// SPDX-License-Identifier: Apache-2.0
// Feeds the page frames of its stream, as fast as it takes them: all nodes change, a job ends and
// another begins with each, alerts fire and resolve. globalThis.made = {feed, visit}.

globalThis.made = (() => {
  const JOBS = 60;
  const {live, router, theme} = globalThis.joulestream;
  const {names, version} = live.current.nodes;
  const template = live.current.now;
  let time = Date.parse(template.at);
  let frame = 0;
  let newest = 0;

  // what the server sends is not listened to any more
  live.generation++;
  live.stream.close();
  clearTimeout(live.timer);
  live.source = () => ({addEventListener() {}, close() {}, readyState: 1});

  const wave = (i) => (Math.sin(frame / 20 + i * 0.7) + 1) / 2;

  function cells() {
    const bytes = new Uint8Array(names.length * 6);
    for (let i = 0; i < names.length; i++) {
      bytes.set([250 * wave(i), 100 * wave(i), 100 * wave(i + 1), 30 + 50 * wave(i), 1, i % 97 === frame % 97 ? 3 : 4], i * 6);
    }
    return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
  }

  function jobRow(number) {
    const id = 'job-' + number;
    return {
      job: id, path: '/api/v1/jobs/made/-/' + id, user: 'user-' + number, project: 'project-' + number, name: 'name of ' + number, own: false,
      milliwatts: Math.round(1e6 * (1 + wave(number))), energyMillijoules: frame * 1e6, heldIdleMillijoules: frame * 1e3, idleGpuMillis: frame * 1e3,
      gpus: 8, start: new Date(time).toISOString(), cost: frame / 100, currency: 'EUR', co2eGrams: frame, nodes: [[number % names.length, 1]],
      recent: Array.from({length: 60}, (_, i) => Math.round(1e6 * wave(number + i))),
    };
  }

  function jobs() {
    newest++;
    const rows = [];
    for (let number = Math.max(1, newest - JOBS + 1); number <= newest; number++) {
      rows.push(jobRow(number));
    }
    return {full: false, total: rows.length, jobs: rows, gone: newest > JOBS ? ['job-' + (newest - JOBS)] : []};
  }

  function alert(number, state) {
    return {
      id: 'alert-' + number, state, severity: 'WARNING', summary: 'made alert ' + number, since: new Date(time - 60000).toISOString(),
      ended: state === 'FIRING' ? null : new Date(time).toISOString(), nodes: [names[number % names.length]],
    };
  }

  function one(seconds) {
    frame++;
    time += seconds * 1000;
    const milliwatts = Math.round(3e9 + 2e9 * wave(0));
    live.receive('site', JSON.stringify({
      ...template, at: new Date(time).toISOString(), milliwatts, jobsMilliwatts: milliwatts / 2, idleMilliwatts: milliwatts / 2,
      byKind: {gpu: milliwatts / 2, cpu: milliwatts / 8, memory: milliwatts / 16, storage: milliwatts / 32, node: milliwatts},
    }));
    live.receive('cells', JSON.stringify({version, full: true, cells: cells()}));
    live.receive('jobs', JSON.stringify(jobs()));
    const number = Math.floor(frame / 5);
    live.receive('alerts', JSON.stringify({alerts: [alert(number, 'FIRING'), alert(number - 1, 'FIRING'), alert(number - 2, 'RESOLVED')]}));
  }

  /** A number of frames, that many seconds apart for those who look at their times; painted are the last and every fourth. */
  async function feed(number, seconds) {
    for (let left = number; left > 0; left--) {
      one(seconds);
      if (left % 4 === 1) {
        await new Promise(requestAnimationFrame);
      }
    }
  }

  /** Goes through all views and back, with frames in each; chooses other ranges, parts and colours. */
  async function visit() {
    for (const path of ['/sites/made/history', '/reports', '/sites/made/nodes/' + names[0], '/jobs/made/-/job-' + newest, '/none/such', '/']) {
      await router.navigate(path);
      await feed(5, 5);
    }
    for (const press of document.querySelectorAll('.band-curve .choice button, .map-modes input')) {
      press.click();
      await feed(1, 5);
    }
    theme.next();
    await feed(2, 5);
  }

  return {feed, visit};
})();
