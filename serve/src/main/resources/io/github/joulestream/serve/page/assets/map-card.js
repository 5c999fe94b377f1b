// SPDX-License-Identifier: Apache-2.0
// The card of a cell: what is known of it from the stream at once, the rest when the API has answered.

import {ALERTING, SILENT} from './cells.js';
import {append, clear, h, link, setText} from './dom.js';
import {age, power, ratio, temperature} from './format.js';
import {factsOf, stateOf} from './map-cells.js';
import {MODES} from './map-colours.js';
import {spark} from './sparkline.js';

/** A node is asked for when the cursor has stayed for so long, ms. */
const REST = 200;
/** An answer is shown again for so long, ms. */
const FRESH = 10000;
const KEPT = 50;

/** Asks for nodes one at a time, when the cursor rests; keeps the latest answers. */
export class NodeDetails {
  constructor(api, site) {
    this.api = api;
    this.site = site;
    this.kept = new Map();
    this.timer = 0;
    this.request = null;
  }

  /** Calls done(detail, error) soon, unless another node or none is asked for before that. */
  ask(name, done) {
    this.cancel();
    const kept = this.kept.get(name);
    if (kept && performance.now() - kept.at < FRESH) {
      done(kept.detail, null);
      return;
    }
    this.timer = setTimeout(() => this.fetch(name, done), REST);
  }

  async fetch(name, done) {
    const request = new AbortController();
    this.request = request;
    try {
      const detail = await this.api(`/api/v1/sites/${encodeURIComponent(this.site)}/nodes/${encodeURIComponent(name)}`, {signal: request.signal});
      this.kept.delete(name);
      this.kept.set(name, {detail, at: performance.now()});
      if (this.kept.size > KEPT) {
        this.kept.delete(this.kept.keys().next().value);
      }
      if (this.request === request) {
        done(detail, null);
      }
    } catch (e) {
      if (e.name !== 'AbortError' && this.request === request) {
        done(null, e);
      }
    }
  }

  cancel() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }
}

/** The card: an element that says what a node, or a rack, does. */
export class Card {
  constructor({path, jobPath}) {
    this.path = path;
    this.jobPath = jobPath;
    this.title = h('strong', {class: 'map-card-title'});
    this.state = h('span', {class: 'map-card-state'});
    this.facts = h('dl', {class: 'map-card-facts'});
    this.jobs = h('div', {class: 'map-card-jobs'});
    this.recent = h('div', {class: 'map-card-recent'});
    this.element = h('div', {class: 'map-card', hidden: true},
      h('div', {class: 'map-card-head'}, this.title, this.state), this.facts, this.jobs, this.recent);
    this.values = new Map();
  }

  hide() {
    this.element.hidden = true;
  }

  /** Shows what the stream knows of a cell. */
  show(columns, cell, {racks, job}) {
    const name = columns.names[cell];
    this.element.hidden = false;
    if (this.name !== name || this.racks !== racks) {
      this.name = name;
      this.racks = racks;
      append(clear(this.title), racks ? name || '(no rack)' : link(this.path(name), name));
      this.detail = null;
      clear(this.recent);
      clear(this.jobs);
      this.watts = null;
    }
    const marked = (columns.flags[cell] & (SILENT | ALERTING)) !== 0;
    setText(this.state, stateOf(columns.flags[cell], racks));
    this.state.className = marked ? 'map-card-state marked' : 'map-card-state';
    this.jobs.hidden = racks;
    this.recent.hidden = racks;
    for (const [label, text] of factsOf(columns, cell, MODES)) {
      this.fact(label, label === 'power' && this.watts ? `${this.watts} (${text})` : text);
    }
    if (!this.detail && !racks) {
      setText(this.jobs, job ? `job ${job.job}${job.user ? ' (' + job.user + ')' : ''}` : ' ');
    }
  }

  fact(label, text) {
    let value = this.values.get(label);
    if (!value) {
      value = h('dd', {class: 'number'});
      this.values.set(label, value);
      append(this.facts, h('dt', {}, label), value);
    }
    setText(value, text);
  }

  /** Adds what the API says of the node. */
  add(detail, error) {
    if (error) {
      setText(this.recent, 'More is not known: ' + error.message);
      return;
    }
    this.detail = detail;
    const {now, recent} = detail;
    this.watts = power(now.milliwatts);
    this.fact('power', now.milliwatts === null ? '-' : `${this.watts} (${ratio(now.highestMilliwatts > 0 ? now.milliwatts / now.highestMilliwatts : null)})`);
    clear(this.jobs);
    if (now.jobs.length === 0) {
      setText(this.jobs, 'no job');
    }
    for (const each of now.jobs.slice(0, 3)) {
      append(this.jobs, h('div', {}, each.path && each.job ? link(this.jobPath(each.path), each.job) : 'a job that you may not see',
        each.user ? ` (${each.user})` : '', ` ${power(each.milliwatts)}`));
    }
    if (now.jobs.length > 3) {
      append(this.jobs, h('div', {}, `and ${now.jobs.length - 3} more`));
    }
    clear(this.recent);
    const known = recent.filter((value) => value !== null && value >= 0);
    if (known.length > 0) {
      const line = spark(232, 30);
      line.set(recent);
      append(this.recent, line.element, h('div', {class: 'muted'}, `last 10 min: ${power(Math.min(...known))} to ${power(Math.max(...known))}`));
    } else {
      setText(this.recent, 'nothing in the last 10 min');
    }
  }

  /** The card in words, for those who hear it. */
  words(columns, cell, {racks, job}) {
    const facts = factsOf(columns, cell, MODES).filter(([, text]) => text !== '-').map(([label, text]) => `${label} ${text}`);
    const who = racks ? '' : job ? `, job ${job.job}${job.user ? ' of ' + job.user : ''}` : '';
    return `${columns.names[cell]}, ${stateOf(columns.flags[cell], racks)}, ${facts.join(', ')}${who}`;
  }

  /** Words of the answer of the API, as far as the stream does not have them. */
  static more(detail) {
    const {now} = detail;
    const jobs = now.jobs.map((each) => `${each.job || 'a job that you may not see'}${each.user ? ' of ' + each.user : ''}`);
    return `${now.node}: ${power(now.milliwatts)}, ${jobs.length === 0 ? 'no job' : jobs.slice(0, 3).join(', ')}, ${temperature(now.temperatureCelsius)}, age ${age(now.ageSeconds)}`;
  }
}
