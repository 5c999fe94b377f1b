// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node as it was last heard, and the sums that its power is in. One thread. */
final class AlertedNode {
  /** Whether it is heard. */
  enum Presence {
    REPORTING,
    /** Not heard for a while: its last power counts on. */
    SILENT,
    /** Not heard for so long that its power no longer counts. */
    GONE
  }

  /** News of nodes as they came in one record, kept as long as they are the latest of some. */
  static final class Kept {
    final long number;
    final int told;

    /** Of those told in it, the nodes whose latest news it is. */
    int nodes;

    Kept(long number, int told) {
      this.number = number;
      this.told = told;
    }

    /** In the order in which they came, as text. */
    String name() {
      return HexFormat.of().toHexDigits(number);
    }
  }

  static final ScopePower[] NO_DRAWS = {};

  final String name;
  NodePower power;

  /** Time of its latest reading, not later than it came, Unix epoch, ms. */
  long seenMillis;

  /** The least that it drew: what is left of it when it is idle. */
  long floorMilliwatts = Long.MAX_VALUE;

  /** What is written down of that. */
  long keptFloorMilliwatts = Long.MAX_VALUE;

  /** Where its latest news are written down. */
  @Nullable Kept kept;

  Presence presence = Presence.REPORTING;
  Map<String, String> labels = Map.of();
  List<GpuPower> gpus = List.of();

  // kept by the sums: in which it is, with how much, and where its jobs, users and projects are
  ScopePower[] draws = NO_DRAWS;
  long[] drew = {};
  int[] jobAt = {};
  int[] userAt = {};
  int[] projectAt = {};

  AlertedNode(String name, NodePower power, long seenMillis) {
    this.name = name;
    this.power = power;
    this.seenMillis = seenMillis;
  }

  /** What it draws as part of a sum. */
  long in(ScopePower draw) {
    for (int i = 0; i < draws.length; i++) {
      if (draws[i] == draw) {
        return drew[i];
      }
    }
    return 0;
  }
}
