// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.StatusRows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/**
 * Instances of a GPU (MIG) that each repeat the power and the counter of the GPU: one device,
 * counted once. Jobs hold shares of the GPU.
 */
final class MigInstances {
  private static final long[] NONE = {};

  private MigInstances() {}

  /** The same readings, with one series for each GPU. */
  static List<DeviceSeries> merged(List<DeviceSeries> devices) {
    Map<String, List<DeviceSeries>> byGpu = new LinkedHashMap<>();
    for (DeviceSeries series : devices) {
      Device device = series.device();
      String gpu = device.instanceOf().isEmpty() ? device.id() : device.instanceOf();
      byGpu.computeIfAbsent(gpu, _ -> new ArrayList<>()).add(series);
    }
    List<DeviceSeries> merged = new ArrayList<>();
    byGpu.values().forEach(instances -> merged.add(one(instances)));
    return merged;
  }

  /** True if a batch holds instances. */
  static boolean anyIn(ReadingColumns batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (!batch.device(i).instanceOf().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds the statuses of a batch to the merged one. Of a GPU and its instances, at one time, each
   * column counts once: each of them repeats the GPU's.
   */
  static void mergeStatuses(ReadingColumns batch, ReadingColumns merged) {
    StatusRows from = batch.statuses();
    StatusRows to = merged.statuses();
    Map<String, Integer> gpus = new HashMap<>();
    for (int d = 0; d < merged.size(); d++) {
      gpus.put(merged.device(d).id(), d);
    }
    record At(int device, long epochMillis) {}
    Map<At, Integer> rows = new HashMap<>();
    for (int row = 0; row < from.size(); row++) {
      int gpu = requireNonNull(gpus.get(batch.device(from.device(row)).whole().id()));
      At at = new At(gpu, from.epochMillis(row));
      int mergedRow = rows.computeIfAbsent(at, key -> to.add(key.device, key.epochMillis));
      for (int c = 0; c < StatusColumn.count(); c++) {
        StatusColumn column = StatusColumn.at(c);
        if (to.get(mergedRow, column) == Readings.MISSING) {
          to.set(mergedRow, column, from.get(row, column));
        }
      }
    }
  }

  private static DeviceSeries one(List<DeviceSeries> instances) {
    DeviceSeries first = instances.getFirst();
    if (instances.size() == 1 && first.device().instanceOf().isEmpty()) {
      return first;
    }
    // of a time the first row counts; its utilisation is that of the busiest instance
    Map<Long, long[]> rows = new LinkedHashMap<>();
    for (DeviceSeries instance : instances) {
      Readings readings = instance.readings();
      for (int row = 0; row < readings.size(); row++) {
        long[] values = {
          readings.power(row), readings.energy(row), readings.utilisation(row), readings.used(row)
        };
        rows.merge(readings.epochMillis()[row], values, MigInstances::together);
      }
    }
    List<long[]> values = List.copyOf(rows.values());
    return new DeviceSeries(
        first.device().whole(),
        new Readings(
            rows.keySet().stream().mapToLong(Long::longValue).toArray(),
            column(values, 0),
            column(values, 1),
            column(values, 2),
            column(values, 3),
            NONE,
            NONE));
  }

  private static long[] together(long[] a, long[] b) {
    LongBinaryOperator either = (x, y) -> x != Readings.MISSING ? x : y;
    return new long[] {
      either.applyAsLong(a[0], b[0]),
      either.applyAsLong(a[1], b[1]),
      Math.max(a[2], b[2]), // MISSING is the least there is
      Math.max(a[3], b[3])
    };
  }

  private static long[] column(List<long[]> rows, int column) {
    return IntStream.range(0, rows.size()).mapToLong(row -> rows.get(row)[column]).toArray();
  }
}
