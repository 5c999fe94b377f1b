// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The figures of one program, read when they are asked for: counting itself costs what an addition
 * costs. Safe for use by many threads once all are shown.
 */
public final class Metrics {
  private static final Logger log = LoggerFactory.getLogger(Metrics.class);
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Values by the text of their label, empty if there is none. */
  private final Map<Metric, Supplier<Map<String, Double>>> shown = new EnumMap<>(Metric.class);

  /** With the figures that every process has. */
  public Metrics() {
    ProcessHandle.Info self = ProcessHandle.current().info();
    show(
        Metric.CPU_SECONDS,
        () ->
            ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L)
                / 1e3);
    show(
        Metric.START_SECONDS,
        () -> self.startInstant().map(Instant::toEpochMilli).orElse(0L) / 1e3);
    show(
        Metric.HEAP_BYTES,
        () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    show(Metric.RESIDENT_BYTES, Metrics::residentBytes);
  }

  /** Shows a figure. */
  public Metrics show(Metric metric, DoubleSupplier value) {
    shown.put(metric, () -> Map.of("", value.getAsDouble()));
    return this;
  }

  /** Shows something that is true or not, as 1 or 0. */
  public Metrics showIf(Metric metric, Supplier<Boolean> condition) {
    return show(metric, () -> condition.get() ? 1 : 0);
  }

  /**
   * Shows a figure for each of several things.
   *
   * @param label what they are: {@code probe}
   * @param values by name
   */
  public Metrics show(
      Metric metric, String label, Supplier<? extends Map<String, ? extends Number>> values) {
    shown.put(
        metric,
        () -> {
          Map<String, Double> labelled = new TreeMap<>();
          values
              .get()
              .forEach((name, value) ->
                  labelled.put("{%s=\"%s\"}".formatted(label, escaped(name)), value.doubleValue()));
          return labelled;
        });
    return this;
  }

  /**
   * Shows a figure for each of several things that more than one label names.
   *
   * @param values by labels in Prometheus' form: {@code {route="/",status="200"}}
   */
  public Metrics showLabelled(Metric metric, Supplier<Map<String, Double>> values) {
    shown.put(metric, values);
    return this;
  }

  /**
   * Shows a histogram.
   *
   * @param counts how many were at most so large, by bound; the last bound is infinite
   * @param sum of all
   */
  public Metrics showHistogram(
      Metric metric, Supplier<? extends Map<Double, Long>> counts, DoubleSupplier sum) {
    shown.put(
        metric,
        () -> {
          Map<String, Double> lines = new LinkedHashMap<>();
          double all = 0;
          for (Map.Entry<Double, Long> bound : new TreeMap<>(counts.get()).entrySet()) {
            all = bound.getValue();
            String text = bound.getKey().isInfinite() ? "+Inf" : number(bound.getKey());
            lines.put("_bucket{le=\"%s\"}".formatted(text), all);
          }
          lines.put("_sum", sum.getAsDouble());
          lines.put("_count", all);
          return lines;
        });
    return this;
  }

  private static String escaped(String value) {
    return ShownText.of(value).replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /**
   * All of it in Prometheus' text format 0.0.4.
   *
   * @see <a
   *     href="https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format">format</a>
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    shown.forEach((metric, values) -> {
      String name = metric.metricName();
      text.append("# HELP ").append(name).append(' ').append(metric.help()).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(metric.type()).append('\n');
      values
          .get()
          .forEach((label, value) ->
              text.append(name).append(label).append(' ').append(number(value)).append('\n'));
    });
    return text.toString();
  }

  private static String number(double value) {
    // whole numbers as such: 1.7E9 is allowed, but hard to read
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** From {@code VmRSS} of proc_pid_status(5); 0 where there is none. */
  private static double residentBytes() {
    if (Files.isReadable(STATUS)) {
      try {
        for (String line : Files.readAllLines(STATUS)) {
          if (line.startsWith("VmRSS:")) {
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024.0;
          }
        }
      } catch (IOException | NumberFormatException e) {
        log.debug("{} cannot be read", STATUS, e);
      }
    }
    return 0;
  }
}
