// SPDX-License-Identifier: Apache-2.0
// The band of jobs: those that run, by power, the own first; with a search.

import {h, setText} from './dom.js';
import * as format from './format.js';
import {choice} from './curve.js';
import {JobTable} from './jobtable.js';
import {HeldOrder, matches, parseSearch, sortJobs} from './search.js';
import {memory} from './theme.js';

const SETTLE = 5000;
const POLL = 10000;
/** Most jobs that the stream sends. */
const MOST = 1000;

/** A row out of a Job of the API, for those who have no stream. */
export function rowOf(job, me) {
  return {
    job: job.job, path: job.path, user: job.user, project: job.project, name: job.name, own: job.user !== '' && job.user === me.user,
    milliwatts: job.milliwatts, energyMillijoules: job.energyMillijoules, heldIdleMillijoules: job.heldIdleMillijoules,
    idleGpuMillis: job.energyMillijoules === null ? null : job.gpuHeldMillis - job.gpuBusyMillis,
    gpus: job.gpus, nodeCount: job.nodes, start: job.start, cost: job.charges.cost, currency: job.charges.currency,
    co2eGrams: job.charges.co2eLocationGrams, recent: null,
  };
}

/** Nodes in pairs of first and number. */
export function countNodes(pairs) {
  return pairs.reduce((sum, [, number]) => sum + number, 0);
}

export function mount(root, ctx) {
  const site = ctx.params.site;
  const streamed = ctx.me.seesSites && site !== null;
  const abort = new AbortController();
  const order = new HeldOrder(SETTLE);
  let sort = 'power';
  let descending = true;
  let mine = ctx.me.user !== '' && memory.get('joulestream.mine') === 'yes';
  let terms = [];
  let polled = [];
  let problem = '';
  let hovering = false;
  let timer;
  const search = h('input', {type: 'search', placeholder: 'user:ada project:climate', 'aria-label': 'Search jobs', spellcheck: 'false',
    autocomplete: 'off', data: {go: 'search'}, value: ctx.query.get('q') || '', on: {input: () => searched(true)}});
  const count = h('span', {class: 'muted small number', role: 'status'});
  const table = new JobTable({paths: ctx.paths, sorted: (key, down) => {
    descending = key === sort ? !descending : down;
    sort = key;
    show();
  }});
  table.element.addEventListener('pointerenter', () => {
    hovering = true;
  });
  table.element.addEventListener('pointerleave', () => {
    hovering = false;
  });
  const note = h('p', {class: 'empty', hidden: true});
  root.append(
    h('div', {class: 'band-head'}, h('h2', {}, 'Jobs'),
      ctx.me.user !== '' && ctx.me.seesAllJobs && choice('Whose jobs', [['yes', 'mine'], ['no', 'all']], mine ? 'yes' : 'no', (key) => {
        mine = key === 'yes';
        memory.set('joulestream.mine', key);
        show();
      }), search, count),
    table.element, note);

  function searched(remember) {
    terms = parseSearch(search.value);
    if (remember) {
      const url = new URL(location.href);
      search.value ? url.searchParams.set('q', search.value) : url.searchParams.delete('q');
      history.replaceState(history.state, '', url);
    }
    show();
  }

  function rows() {
    if (!streamed) {
      return polled;
    }
    const state = ctx.live.current;
    if (state?.name !== site) {
      return [];
    }
    if (state.jobsTotal > state.jobs.size && ctx.live.options.jobs < MOST) {
      ctx.live.configure({jobs: MOST});
    }
    return [...state.jobs.values()].map((job) => ({...job, nodeCount: job.nodes ? countNodes(job.nodes) : null}));
  }

  function show() {
    const all = rows();
    const found = all.filter((job) => (!mine || job.own) && matches(job, terms));
    const key = [sort, descending, mine, search.value].join(' ');
    const focus = table.element.contains(document.activeElement);
    table.showSort(sort, descending);
    table.show(order.order(sortJobs(found, sort, descending), key, performance.now(), hovering || focus));
    const total = streamed ? ctx.live.current?.jobsTotal ?? all.length : all.length;
    setText(count, (found.length < total ? format.count(found.length) + ' of ' : '') + format.count(total) + (total === 1 ? ' job' : ' jobs'));
    note.hidden = found.length > 0;
    table.element.hidden = found.length === 0;
    setText(note, found.length > 0 ? '' : reason(all, total));
  }

  function reason(all, total) {
    if (problem !== '') {
      return 'Jobs cannot be read: ' + problem;
    }
    if (streamed && ctx.live.current?.jobsTotal === null) {
      return 'Waiting for jobs\u2026';
    }
    if (all.length > 0) {
      return 'No job of ' + format.count(total) + ' is so. Search by user:NAME, project:NAME, name:TEXT, job:ID, or any text; a minus sign leaves out.';
    }
    return 'No job runs that you may see. Jobs appear when a scheduler reports them: see docs/jobs.md.';
  }

  async function poll() {
    try {
      const answer = await ctx.api('/api/v1/jobs?limit=1000', {signal: abort.signal});
      polled = answer.jobs.filter((job) => job.milliwatts !== null).map((job) => rowOf(job, ctx.me));
      problem = '';
    } catch (e) {
      if (e.name === 'AbortError') {
        return;
      }
      problem = e.message;
    }
    show();
    timer = setTimeout(poll, POLL);
  }

  const off = streamed ? ctx.live.on('jobs', show) : () => {};
  searched(false);
  if (!streamed) {
    poll();
  }
  return {unmount() {
    off();
    abort.abort();
    clearTimeout(timer);
  }};
}
