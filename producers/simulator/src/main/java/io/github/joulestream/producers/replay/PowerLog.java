// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The entries of one node's log that MLCommons' {@code result_summarizer} looks at, and its figure:
 * each value counts from the entry before it, from {@code power_measurement_start} to {@code
 * power_measurement_stop}; the sum is scaled by run time over log time, and multiplied by {@code
 * conversion_eff}.
 *
 * @see <a
 *     href="https://github.com/mlcommons/logging/blob/master/mlperf_logging/result_summarizer/result_summarizer.py">result_summarizer.py</a>
 */
final class PowerLog {
  private static final double MILLIS_PER_SECOND = 1_000;

  private enum What {
    START,
    READING,
    STOP
  }

  private record Entry(What what, long epochMillis, double watts) {}

  private final List<Entry> entries = new ArrayList<>();
  private double conversionEfficiency = 1;
  private boolean stopIsNone;

  void start(long epochMillis) {
    entries.add(new Entry(What.START, epochMillis, 0));
  }

  void stop(long epochMillis) {
    entries.add(new Entry(What.STOP, epochMillis, 0));
  }

  void reading(long epochMillis, double watts) {
    entries.add(new Entry(What.READING, epochMillis, watts));
  }

  void conversionEfficiency(double factor) {
    conversionEfficiency = factor;
  }

  double conversionEfficiency() {
    return conversionEfficiency;
  }

  /**
   * True if the log's stop is not after its start, as logs are that write the start's time twice.
   * Such a log has no stop, and its last reading takes its place, as the formula has it for logs
   * without one.
   */
  boolean stopIsNone() {
    return stopIsNone;
  }

  /** The formula's energy of a run of that length; empty if the log has no start or no length. */
  OptionalDouble joules(long runMillis) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::epochMillis));
    OptionalLong start = last(sorted, What.START);
    if (start.isEmpty()) {
      return OptionalDouble.empty();
    }
    OptionalLong stop = last(sorted, What.STOP);
    stopIsNone = stop.isPresent() && stop.getAsLong() <= start.getAsLong();
    boolean stops = stop.isPresent() && !stopIsNone;
    double wattMillis = 0;
    long before = 0;
    long latest = 0;
    boolean started = false;
    for (Entry entry : sorted) {
      switch (entry.what) {
        case START -> {
          started = true;
          before = entry.epochMillis;
        }
        case READING -> {
          if (started) {
            wattMillis += entry.watts * (entry.epochMillis - before);
            before = entry.epochMillis;
            latest = entry.epochMillis;
          }
        }
        case STOP -> {
          if (stops) {
            return scaled(wattMillis, runMillis, entry.epochMillis - start.getAsLong());
          }
        }
      }
    }
    return scaled(wattMillis, runMillis, latest - start.getAsLong());
  }

  private OptionalDouble scaled(double wattMillis, long runMillis, long logMillis) {
    return logMillis <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            conversionEfficiency * wattMillis * runMillis / logMillis / MILLIS_PER_SECOND);
  }

  private static OptionalLong last(List<Entry> entries, What what) {
    return entries.stream().filter(entry -> entry.what == what).mapToLong(Entry::epochMillis).max();
  }
}
