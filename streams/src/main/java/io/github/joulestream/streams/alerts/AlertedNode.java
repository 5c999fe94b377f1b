// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node as it last reported, and the sums that hold its power. One thread. */
final class AlertedNode {
  /** Whether it reports. */
  enum Presence {
    REPORTING,
    /** Without data for a minute: its last power still counts. */
    SILENT,
    /** Without data for ten minutes: its power no longer counts. */
    GONE
  }

  static final ScopePower[] NO_SUMS = {};

  final String name;
  NodePower power;

  /** Time of its latest reading, not later than its arrival, Unix epoch, ms. */
  long seenMillis;

  /** Its lowest power: an estimate of its power at idle. */
  long floorMilliwatts = Long.MAX_VALUE;

  /** The lowest power that is stored. */
  long storedFloorMilliwatts = Long.MAX_VALUE;

  /** The record that its latest power is stored in. */
  @Nullable PowerRecord record;

  Presence presence = Presence.REPORTING;
  Map<String, String> labels = Map.of();
  List<GpuPower> gpus = List.of();

  /** Its memory, storage and GPUs as it last stated them. */
  @Nullable NodeCapacity capacity;

  /** Time of the reading as of which it did, Unix epoch, ms. */
  long capacityMillis = Long.MIN_VALUE;

  // set by PoolWatch: its place among the nodes of that hour
  int poolPlace;
  long poolHourMillis = Long.MIN_VALUE;

  // set by SitePower: the sums that hold it, with how much each, and the places of its jobs, users
  // and projects among them
  ScopePower[] sums = NO_SUMS;
  long[] milliwattsBySum = {};
  int[] jobAt = {};
  int[] userAt = {};
  int[] projectAt = {};

  AlertedNode(String name, NodePower power, long seenMillis) {
    this.name = name;
    this.power = power;
    this.seenMillis = seenMillis;
  }

  /** Its share of a sum, mW. */
  long milliwattsIn(ScopePower sum) {
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] == sum) {
        return milliwattsBySum[i];
      }
    }
    return 0;
  }
}
