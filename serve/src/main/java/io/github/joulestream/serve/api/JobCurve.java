// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.Range;
import io.github.joulestream.store.history.JobStep;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Power of a job over time: means of steps, null where it has no energy. */
final class JobCurve {
  private static final Map<String, JobAmount> ENERGIES = new LinkedHashMap<>();
  private static final Map<String, JobAmount> TIMES = new LinkedHashMap<>();
  private static final double MILLIS_PER_SECOND = 1e3;

  static {
    ENERGIES.put("totalMilliwatts", JobAmount.TOTAL_MILLIJOULES);
    ENERGIES.put("gpuMilliwatts", JobAmount.GPU_MILLIJOULES);
    ENERGIES.put("cpuMilliwatts", JobAmount.CPU_MILLIJOULES);
    ENERGIES.put("memoryMilliwatts", JobAmount.MEMORY_MILLIJOULES);
    ENERGIES.put("storageMilliwatts", JobAmount.STORAGE_MILLIJOULES);
    ENERGIES.put("nodeMilliwatts", JobAmount.NODE_MILLIJOULES);
    ENERGIES.put("heldIdleMilliwatts", JobAmount.HELD_IDLE_MILLIJOULES);
    TIMES.put("gpusHeld", JobAmount.GPU_HELD_MILLIS);
    TIMES.put("gpusBusy", JobAmount.GPU_BUSY_MILLIS);
  }

  private static final List<String> COLUMNS =
      List.of(
          "time",
          "total_milliwatts",
          "gpu_milliwatts",
          "cpu_milliwatts",
          "memory_milliwatts",
          "storage_milliwatts",
          "node_milliwatts",
          "held_idle_milliwatts",
          "gpus_held",
          "gpus_busy");

  private final KnownJob job;
  private final Range range;
  private final int stepMillis;
  private final long until;
  private final Map<String, @Nullable Double[]> series = new LinkedHashMap<>();

  /** The document's {@code JobPower}. */
  record View(
      String site,
      String job,
      Range range,
      int stepSeconds,
      int steps,
      Map<String, @Nullable Double[]> series) {}

  /**
   * A curve.
   *
   * @param until steps that end later are left out, see {@link Settled}
   */
  JobCurve(KnownJob job, Range range, int stepMillis, long until) {
    this.job = job;
    this.until = until;
    this.range = range;
    this.stepMillis = stepMillis;
    int steps = Math.toIntExact(range.steps(stepMillis));
    ENERGIES.keySet().forEach(name -> series.put(name, new @Nullable Double[steps]));
    TIMES.keySet().forEach(name -> series.put(name, new @Nullable Double[steps]));
  }

  /** In whole steps. */
  Range range() {
    return range;
  }

  /** Adds a step, unless it is left out. */
  void add(JobStep step) {
    if (step.stepStart() + stepMillis > until) {
      return;
    }
    int at = Math.toIntExact((step.stepStart() - range.from().toEpochMilli()) / stepMillis);
    Totals<JobAmount> totals = step.totals();
    ENERGIES.forEach(
        (name, amount) -> set(name, at, totals.get(amount) / (stepMillis / MILLIS_PER_SECOND)));
    TIMES.forEach((name, amount) -> set(name, at, (double) totals.get(amount) / stepMillis));
  }

  private void set(String name, int at, double value) {
    @Nullable Double[] values = series.get(name);
    if (values != null) {
      values[at] = value;
    }
  }

  View json() {
    return new View(
        job.site(),
        job.job(),
        range,
        (int) (stepMillis / MILLIS_PER_SECOND),
        Math.toIntExact(range.steps(stepMillis)),
        series);
  }

  Answer.Csv csv() {
    List<@Nullable Double[]> columns = new ArrayList<>(series.values());
    return new Answer.Csv(
        COLUMNS,
        new AbstractList<List<@Nullable Object>>() {
          @Override
          public List<@Nullable Object> get(int step) {
            @Nullable Object[] row = new @Nullable Object[COLUMNS.size()];
            row[0] = Instant.ofEpochMilli(range.from().toEpochMilli() + (long) step * stepMillis);
            for (int i = 0; i < columns.size(); i++) {
              row[i + 1] = columns.get(i)[step];
            }
            return Arrays.asList(row);
          }

          @Override
          public int size() {
            return Math.toIntExact(range.steps(stepMillis));
          }
        });
  }
}
