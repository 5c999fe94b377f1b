// SPDX-License-Identifier: Apache-2.0
// Power of a site over time: what the store has, followed by the frames of the stream.

/** Frames are kept one a second for so long; after that one in ten seconds, s. */
const FINE = 600;
const COARSE_STEP = 10;
/** Without a frame for so long there is a gap, s. */
const GAP = 30;

/** Columns that are kept, by their names in the API's series without "Milliwatts". */
export const COLUMNS = ['total', 'gpu', 'cpu', 'memory', 'storage', 'jobs', 'idle', 'heldIdle', 'facility', 'generation'];

/** Start of each step of a series of the API, s since 1970. */
export function timesOf(answer) {
  const from = Date.parse(answer.range.from) / 1000;
  return Array.from({length: answer.steps}, (unused, i) => from + i * answer.stepSeconds);
}

export class PowerPoints {
  /** @param seconds how far back points are kept */
  constructor(seconds) {
    this.seconds = seconds;
    this.times = [];
    /** Time of the first frame of this connection, s since 1970; null if there is none yet. */
    this.liveSince = null;
    this.values = Object.fromEntries(COLUMNS.map((c) => [c, []]));
  }

  /** The frames that follow are of another connection: what was missed is in the history. */
  interrupted() {
    this.liveSince = null;
  }

  /** Puts what the API answered before the frames of this connection. */
  load(answer) {
    const times = timesOf(answer);
    const series = answer.series;
    const total = series.totalMilliwatts;
    let last = times.length - 1;
    // what was before the first reading of a young site is no gap
    const start = Math.max(0, total.findIndex((v) => v !== null && v !== undefined));
    // the newest steps are not written yet: the frames say what happened in them
    while (last >= 0 && (total[last] ?? null) === null) {
      last--;
    }
    // steps are still being summed up when frames are there already
    while (last >= 0 && this.liveSince !== null && times[last] + answer.stepSeconds > this.liveSince) {
      last--;
    }
    const first = this.times.findIndex((t) => (this.liveSince === null ? last < 0 || t > times[last] + answer.stepSeconds / 2 : t >= this.liveSince));
    const keep = first < 0 ? this.times.length : first;
    this.times = [...times.slice(start, last + 1).map((t) => t + answer.stepSeconds / 2), ...this.times.slice(keep)];
    for (const column of COLUMNS) {
      const loaded = (series[column + 'Milliwatts'] || []).slice(start, last + 1);
      while (loaded.length < last + 1 - start) {
        loaded.push(null);
      }
      this.values[column] = [...loaded, ...this.values[column].slice(keep)];
    }
  }

  /** Adds a frame: a SiteNow. False if it has no newer reading. */
  add(now) {
    if (now.at === null || now.milliwatts === null) {
      return false;
    }
    const time = Date.parse(now.at) / 1000;
    const last = this.times[this.times.length - 1];
    if (last !== undefined && time <= last) {
      return false;
    }
    if (last !== undefined && time - last > GAP) {
      this.push(last + 1, () => null);
    }
    this.liveSince = this.liveSince ?? time;
    const known = {
      total: now.milliwatts, jobs: now.jobsMilliwatts, idle: now.idleMilliwatts, heldIdle: now.heldIdleMilliwatts,
      facility: now.facilityMilliwatts, generation: now.generationMilliwatts, ...now.byKind,
    };
    this.push(time, (column) => known[column] ?? null);
    this.thin(time);
    return true;
  }

  push(time, value) {
    this.times.push(time);
    for (const column of COLUMNS) {
      this.values[column].push(value(column));
    }
  }

  thin(now) {
    let drop = 0;
    while (drop < this.times.length && this.times[drop] < now - this.seconds) {
      drop++;
    }
    if (drop > 0) {
      this.cut(0, drop);
    }
    // of what has become old since the last frame
    let i = this.times.findIndex((t) => t > now - FINE - 2 * COARSE_STEP);
    while (i > 0 && i + 1 < this.times.length && this.times[i] < now - FINE) {
      if (this.times[i] - this.times[i - 1] < COARSE_STEP && this.values.total[i] !== null) {
        this.cut(i, 1);
      } else {
        i++;
      }
    }
  }

  cut(at, count) {
    this.times.splice(at, count);
    for (const column of COLUMNS) {
      this.values[column].splice(at, count);
    }
  }

  /** A column's value at a time, within a minute of it; null if nothing is known there. */
  at(column, time) {
    let best = null;
    let distance = 60;
    for (let i = 0; i < this.times.length; i++) {
      const d = Math.abs(this.times[i] - time);
      if (d <= distance && this.values[column][i] !== null) {
        best = this.values[column][i];
        distance = d;
      }
    }
    return best;
  }
}

/** Parts of the total by kind: what no kind accounts for is the rest of the nodes. */
export function byKind(values) {
  const total = values.total || values.totalMilliwatts;
  const column = (name) => values[name] || values[name + 'Milliwatts'] || [];
  const kinds = {gpu: column('gpu'), cpu: column('cpu'), memory: column('memory'), storage: column('storage')};
  return {
    ...kinds,
    rest: total.map((t, i) => (t === null ? null
      : Math.max(0, t - Object.values(kinds).reduce((sum, kind) => sum + (kind[i] ?? 0), 0)))),
    total,
  };
}

/** Parts of the total by use: what jobs used, what they held without use, what nobody held. */
export function byUse(values) {
  const column = (name) => values[name] || values[name + 'Milliwatts'] || [];
  const held = column('heldIdle');
  return {
    busy: column('jobs').map((j, i) => (j === null ? null : Math.max(0, j - (held[i] ?? 0)))),
    heldIdle: held,
    idle: column('idle'),
    total: column('total'),
  };
}
