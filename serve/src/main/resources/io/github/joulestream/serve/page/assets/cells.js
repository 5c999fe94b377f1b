// SPDX-License-Identifier: Apache-2.0
// Columns of nodes, and the decoding of the event `cells` into them.

/** Not known, in each column of bytes. */
export const UNKNOWN_BYTE = 255;
export const SILENT = 1;
export const ALERTING = 2;
export const HELD = 4;
const BYTES = 6;

/** All nodes of a site: element i of each column is of the node names[i]. */
export class NodeColumns {
  constructor(version, names, racks) {
    this.version = version;
    this.names = names;
    this.racks = racks;
    this.count = names.length;
    /** Power, 0 to 250 of the node's own highest. */
    this.power = new Uint8Array(this.count).fill(UNKNOWN_BYTE);
    /** GPU busy, percent. */
    this.busy = new Uint8Array(this.count).fill(UNKNOWN_BYTE);
    /** GPUs held but idle, percent. */
    this.heldIdle = new Uint8Array(this.count).fill(UNKNOWN_BYTE);
    /** Degrees C. */
    this.temperature = new Uint8Array(this.count).fill(UNKNOWN_BYTE);
    /** Of the latest reading, s, up to 254. */
    this.age = new Uint8Array(this.count).fill(UNKNOWN_BYTE);
    /** SILENT, ALERTING, HELD. */
    this.flags = new Uint8Array(this.count);
    this.positions = null;
  }

  /** Position of a node; -1 if there is none of that name. */
  index(name) {
    if (!this.positions) {
      this.positions = new Map(this.names.map((n, i) => [n, i]));
    }
    const position = this.positions.get(name);
    return position === undefined ? -1 : position;
  }

  /** Takes a frame of cells; false if it is of other nodes than these. */
  take(frame) {
    if (frame.version !== this.version) {
      return false;
    }
    const bytes = decodeBase64(frame.cells);
    if (frame.full) {
      if (bytes.length !== this.count * BYTES) {
        throw new Error('cells of ' + bytes.length + ' bytes for ' + this.count + ' nodes');
      }
      for (let i = 0, at = 0; i < this.count; i++, at += BYTES) {
        this.set(i, bytes, at);
      }
      return true;
    }
    let at = 0;
    let node = -1;
    while (at < bytes.length) {
      let distance = 0;
      let shift = 0;
      let byte;
      do {
        byte = bytes[at++];
        distance += (byte & 0x7f) * 2 ** shift;
        shift += 7;
      } while (byte >= 0x80 && at < bytes.length);
      node += distance;
      if (node < 0 || node >= this.count || at + BYTES > bytes.length) {
        throw new Error('cells beyond the last node');
      }
      this.set(node, bytes, at);
      at += BYTES;
    }
    return true;
  }

  set(i, bytes, at) {
    this.power[i] = bytes[at];
    this.busy[i] = bytes[at + 1];
    this.heldIdle[i] = bytes[at + 2];
    this.temperature[i] = bytes[at + 3];
    this.age[i] = bytes[at + 4];
    this.flags[i] = bytes[at + 5];
  }
}

/** Bytes of a base64 text. */
export function decodeBase64(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    bytes[i] = raw.charCodeAt(i);
  }
  return bytes;
}
