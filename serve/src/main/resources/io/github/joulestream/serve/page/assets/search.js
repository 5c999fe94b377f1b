// SPDX-License-Identifier: Apache-2.0
// What is typed to find jobs, and the order of jobs.

const FIELDS = {
  user: (job) => job.user, project: (job) => job.project, name: (job) => job.name, job: (job) => job.job,
};

/**
 * Terms of a search: user:ada project:climate "two words" -name:test. A term is {field, text,
 * not}; field is null where it is looked for in all of them. Terms of one field are alternatives,
 * those of different fields must all be met.
 */
export function parseSearch(text) {
  const terms = [];
  const pattern = /(-?)(?:(\w+):)?(?:"([^"]*)"?|(\S+))/g;
  for (const found of text.matchAll(pattern)) {
    const known = found[2] !== undefined && Object.hasOwn(FIELDS, found[2].toLowerCase());
    let value = found[3] ?? found[4];
    if (found[2] === undefined && value.endsWith(':') && Object.hasOwn(FIELDS, value.slice(0, -1).toLowerCase())) {
      // its value is still to be typed
      continue;
    }
    if (found[2] !== undefined && !known) {
      // an id may hold a colon: it is text
      value = found[2] + ':' + value;
    }
    if (value !== '') {
      terms.push({field: known ? found[2].toLowerCase() : null, text: value.toLowerCase(), not: found[1] === '-'});
    }
  }
  return terms;
}

/** Whether a job meets terms. Users and projects are whole names unless they end with a *. */
export function matches(job, terms) {
  const wanted = new Map();
  for (const term of terms) {
    if (term.not) {
      if (meets(job, term)) {
        return false;
      }
    } else if (term.field === null) {
      if (!meets(job, term)) {
        return false;
      }
    } else {
      wanted.set(term.field, (wanted.get(term.field) || false) || meets(job, term));
    }
  }
  return [...wanted.values()].every(Boolean);
}

function meets(job, term) {
  const holds = (field) => String(FIELDS[field](job) ?? '').toLowerCase();
  if (term.field === null) {
    return Object.keys(FIELDS).some((field) => holds(field).includes(term.text));
  }
  if (term.field === 'user' || term.field === 'project') {
    return term.text.endsWith('*') ? holds(term.field).startsWith(term.text.slice(0, -1)) : holds(term.field) === term.text;
  }
  return holds(term.field).includes(term.text);
}

/** What jobs are ordered by. */
export const SORTS = {
  job: (job) => job.job, user: (job) => job.user, power: (job) => job.milliwatts, energy: (job) => job.energyMillijoules,
  cost: (job) => job.cost, co2e: (job) => job.co2eGrams, heldIdle: (job) => job.heldIdleMillijoules,
  idleTime: (job) => job.idleGpuMillis, nodes: (job) => job.nodeCount,
};

const NAMES = new Intl.Collator('en', {numeric: true});

/**
 * Jobs in order: the own first, then by a figure; what is not known is last either way, and equal
 * ones are in order of their ids, so that they do not change places.
 */
export function sortJobs(jobs, sort, descending) {
  const of = SORTS[sort] || SORTS.power;
  return [...jobs].sort((a, b) => {
    if (Boolean(a.own) !== Boolean(b.own)) {
      return a.own ? -1 : 1;
    }
    const x = of(a) ?? null;
    const y = of(b) ?? null;
    if (x === null || y === null) {
      return x === y ? NAMES.compare(a.job, b.job) : x === null ? 1 : -1;
    }
    const order = typeof x === 'string' ? NAMES.compare(x, y) : x - y;
    return order !== 0 ? (descending ? -order : order) : NAMES.compare(a.job, b.job);
  });
}

/**
 * The order of rows, held: jobs that are there keep their places until `settle` ms have passed
 * since the last re-sort; new ones follow at the end, those that are over are left out.
 */
export class HeldOrder {
  constructor(settle) {
    this.settle = settle;
    this.ids = [];
    this.at = -Infinity;
    this.key = '';
  }

  /**
   * @param sorted jobs in their order now
   * @param key of what is asked for: another one sorts at once
   * @param now ms
   * @param hold whether to keep places longer, as the pointer is on the list
   */
  order(sorted, key, now, hold) {
    if (key !== this.key || (!hold && now - this.at >= this.settle)) {
      this.key = key;
      this.at = now;
      this.ids = sorted.map((job) => job.job);
      return sorted;
    }
    const byId = new Map(sorted.map((job) => [job.job, job]));
    const kept = this.ids.filter((id) => byId.has(id));
    const known = new Set(kept);
    this.ids = [...kept, ...sorted.filter((job) => !known.has(job.job)).map((job) => job.job)];
    return this.ids.map((id) => byId.get(id));
  }
}
