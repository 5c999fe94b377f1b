// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How often what goes wrong at a simulated site.
 *
 * @param duplicates share of batches and events that are sent twice
 * @param reordered share of batches that come up to 30 s late
 * @param lost share of batches that never come
 * @param outages times per node and hour that a node is cut off for 5 to 40 minutes; its agent
 *     spools, and sends the spool afterwards
 * @param resets times per device and hour that a counter begins anew; every other one silently
 * @param wraps share of nodes whose processors' counters have a modulus of 65,536 J
 * @param sentinels share of fields that hold a number for "no value"
 * @param spikes share of fields a thousand times too large
 * @param stuck times per device and hour that a counter stops for 12 to 60 s
 * @param skew share of nodes whose clock is off by up to 5 s; every third jumps
 * @param late share of allocation events that come up to an hour late
 * @param missing share of allocation events that never come; agents notice half of the lost ends
 * @param mig share of nodes whose GPUs appear as instances that repeat the GPU's counter
 */
public record FaultRates(
    double duplicates,
    double reordered,
    double lost,
    double outages,
    double resets,
    double wraps,
    double sentinels,
    double spikes,
    double stuck,
    double skew,
    double late,
    double missing,
    double mig) {

  private static final Set<String> PER_HOUR = Set.of("outages", "resets", "stuck");
  private static final double MAX_PER_HOUR = 1_000;

  /** Nothing goes wrong. */
  public static final FaultRates NONE = parse(zeros());

  /** A bad day: all of it happens. */
  public static final FaultRates DEFAULT = parse("");

  private static String zeros() {
    return names().stream().map(name -> name + "=0").collect(Collectors.joining(","));
  }

  /** The faults there are. */
  public static List<String> names() {
    return Arrays.stream(FaultRates.class.getRecordComponents())
        .map(component -> component.getName())
        .toList();
  }

  /**
   * From {@code duplicates=0.1,stuck=0}; what is not named has the rate of a bad day.
   *
   * @throws IllegalArgumentException if a name or a rate is not one
   */
  public static FaultRates parse(String text) {
    Map<String, Double> rates = new LinkedHashMap<>();
    if (!text.isBlank()) {
      for (String entry : text.split(",", -1)) {
        int at = entry.indexOf('=');
        String name = at < 0 ? entry.strip() : entry.substring(0, at).strip();
        if (at < 0 || !names().contains(name)) {
          throw new IllegalArgumentException(
              "'%s' is not a fault and its rate, such as stuck=0.1; faults are %s"
                  .formatted(entry, String.join(", ", names())));
        }
        rates.put(name, rate(name, entry.substring(at + 1).strip()));
      }
    }
    return new FaultRates(
        rates.getOrDefault("duplicates", 0.01),
        rates.getOrDefault("reordered", 0.02),
        rates.getOrDefault("lost", 0.0005),
        rates.getOrDefault("outages", 0.1),
        rates.getOrDefault("resets", 0.02),
        rates.getOrDefault("wraps", 0.25),
        rates.getOrDefault("sentinels", 0.0005),
        rates.getOrDefault("spikes", 0.0002),
        rates.getOrDefault("stuck", 0.02),
        rates.getOrDefault("skew", 0.03),
        rates.getOrDefault("late", 0.1),
        rates.getOrDefault("missing", 0.01),
        rates.getOrDefault("mig", 0.1));
  }

  private static double rate(String name, String text) {
    boolean timesPerHour = PER_HOUR.contains(name);
    double most = timesPerHour ? MAX_PER_HOUR : 1;
    double rate;
    try {
      rate = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s=%s: not a number".formatted(name, text), e);
    }
    if (!(rate >= 0 && rate <= most)) {
      throw new IllegalArgumentException(
          timesPerHour
              ? "%s=%s: takes 0 to %.0f times per hour".formatted(name, text, most)
              : "%s=%s: takes a share from 0 to 1".formatted(name, text));
    }
    return rate;
  }
}
