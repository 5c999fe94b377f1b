// SPDX-License-Identifier: Apache-2.0
// What the map shows of a site: which cells there are, and a value for each.

import {ALERTING, HELD, SILENT, UNKNOWN_BYTE} from './cells.js';
import {FIRST_JOB, FOREIGN_JOB, NO_JOB, jobColour, wordsOf} from './map-colours.js';
import {groupsOf, oneGroup} from './map-layout.js';

/**
 * Groups to lay out: all racks; one rack alone, of which cells begin at `first`; or cells that are racks.
 * @param {import('./cells.js').NodeColumns} columns
 * @param {{racks: boolean, rack: string | null}} shown
 */
export function cellsOf(columns, shown) {
  if (shown.racks) {
    return {first: 0, groups: oneGroup(columns.count)};
  }
  const groups = groupsOf(columns.racks);
  if (shown.rack !== null) {
    const rack = groups.find((group) => group.name === shown.rack);
    return rack ? {first: rack.first, groups: [{name: rack.name, first: 0, count: rack.count}]} : {first: 0, groups: []};
  }
  return {first: 0, groups: groups.length === 1 && groups[0].name === '' ? oneGroup(columns.count) : groups};
}

/** Jobs by node: for each position its jobs' rows, of those that are seen. */
export class NodeJobs {
  constructor() {
    this.first = new Int32Array(0);
    this.rows = [];
    this.colours = new Uint8Array(0);
  }

  /**
   * Works them out anew.
   * @param {Iterable<{job: string, nodes: number[][]}>} jobs with pairs of position and number
   * @param {number} count of nodes
   */
  set(jobs, count) {
    this.rows = [...jobs];
    this.first = new Int32Array(count).fill(-1);
    this.colours = new Uint8Array(count);
    this.rows.forEach((row, at) => {
      const colour = FIRST_JOB + jobColour(row.job);
      for (const [first, number] of row.nodes) {
        for (let i = Math.max(0, first); i < Math.min(count, first + number); i++) {
          if (this.first[i] < 0) {
            this.first[i] = at;
            this.colours[i] = colour;
          }
        }
      }
    });
  }

  /** A job on a node; null if none is seen. */
  of(node) {
    const at = this.first[node];
    return at === undefined || at < 0 ? null : this.rows[at];
  }

  /** Values of the mode job. */
  values(columns, into) {
    for (let i = 0; i < columns.count; i++) {
      into[i] = (columns.flags[i] & HELD) === 0 ? NO_JOB : this.colours[i] || FOREIGN_JOB;
    }
    return into;
  }
}

/** How many nodes there are, are silent, have alerts. */
export function tally(columns, first = 0, count = columns.count) {
  let silent = 0;
  let alerting = 0;
  for (let i = first; i < Math.min(columns.count, first + count); i++) {
    silent += columns.flags[i] & SILENT ? 1 : 0;
    alerting += columns.flags[i] & ALERTING ? 1 : 0;
  }
  return {count, silent, alerting};
}

/** Share, temperature and state of a cell in words: [[label, text], ...]. */
export function factsOf(columns, cell, modes) {
  return modes.filter((mode) => mode.column !== null).map((mode) => [mode.label, wordsOf(mode, columns[mode.column][cell])]);
}

/** State of a cell in words. */
export function stateOf(flags, racks = false) {
  const words = [];
  if (flags & SILENT) {
    words.push(racks ? 'silent nodes' : 'silent');
  }
  if (flags & ALERTING) {
    words.push('alert');
  }
  return words.length === 0 ? 'reports' : words.join(', ');
}

/**
 * Order of cells by a column.
 * @param {string} by name, rack, state, or a column of bytes; what is not known comes last
 */
export function orderOf(columns, by, descending, first = 0, count = columns.count) {
  const order = Array.from({length: count}, (_, i) => first + i);
  const sign = descending ? -1 : 1;
  if (by === 'name') {
    return descending ? order.reverse() : order;
  }
  const text = by === 'rack' ? columns.racks : null;
  const bytes = by === 'state' ? columns.flags : columns[by];
  order.sort((a, b) => {
    if (text) {
      return sign * text[a].localeCompare(text[b], 'en', {numeric: true}) || a - b;
    }
    const unknownA = by !== 'state' && bytes[a] === UNKNOWN_BYTE;
    const unknownB = by !== 'state' && bytes[b] === UNKNOWN_BYTE;
    if (unknownA || unknownB) {
      return unknownA - unknownB || a - b;
    }
    return sign * (bytes[a] - bytes[b]) || a - b;
  });
  return order;
}
