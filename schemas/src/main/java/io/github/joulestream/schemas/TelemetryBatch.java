// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import java.util.List;

/**
 * What an agent publishes: readings of some devices of one node. {@code (agentEpoch, sequence)}
 * names the batch on its node: the same pair again is the same batch again.
 *
 * @param agentEpoch one life of one agent; a new one for every start, unless the same batches are
 *     sent again
 * @param sequence 0, 1, 2, ... within the epoch
 * @param clockOffsetMillis to be added to the readings' times: the broker's clock minus the node's,
 *     where the agent measured it
 * @param statuses state of some of these devices, at times of their own
 */
public record TelemetryBatch(
    String site,
    String node,
    long agentEpoch,
    long sequence,
    List<DeviceSeries> devices,
    long clockOffsetMillis,
    List<DeviceStatus> statuses) {
  public TelemetryBatch {
    Keys.check(site, "site");
    Keys.check(node, "node");
    Bounds.count(
        requireNonNull(devices, "devices is null").size(), Bounds.DEVICES, "devices of a batch");
    devices = List.copyOf(devices);
    Bounds.count(sequence, Long.MAX_VALUE, "sequence of a batch");
    Bounds.count(rows(devices), Bounds.READINGS, "readings of a batch");
    checkOffset(clockOffsetMillis);
    statuses = List.copyOf(statuses);
    Bounds.count(statuses.size(), Bounds.STATUSES, "statuses of a batch");
    for (DeviceStatus status : statuses) {
      if (devices.stream().noneMatch(series -> series.device().id().equals(status.deviceId()))) {
        throw new IllegalArgumentException(
            "a status of %s, which is not in the batch".formatted(Bounds.shown(status.deviceId())));
      }
    }
  }

  /** Without statuses. */
  public TelemetryBatch(
      String site,
      String node,
      long agentEpoch,
      long sequence,
      List<DeviceSeries> devices,
      long clockOffsetMillis) {
    this(site, node, agentEpoch, sequence, devices, clockOffsetMillis, List.of());
  }

  /** From a node whose clock is right. */
  public TelemetryBatch(
      String site, String node, long agentEpoch, long sequence, List<DeviceSeries> devices) {
    this(site, node, agentEpoch, sequence, devices, 0, List.of());
  }

  /** Its readings at their right times. */
  public List<DeviceSeries> devicesInTime() {
    return clockOffsetMillis == 0
        ? devices
        : devices.stream()
            .map(series ->
                new DeviceSeries(series.device(), series.readings().movedBy(clockOffsetMillis)))
            .toList();
  }

  /** Readings in this batch: rows, over all devices. */
  public int readings() {
    return (int) rows(devices);
  }

  static void checkOffset(long clockOffsetMillis) {
    if (clockOffsetMillis < -Bounds.CLOCK_OFFSET_MILLIS
        || clockOffsetMillis > Bounds.CLOCK_OFFSET_MILLIS) {
      throw new IllegalArgumentException(
          "a clock is off by %d ms: more than a hundred years".formatted(clockOffsetMillis));
    }
  }

  private static long rows(List<DeviceSeries> devices) {
    long sum = 0;
    for (DeviceSeries series : devices) {
      sum += series.readings().size();
    }
    return sum;
  }
}
