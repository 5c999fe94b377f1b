// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** Keeps what is published, and works out energy from it in its own, plain way. */
final class Recorded implements Publisher {
  private static final long LONG_GAP_MILLIS = 300_000;

  final List<Object> all = new ArrayList<>();
  final List<TelemetryBatch> batches = new ArrayList<>();
  final List<AllocationEvent> allocations = new ArrayList<>();
  final List<JobRecord> jobs = new ArrayList<>();
  int flushes;

  @Override
  public void publish(TelemetryBatch batch) {
    all.add(batch);
    batches.add(batch);
  }

  @Override
  public void publish(AllocationEvent event) {
    all.add(event);
    allocations.add(event);
  }

  @Override
  public void publish(JobRecord job) {
    all.add(job);
    jobs.add(job);
  }

  @Override
  public void publish(NodeRecord node) {
    all.add(node);
  }

  @Override
  public void flush() {
    flushes++;
  }

  @Override
  public void close() {}

  static Recorded of(TraceSet traces) {
    Recorded recorded = new Recorded();
    traces.publish(recorded, _ -> {}, () -> false);
    return recorded;
  }

  Set<String> nodesOf(String job) {
    Set<String> nodes = new LinkedHashSet<>();
    for (AllocationEvent event : allocations) {
      if (event.job().equals(job) && event.action() == AllocationEvent.Action.HOLD) {
        nodes.add(event.node());
      }
    }
    return nodes;
  }

  Set<Device> devicesOf(String node) {
    Set<Device> devices = new LinkedHashSet<>();
    for (TelemetryBatch batch : batches) {
      if (batch.node().equals(node)) {
        batch.devices().forEach(series -> devices.add(series.device()));
      }
    }
    return devices;
  }

  /** Power in mW by time; of equal times the last. What is missing or not over 0 is left out. */
  NavigableMap<Long, Long> power(String node, String device) {
    TreeMap<Long, Long> power = new TreeMap<>();
    for (TelemetryBatch batch : batches) {
      for (DeviceSeries series : batch.devices()) {
        if (!batch.node().equals(node) || !series.device().id().equals(device)) {
          continue;
        }
        Readings readings = series.readings();
        for (int i = 0; i < readings.size(); i++) {
          if (readings.power(i) > 0) {
            power.put(readings.epochMillis()[i], readings.power(i));
          }
        }
      }
    }
    return power;
  }

  /**
   * Energy in J between two times: trapezoids, cut by interpolation at the edges, and the first and
   * last value held to an edge that has nothing beyond it, or only another run's readings long
   * before or after.
   */
  double joules(String node, String device, long start, long stop) {
    NavigableMap<Long, Long> power = power(node, device);
    TreeMap<Long, Double> points = new TreeMap<>();
    power.subMap(start, true, stop, true).forEach((time, value) -> points.put(time, value * 1.0));
    for (long edge : new long[] {start, stop}) {
      Map.Entry<Long, Long> before = power.floorEntry(edge);
      Map.Entry<Long, Long> after = power.ceilingEntry(edge);
      if (before == null && after == null) {
        return 0;
      }
      if (before == null || after == null || after.getKey() - before.getKey() > LONG_GAP_MILLIS) {
        boolean later = before == null || (after != null && edge == start);
        points.put(edge, (later ? after : before).getValue() * 1.0);
      } else if (before.getKey() < after.getKey()) {
        double part = (edge - before.getKey()) / (double) (after.getKey() - before.getKey());
        points.put(
            edge, before.getValue() + part * (after.getValue() - (double) before.getValue()));
      }
    }
    double joules = 0;
    Map.Entry<Long, Double> previous = null;
    for (Map.Entry<Long, Double> point : points.entrySet()) {
      if (previous != null) {
        joules +=
            (previous.getValue() + point.getValue())
                / 2
                * (point.getKey() - previous.getKey())
                / 1e6;
      }
      previous = point;
    }
    return joules;
  }
}
