// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

/**
 * Kind of device that power is measured of. Sums are kept per kind; see {@link Device#containedIn}.
 */
public enum DeviceKind {
  /** One GPU board, its memory included. */
  GPU(0),
  /** The main memory of a node, or of one of its sockets. */
  MEMORY(1),
  /** One drive. */
  STORAGE(2),
  /** One processor package. */
  CPU(3),
  /** A node at its supply; contains everything inside it. */
  NODE(4),
  /**
   * All that a site consumes, from whatever source: cooling, network and losses included. Where it
   * is measured with generation behind the meter, see docs/measurement.md.
   */
  FACILITY(5),
  /** Output of a site's uninterruptible power supplies: what its IT equipment is supplied with. */
  UPS(6),
  /** Output of a site's power distribution units, between UPS and nodes. */
  PDU(7),
  /** On-site generation: solar, wind, batteries that discharge, generators. */
  GENERATION(8),
  /** What a site exports to the grid. */
  EXPORT(9);

  private static final DeviceKind[] BY_CODE = {
    GPU, MEMORY, STORAGE, CPU, NODE, FACILITY, UPS, PDU, GENERATION, EXPORT
  };

  private final int code;

  DeviceKind(int code) {
    this.code = code;
  }

  /**
   * True of the kinds of meters that measure a site and not a node. They are beside the balance:
   * they add to no total and are never attributed to jobs. Meters of one kind add up: two
   * connections to the grid, the outputs of all UPSs.
   */
  public boolean isSiteMeter() {
    return switch (this) {
      case GPU, MEMORY, STORAGE, CPU, NODE -> false;
      case FACILITY, UPS, PDU, GENERATION, EXPORT -> true;
    };
  }

  /** The number that stands for the kind on the wire and in state; it never changes. */
  public int code() {
    return code;
  }

  /**
   * The kind that a code stands for.
   *
   * @throws IllegalArgumentException if this release knows no such kind
   */
  public static DeviceKind ofCode(int code) {
    if (code < 0 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("no kind of device has code " + code);
    }
    return BY_CODE[code];
  }
}
