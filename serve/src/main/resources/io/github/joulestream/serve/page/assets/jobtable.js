// SPDX-License-Identifier: Apache-2.0
// The table of jobs: rows are kept and filled again; beyond 200 only those in view exist.

import {clear, h, link, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {spark} from './sparkline.js';

const ALL = 200;
/** Height of a row before one has been measured, px. */
const USUAL_ROW = 29;
const AROUND = 12;

/** Columns: key, label, how it is sorted first, the text of a job's cell. */
const COLUMNS = [
  {key: 'job', label: 'job'},
  {key: 'user', label: 'user'},
  {key: 'nodes', label: 'nodes', number: true, text: (j) => format.count(j.nodeCount), down: true},
  {key: 'power', label: 'power', number: true, text: (j) => format.power(j.milliwatts), down: true},
  {key: 'energy', label: 'energy', number: true, text: (j) => format.energy(j.energyMillijoules), down: true},
  {key: 'cost', label: 'cost', number: true, text: (j) => format.money(j.cost, j.currency), down: true},
  {key: 'co2e', label: 'CO\u2082e', number: true, text: (j) => format.mass(j.co2eGrams), down: true},
  {key: 'heldIdle', label: 'held idle', number: true, text: (j) => (j.heldIdleMillijoules === 0 ? '0\u2009Wh' : format.energy(j.heldIdleMillijoules)), down: true},
  {key: 'idleTime', label: 'idle GPU time', number: true, text: (j) => format.duration(j.idleGpuMillis), down: true},
];

export class JobTable {
  /** @param opened called with a job that is chosen by Enter; sorted with (column, descending) */
  constructor({paths, sorted}) {
    this.paths = paths;
    this.sorted = sorted;
    this.jobs = [];
    this.rows = new Map();
    this.focused = 0;
    this.rowHeight = USUAL_ROW;
    this.heads = new Map(COLUMNS.map((c) => [c.key, this.head(c)]));
    this.before = h('tr', {class: 'spacer', 'aria-hidden': 'true'}, h('td', {colspan: COLUMNS.length + 1}));
    this.after = h('tr', {class: 'spacer', 'aria-hidden': 'true'}, h('td', {colspan: COLUMNS.length + 1}));
    this.body = h('tbody', {});
    this.table = h('table', {class: 'jobs'},
      h('caption', {class: 'hidden-text'}, 'Jobs that run'),
      h('thead', {}, h('tr', {}, [...this.heads.values()], h('th', {scope: 'col', class: 'spark-cell'}, h('span', {}, 'last 10\u2009min')))),
      this.body);
    this.element = h('div', {class: 'jobs-scroll scroll', tabindex: '-1', on: {
      scroll: () => this.jobs.length > ALL && this.lay(),
      keydown: (event) => this.key(event),
      focusin: (event) => this.focusIn(event),
    }}, this.table);
  }

  head(column) {
    return h('th', {scope: 'col', class: 'col-' + column.key + (column.number ? ' number' : '')},
      h('button', {type: 'button', class: 'sort', on: {click: () => this.sorted(column.key, Boolean(column.down))}}, column.label));
  }

  showSort(sort, descending) {
    for (const [key, head] of this.heads) {
      setAttribute(head, 'aria-sort', key === sort ? (descending ? 'descending' : 'ascending') : null);
    }
  }

  /** Shows jobs in this order. */
  show(jobs) {
    this.jobs = jobs;
    this.focused = Math.max(0, Math.min(this.focused, jobs.length - 1));
    setAttribute(this.table, 'aria-rowcount', jobs.length > ALL ? jobs.length + 1 : null);
    this.lay();
  }

  lay() {
    const windowed = this.jobs.length > ALL;
    this.rowHeight = this.body.querySelector('tr:not(.spacer)')?.offsetHeight || this.rowHeight;
    let first = 0;
    let last = this.jobs.length;
    if (windowed) {
      first = Math.max(0, Math.floor(this.element.scrollTop / this.rowHeight) - AROUND);
      last = Math.min(last, Math.ceil((this.element.scrollTop + this.element.clientHeight) / this.rowHeight) + AROUND);
    }
    this.before.firstChild.style.height = first * this.rowHeight + 'px';
    this.after.firstChild.style.height = (this.jobs.length - last) * this.rowHeight + 'px';
    const wanted = [];
    const used = new Set();
    if (windowed) {
      wanted.push(this.before);
    }
    for (let i = first; i < last; i++) {
      const job = this.jobs[i];
      let row = this.rows.get(job.job);
      if (!row) {
        row = this.row();
        this.rows.set(job.job, row);
      }
      used.add(job.job);
      this.fill(row, job, i, windowed);
      wanted.push(row.element);
    }
    if (windowed) {
      wanted.push(this.after);
    }
    this.place(wanted);
    for (const id of this.rows.keys()) {
      if (!used.has(id)) {
        this.rows.delete(id);
      }
    }
  }

  /** Puts rows in their places; those that are there already are not touched, so that focus stays. */
  place(wanted) {
    const keep = new Set(wanted);
    for (const child of [...this.body.children]) {
      if (!keep.has(child)) {
        child.remove();
      }
    }
    wanted.forEach((element, i) => {
      if (this.body.children[i] !== element) {
        const active = element.contains(document.activeElement) ? document.activeElement : null;
        this.body.insertBefore(element, this.body.children[i] || null);
        active?.focus({preventScroll: true});
      }
    });
  }

  row() {
    const anchor = link('#', '', {class: 'job-link'});
    const name = h('span', {class: 'muted small'});
    const project = h('span', {class: 'muted small'});
    const user = h('span', {});
    const cells = new Map(COLUMNS.slice(2).map((c) => [c.key, h('td', {class: 'number col-' + c.key})]));
    const small = spark();
    const element = h('tr', {}, h('th', {scope: 'row', class: 'col-job'}, h('div', {class: 'two'}, anchor, name)),
      h('td', {class: 'col-user'}, h('div', {class: 'two'}, user, project)),
      [...cells.values()], h('td', {class: 'spark-cell'}, small.element));
    return {element, anchor, name, user, project, cells, small};
  }

  fill(row, job, index, windowed) {
    setText(row.anchor, job.job);
    setAttribute(row.anchor, 'href', this.paths.job(job.path));
    this.showFocus(row, index);
    setText(row.name, job.name);
    setText(row.user, job.user);
    setText(row.project, job.project);
    setAttribute(row.element, 'title', [job.name, job.project, job.start && 'since ' + job.start,
      job.idleGpuMillis > 0 && 'GPU time held and not busy: ' + format.duration(job.idleGpuMillis)].filter(Boolean).join(' \u00b7 '));
    setAttribute(row.element, 'class', job.own ? 'own' : null);
    setAttribute(row.element, 'aria-rowindex', windowed ? index + 2 : null);
    row.element.dataset.index = index;
    for (const column of COLUMNS.slice(2)) {
      setText(row.cells.get(column.key), column.text(job));
    }
    row.cells.get('heldIdle').classList.toggle('zero', !(job.heldIdleMillijoules > 0));
    row.small.set(job.recent);
  }

  /** One row is in the order of Tab: the one that had the focus last, or the first. */
  showFocus(row, index) {
    setAttribute(row.anchor, 'tabindex', index === this.focused ? '0' : '-1');
    setAttribute(row.anchor, 'data-go', index === this.focused ? 'jobs' : null);
  }

  focusIn(event) {
    const index = event.target.closest('tr')?.dataset.index;
    if (index !== undefined) {
      this.focused = Number(index);
      for (const row of this.rows.values()) {
        this.showFocus(row, Number(row.element.dataset.index));
      }
    }
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
    const moves = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.jobs.length, End: this.jobs.length};
    if (!(event.key in moves) || !event.target.closest('tbody')) {
      return;
    }
    event.preventDefault();
    this.focusRow(this.focused + moves[event.key]);
  }

  focusRow(index) {
    this.focused = Math.min(Math.max(0, index), this.jobs.length - 1);
    const job = this.jobs[this.focused];
    if (!job) {
      return;
    }
    if (!this.rows.has(job.job)) {
      this.element.scrollTop = Math.max(0, this.focused * this.rowHeight - this.element.clientHeight / 2);
      this.lay();
    }
    this.rows.get(job.job)?.anchor.focus();
  }

  clear() {
    this.rows.clear();
    clear(this.body);
  }
}
