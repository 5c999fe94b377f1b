// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.SensorWindow;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the sensors that a job's GPU energy was read from, and what follows for how far
 * it may be off.
 */
public record SensorFigures(List<Sensor> sensors) implements Figures {
  // nvidia-smi against a shunt meter, seven sets of arXiv:2312.02741
  private static final double SAID_TOO_LITTLE = 9.1;
  private static final double SAID_TOO_MUCH = 3.4;
  // what calibration left of it in the same sets
  private static final double CALIBRATED = 1;

  /**
   * The sensor of one GPU.
   *
   * @param model empty if unknown
   * @param column that its power is from
   * @param window what its readings are the mean of, null if unknown
   * @param lowestMilliwatts its least reading during the job
   * @param meanMilliwatts mean of its readings during the job, 0 if there are none
   * @param highestMilliwatts its greatest reading during the job
   */
  public record Sensor(
      String model,
      String column,
      @Nullable SensorWindow window,
      long lowestMilliwatts,
      long meanMilliwatts,
      long highestMilliwatts) {

    /** Error bound of the energy, in percent of it. */
    private Bound bound(Calibration calibration) {
      boolean calibrated = calibration.knows(model);
      double more = calibrated ? CALIBRATED : SAID_TOO_LITTLE;
      double less = calibrated ? CALIBRATED : SAID_TOO_MUCH;
      if (window != null && window.blind() && meanMilliwatts > 0) {
        // in the time that it does not see it may be anything between what it did see
        double unseen = 100.0 - window.seenPercent();
        more += unseen * (highestMilliwatts - meanMilliwatts) / meanMilliwatts;
        less += unseen * (meanMilliwatts - lowestMilliwatts) / meanMilliwatts;
      }
      return new Bound(less, more);
    }

    private String words(Calibration calibration) {
      String name = model.isEmpty() ? "a GPU whose log names no model" : model;
      String when =
          window == null
              ? "its averaging window is not known, not shifted"
              : "mean of %d ms, placed %d ms earlier"
                  .formatted(window.windowMillis(), window.centreMillis());
      String seen =
          window != null && window.blind()
              ? ", sees %d %% of the time".formatted(window.seenPercent())
              : "";
      String gain =
          calibration.knows(model)
              ? "calibrated"
              : model.isEmpty() ? "cannot be calibrated (--model names it)" : "not calibrated";
      return "%s, %s: %s%s; %s".formatted(name, column, when, seen, gain);
    }
  }

  /**
   * How far a figure may be off.
   *
   * @param lessPercent it may truly be so much less
   * @param morePercent it may truly be so much more
   */
  public record Bound(double lessPercent, double morePercent) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "-%.1f to +%.1f %%", lessPercent, morePercent);
    }
  }

  public SensorFigures {
    sensors = List.copyOf(sensors);
  }

  /** The widest error of any of the sensors; empty if there are none. */
  public Optional<Bound> bound(Calibration calibration) {
    List<Bound> bounds = sensors.stream().map(sensor -> sensor.bound(calibration)).toList();
    return bounds.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Bound(most(bounds, Bound::lessPercent), most(bounds, Bound::morePercent)));
  }

  private static double most(List<Bound> bounds, ToDoubleFunction<Bound> side) {
    return bounds.stream().mapToDouble(side).max().orElse(0);
  }

  /** What is known of the sensors, in words; equal sensors once. */
  public List<String> words(Calibration calibration) {
    return sensors.stream()
        .map(sensor -> sensor.words(calibration))
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }
}
