// SPDX-License-Identifier: Apache-2.0
// Where the cells of the map lie. Racks are blocks of the same width; blocks fill lines from left to right, so that
// the cell under a point follows by arithmetic, however many cells there are.

/** Over this number of nodes racks are shown instead of nodes. */
export const MOST_NODES = 5000;

const SMALLEST = 6;
const LARGEST = 56;
const BETWEEN_NAMED = 12;
const BETWEEN_UNNAMED = 5;
/** Racks of so few nodes have a name by line of racks only: a name each needs more space than the cells. */
const FEW = 8;

/**
 * Runs of equal racks.
 * @param {string[]} racks rack of each node, empty if it has none; nodes of a rack follow each other
 * @returns {{name: string, first: number, count: number}[]}
 */
export function groupsOf(racks) {
  const groups = [];
  for (let i = 0; i < racks.length; i++) {
    const last = groups[groups.length - 1];
    if (last && last.name === racks[i]) {
      last.count++;
    } else {
      groups.push({name: racks[i], first: i, count: 1});
    }
  }
  return groups;
}

/** One group without a name: cells that are not in racks, or are racks. */
export function oneGroup(count) {
  return count > 0 ? [{name: '', first: 0, count}] : [];
}

/** Width for the names of racks, px; 0 if there are none. The names are set in 11 px. */
export function labelWidth(groups) {
  let longest = 0;
  for (const group of groups) {
    longest = Math.max(longest, group.name.length);
  }
  return longest === 0 ? 0 : 8 + Math.min(longest, 10) * 7;
}

/**
 * Lays out groups in a width. The largest cells are taken whose height is within the height wished for; if there are
 * none, the smallest, and the map is higher.
 * @param {{name: string, first: number, count: number}[]} groups
 * @param {number} width of the map, CSS px
 * @param {number} wished height, CSS px
 * @param {number} [smallest] smallest pitch of cells, CSS px; fingers need more than a mouse
 */
export function layoutOf(groups, width, wished, smallest = SMALLEST) {
  let most = 1;
  for (const group of groups) {
    most = Math.max(most, group.count);
  }
  const label = labelWidth(groups);
  const shape = most <= FEW ? {margin: label, label: 0, gap: label === 0 ? 0 : BETWEEN_UNNAMED}
    : {margin: 0, label, gap: BETWEEN_NAMED};
  let best = null;
  for (let pitch = LARGEST; pitch >= smallest; pitch--) {
    best = bestOf(groups, most, width, pitch, shape);
    if (best.height <= wished) {
      break;
    }
  }
  return best;
}

/** Of the forms that a block can have at this size of cells, the one that needs the least height. */
function bestOf(groups, most, width, pitch, shape) {
  const left = shape.margin + shape.label;
  const fit = Math.max(1, Math.floor((width - left - 1) / pitch));
  let best = null;
  let tried = -1;
  for (let lines = Math.ceil(most / fit); lines <= Math.min(most, Math.ceil(most / fit) + 8); lines++) {
    const columns = Math.min(fit, Math.ceil(most / lines));
    if (columns !== tried) {
      const block = shape.label + columns * pitch + 1 + shape.gap;
      const blocks = Math.max(1, Math.floor((width - shape.margin + shape.gap) / block));
      const layout = new Layout(groups, width, pitch, shape, columns, blocks);
      if (best === null || layout.height < best.height) {
        best = layout;
      }
      tried = columns;
    }
  }
  return best;
}

/** Where cells lie. All lengths are CSS px. */
export class Layout {
  /**
   * @param {{name: string, first: number, count: number}[]} groups
   * @param {number} width of the map
   * @param {number} pitch from a cell to the next
   * @param {{margin: number, label: number, gap: number}} shape width of the names of lines of racks and of racks, and
   *     of what is between blocks
   * @param {number} columns cells in a line of a block
   * @param {number} blocks in a shelf
   */
  constructor(groups, width, pitch, shape, columns, blocks) {
    this.groups = groups;
    this.width = width;
    this.pitch = pitch;
    this.margin = shape.margin;
    this.label = shape.label;
    this.named = shape.margin + shape.label > 0;
    this.columns = columns;
    this.blocks = blocks;
    this.blockWidth = shape.label + columns * pitch + 1 + shape.gap;
    this.between = !this.named ? 0 : Math.max(2, Math.min(8, Math.round(pitch / 3)));
    const shelves = Math.ceil(groups.length / blocks);
    this.tops = new Float64Array(shelves + 1);
    for (let shelf = 0; shelf < shelves; shelf++) {
      let lines = 1;
      for (let g = shelf * blocks; g < Math.min(groups.length, (shelf + 1) * blocks); g++) {
        lines = Math.max(lines, this.linesOf(g));
      }
      this.tops[shelf + 1] = this.tops[shelf] + Math.max(lines * pitch + 1, this.least()) + this.between;
    }
    this.height = Math.max(0, this.tops[shelves] - this.between);
    this.count = groups.length === 0 ? 0 : groups[groups.length - 1].first + groups[groups.length - 1].count;
  }

  /** A shelf is at least as high as the name of a rack. */
  least() {
    return this.named ? 12 : 0;
  }

  linesOf(group) {
    return Math.ceil(this.groups[group].count / this.columns);
  }

  /** Left edge of the first cell of a group, and its top. */
  blockOf(group) {
    const shelf = Math.floor(group / this.blocks);
    return {x: this.margin + (group % this.blocks) * this.blockWidth + this.label, y: this.tops[shelf]};
  }

  /** The group of a cell, by bisection. */
  groupOf(cell) {
    let low = 0;
    let high = this.groups.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.groups[middle].first <= cell) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Left, top edge of a cell, without the line around it. */
  placeOf(cell) {
    const group = this.groupOf(cell);
    const at = cell - this.groups[group].first;
    const block = this.blockOf(group);
    return {
      x: block.x + (at % this.columns) * this.pitch,
      y: block.y + Math.floor(at / this.columns) * this.pitch,
    };
  }

  /** The cell at a point; -1 if there is none. */
  cellAt(x, y) {
    if (x < this.margin || y < 0 || y >= this.height || this.groups.length === 0) {
      return -1;
    }
    const shelf = this.shelfAt(y);
    const block = Math.floor((x - this.margin) / this.blockWidth);
    const group = shelf * this.blocks + block;
    if (block >= this.blocks || group >= this.groups.length) {
      return -1;
    }
    const column = Math.floor((x - this.margin - block * this.blockWidth - this.label) / this.pitch);
    const line = Math.floor((y - this.tops[shelf]) / this.pitch);
    const at = line * this.columns + column;
    if (column < 0 || column >= this.columns || at >= this.groups[group].count) {
      return -1;
    }
    return this.groups[group].first + at;
  }

  shelfAt(y) {
    let low = 0;
    let high = this.tops.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * The cell that a key leads to.
   * @param {number} cell where the cursor is; -1 before the first
   * @param {string} key as KeyboardEvent.key
   * @returns {number} -1 if the key leads nowhere
   */
  step(cell, key) {
    if (this.count === 0) {
      return -1;
    }
    if (cell < 0) {
      return ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'Home', 'PageDown', 'PageUp'].includes(key)
        ? 0 : key === 'End' ? this.count - 1 : -1;
    }
    const group = this.groupOf(cell);
    switch (key) {
      case 'ArrowRight': return Math.min(this.count - 1, cell + 1);
      case 'ArrowLeft': return Math.max(0, cell - 1);
      case 'ArrowDown': return this.vertical(cell, 1);
      case 'ArrowUp': return this.vertical(cell, -1);
      case 'Home': return 0;
      case 'End': return this.count - 1;
      case 'PageDown': return this.groups[Math.min(this.groups.length - 1, group + 1)].first;
      case 'PageUp': return cell > this.groups[group].first ? this.groups[group].first
        : this.groups[Math.max(0, group - 1)].first;
      default: return -1;
    }
  }

  /** The cell above or below; at an edge of a block the nearest of the block above or below it. */
  vertical(cell, direction) {
    const group = this.groupOf(cell);
    const at = cell - this.groups[group].first;
    const column = at % this.columns;
    const line = Math.floor(at / this.columns) + direction;
    if (line >= 0 && line < this.linesOf(group)) {
      return this.groups[group].first + Math.min(this.groups[group].count - 1, line * this.columns + column);
    }
    const other = group + direction * this.blocks;
    if (other < 0 || other >= this.groups.length) {
      return cell;
    }
    const its = direction > 0 ? 0 : this.linesOf(other) - 1;
    return this.groups[other].first + Math.min(this.groups[other].count - 1, its * this.columns + column);
  }
}
