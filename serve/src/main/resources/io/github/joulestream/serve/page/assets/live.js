// SPDX-License-Identifier: Apache-2.0
// The stream of a site: keeps its state, says what changed, and connects again by itself.

import {NodeColumns} from './cells.js';

const EVENTS = ['site', 'nodes', 'cells', 'jobs', 'alerts'];
/** No frame for so long: the connection is taken for lost, ms. */
const SILENCE = 20000;
const FIRST_RETRY = 1000;
const LAST_RETRY = 15000;
const MISSING_RETRY = 5000;

/** A row with what changed of it: what it lacks is as it was. */
export function merged(before, {recentEnd, ...row}) {
  const now = {...before, ...row};
  if (recentEnd) {
    // the last window so far has ended, and others have begun: as many are dropped
    now.recent = [...before.recent.slice(recentEnd.length - 1, -1), ...recentEnd];
  }
  return now;
}

/** A site as the stream has said it is. */
export class SiteState {
  constructor(name) {
    this.name = name;
    /** SiteNow of the API; null before the first. */
    this.now = null;
    /** When that arrived, ms of performance.now(). */
    this.receivedAt = 0;
    /** NodeColumns; null before the first. */
    this.nodes = null;
    /** JobRow by id. */
    this.jobs = new Map();
    /** Jobs that there are; more than `jobs` holds where the stream is limited. */
    this.jobsTotal = null;
    /** Alert of the API, all that fire or resolved of late. */
    this.alerts = null;
  }

  /** Age of the data now, s; null if nothing is known. */
  age() {
    return this.now === null || this.now.ageSeconds === null ? null
      : this.now.ageSeconds + (performance.now() - this.receivedAt) / 1000;
  }

  take(event, data) {
    switch (event) {
      case 'site':
        this.now = data;
        this.receivedAt = performance.now();
        break;
      case 'nodes':
        if (this.nodes === null || this.nodes.version !== data.version) {
          this.nodes = new NodeColumns(data.version, data.names, data.racks);
        }
        break;
      case 'cells':
        return this.nodes !== null && this.nodes.take(data);
      case 'jobs':
        if (data.full) {
          this.jobs.clear();
        }
        for (const job of data.gone || []) {
          this.jobs.delete(job);
        }
        for (const job of data.jobs) {
          this.jobs.set(job.job, merged(this.jobs.get(job.job), job));
        }
        this.jobsTotal = data.total;
        break;
      default:
        this.alerts = data.alerts;
    }
    return true;
  }
}

/**
 * One stream at a time, of the site that is shown. Events: `site`, `nodes`, `cells`, `jobs` and
 * `alerts` with (SiteState, data), and `state` with its new value.
 */
export class Live {
  /** @param unauthorised called when the server does not know any more who is here */
  constructor({unauthorised = () => {}, source = (url) => new EventSource(url), probe = (url) => fetch(url)} = {}) {
    this.listeners = new Map();
    this.unauthorised = unauthorised;
    this.source = source;
    this.probe = probe;
    /** 'idle' | 'connecting' | 'live' | 'lost' | 'asleep' | 'missing': there is no such site */
    this.state = 'idle';
    this.paused = false;
    /** The site that is connected: a SiteState, or null. */
    this.current = null;
    this.options = {cells: 'nodes', jobs: 200};
    this.held = new Set();
    this.retry = FIRST_RETRY;
    this.generation = 0;
    /** Since when the connection is lost, ms since 1970; null if it is not. */
    this.lostSince = null;
  }

  /** State of a site; connects to it if another one was connected before. */
  site(name) {
    if (this.current === null || this.current.name !== name) {
      this.current = new SiteState(name);
      this.connect();
    }
    return this.current;
  }

  /** What is streamed: {cells: 'nodes' | 'racks' | 'none', jobs: 200}. */
  configure(options) {
    const wanted = {...this.options, ...options};
    const changed = wanted.cells !== this.options.cells || wanted.jobs !== this.options.jobs;
    this.options = wanted;
    if (changed && this.current !== null) {
      this.current.nodes = null;
      this.connect();
    }
  }

  /** Calls fn at an event; returns a function that ends that. */
  on(event, fn) {
    if (!this.listeners.has(event)) {
      this.listeners.set(event, new Set());
    }
    this.listeners.get(event).add(fn);
    return () => this.listeners.get(event).delete(fn);
  }

  /** Holds what is shown as it is; what arrives is kept until it is resumed. */
  pause(paused) {
    if (this.paused === paused) {
      return;
    }
    this.paused = paused;
    if (!paused) {
      const held = [...this.held];
      this.held.clear();
      for (const event of held) {
        this.emit(event, this.current, null);
      }
    }
    this.emit('state', this.state);
  }

  /** Ends the stream while nobody looks; resumed with the same site. */
  sleep(asleep) {
    if (asleep && this.current !== null && this.state !== 'idle') {
      this.generation++;
      clearTimeout(this.timer);
      clearTimeout(this.watch);
      this.stream?.close();
      this.lostSince = null;
      this.become('asleep');
    } else if (!asleep && this.state === 'asleep') {
      this.connect();
    }
  }

  close() {
    this.generation++;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.stream?.close();
    this.stream = null;
    this.current = null;
    this.held.clear();
    this.become('idle');
  }

  connect() {
    const generation = ++this.generation;
    clearTimeout(this.timer);
    this.stream?.close();
    if (this.state !== 'lost') {
      this.become('connecting');
    }
    const query = new URLSearchParams({cells: this.options.cells, jobs: String(this.options.jobs)});
    const stream = this.source('/api/v1/live/' + encodeURIComponent(this.current.name) + '?' + query);
    this.stream = stream;
    this.expectMore(generation);
    for (const event of EVENTS) {
      stream.addEventListener(event, (message) => generation === this.generation && this.receive(event, message.data));
    }
    stream.addEventListener('bye', () => generation === this.generation && this.lost(generation));
    stream.onerror = () => generation === this.generation && this.lost(generation);
  }

  receive(event, text) {
    this.retry = FIRST_RETRY;
    this.lostSince = null;
    this.expectMore(this.generation);
    const taken = this.current.take(event, JSON.parse(text));
    if (this.state !== 'live') {
      this.become('live');
    }
    if (!taken) {
      return;
    }
    if (this.paused) {
      this.held.add(event);
    } else {
      this.emit(event, this.current, null);
    }
  }

  expectMore(generation) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => generation === this.generation && this.lost(generation), SILENCE);
  }

  lost(generation) {
    clearTimeout(this.watch);
    if (this.lostSince === null) {
      this.lostSince = Date.now();
    }
    this.become('lost');
    if (this.stream && this.stream.readyState === 0) {
      // the browser connects again by itself, with the id of the last event
      this.expectMore(generation);
      return;
    }
    this.stream?.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => generation === this.generation && this.again(generation), this.retry);
    this.retry = Math.min(LAST_RETRY, this.retry * 2);
  }

  async again(generation) {
    let status;
    try {
      status = (await this.probe('/api/v1/sites/' + encodeURIComponent(this.current.name))).status;
    } catch {
      // no connection at all: the next try follows
      status = 0;
    }
    if (generation !== this.generation) {
      return;
    }
    if (status === 401) {
      this.unauthorised();
    } else if (status === 200) {
      this.connect();
    } else if (status === 404) {
      // it may come up yet
      this.lostSince = null;
      this.become('missing');
      this.timer = setTimeout(() => generation === this.generation && this.again(generation), MISSING_RETRY);
    } else {
      this.lost(generation);
    }
  }

  become(state) {
    if (this.state !== state) {
      this.state = state;
      this.emit('state', state);
    }
  }

  emit(event, ...values) {
    for (const fn of this.listeners.get(event) || []) {
      try {
        fn(...values);
      } catch (e) {
        console.error('a view failed at ' + event, e);
      }
    }
  }
}
