// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;

/**
 * What an agent publishes: readings of some devices of one node. {@code (agentEpoch, sequence)}
 * names the batch on its node: the same pair again is the same batch again.
 *
 * @param agentEpoch one life of one agent; a new one for every start, unless the same batches are
 *     sent again
 * @param sequence 0, 1, 2, ... within the epoch
 */
public record TelemetryBatch(
    String site, String node, long agentEpoch, long sequence, List<DeviceSeries> devices) {
  public TelemetryBatch {
    Keys.check(site, "site");
    Keys.check(node, "node");
    devices = List.copyOf(requireNonNull(devices, "devices is null"));
    if (sequence < 0) {
      throw new IllegalArgumentException("sequence is " + sequence);
    }
  }

  /** Readings in this batch: rows, over all devices. */
  public int readings() {
    int sum = 0;
    for (DeviceSeries series : devices) {
      sum += series.readings().size();
    }
    return sum;
  }
}
