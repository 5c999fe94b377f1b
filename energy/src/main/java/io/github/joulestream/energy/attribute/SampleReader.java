// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.Plausibility;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** From readings as they came to samples that can be used. */
final class SampleReader {
  private static final int MAX_REFUSALS = 5;

  private final Limits limits;
  private final Calibration calibration;

  SampleReader(Limits limits, Calibration calibration) {
    this.limits = limits;
    this.calibration = calibration;
  }

  /** Takes note of what is refused. */
  interface Refusals {
    void refused(Device device, int row, SiteAmount reason, long value);

    /** A row has neither power nor counter of the device. */
    default void empty(Device device, long epochMillis) {}
  }

  static final Refusals SILENT = (_, _, _, _) -> {};

  /**
   * The samples of a series in the order of time; of several at one time the last.
   *
   * <p>A power that is a mean over the time before the reading belongs into the middle of that
   * time. A counter's value belongs to the reading's own time, and so does everything that comes
   * with it.
   */
  List<Sample> read(DeviceSeries series, long arrivalEpochMillis, Refusals refusals) {
    Device device = series.device();
    Readings readings = series.readings();
    List<Sample> inOrder = new ArrayList<>(readings.size());
    boolean sorted = true;
    long latest = Long.MIN_VALUE;
    for (int row = 0; row < readings.size(); row++) {
      long time = readings.epochMillis()[row];
      if (time > arrivalEpochMillis + limits.futureMillis()) {
        refusals.refused(device, row, SiteAmount.REFUSED_FUTURE, time);
        continue;
      }
      if (time < 0) {
        // before 1970: no clock shows such a time
        refusals.refused(device, row, SiteAmount.REFUSED_LATE, time);
        continue;
      }
      if (Limits.isOld(time, arrivalEpochMillis)) {
        refusals.refused(device, row, SiteAmount.REFUSED_OLD, time);
        continue;
      }
      long power = readings.power(row);
      SiteAmount refusal = Plausibility.powerRefusal(device, power);
      if (refusal != null) {
        refusals.refused(device, row, refusal, power);
        power = MISSING;
      } else if (power != MISSING) {
        power = calibration.milliwatts(device, power);
      }
      long energy = readings.energy(row);
      refusal = Plausibility.counterRefusal(energy);
      if (refusal != null) {
        refusals.refused(device, row, refusal, energy);
        energy = MISSING;
      }
      long utilisation = readings.utilisation(row);
      refusal = Plausibility.utilisationRefusal(utilisation);
      if (refusal != null) {
        refusals.refused(device, row, refusal, utilisation);
        utilisation = MISSING;
      }
      long used = readings.used(row);
      refusal = Plausibility.bytesRefusal(used);
      if (refusal != null) {
        refusals.refused(device, row, refusal, used);
        used = MISSING;
      }
      if (power == MISSING && energy == MISSING) {
        refusals.empty(device, time);
        continue;
      }
      long placed = placed(device, time, energy != MISSING);
      sorted &= placed > latest;
      latest = placed;
      boolean ahead = time > arrivalEpochMillis + Limits.AHEAD_MILLIS;
      inOrder.add(new Sample(device, placed, power, energy, utilisation, used, ahead));
    }
    if (sorted) {
      return inOrder;
    }
    TreeMap<Long, Sample> byTime = new TreeMap<>();
    inOrder.forEach(sample -> byTime.merge(sample.epochMillis(), sample, Sample::preferred));
    return List.copyOf(byTime.values());
  }

  /**
   * True if rows of a device become samples as they are, whose energy follows from each two of
   * them: they follow the last sample in order and without a long gap, are plausible, and the
   * counter moves or there is none. For the hot path.
   *
   * @param lastMicrojoules counter of the last sample, or MISSING
   */
  static boolean areRegular(
      ReadingColumns batch,
      Device device,
      int from,
      int to,
      long lastMillis,
      long lastMilliwatts,
      long lastMicrojoules,
      long longGapMillis) {
    long floorMilliwatts = Plausibility.floorMilliwatts(device);
    long ceilingMilliwatts = Plausibility.ceilingMilliwatts(device);
    long[] times = batch.epochMillis();
    long[] powers = batch.powerMilliwatts();
    long[] counters = batch.energyMicrojoules();
    long[] utilisations = batch.utilisationBasisPoints();
    long[] used = batch.usedBytes();
    long time = lastMillis;
    long power = lastMilliwatts;
    long counter = lastMicrojoules;
    for (int row = from; row < to; row++) {
      long nextTime = times[row];
      long nextPower = powers[row];
      long nextCounter = counters[row];
      if (nextTime <= time
          || nextTime - time > longGapMillis
          || !Plausibility.isPower(nextPower, floorMilliwatts, ceilingMilliwatts)
          || CounterRules.isFlat(counter, nextCounter, power, nextPower)
          || Plausibility.counterRefusal(nextCounter) != null
          || (nextCounter == MISSING) != (counter == MISSING)
          || Plausibility.utilisationRefusal(utilisations[row]) != null
          || Plausibility.bytesRefusal(used[row]) != null) {
        return false;
      }
      time = nextTime;
      power = nextPower;
      counter = nextCounter;
    }
    return true;
  }

  /** The rows of a series that became these samples. */
  DeviceSeries only(DeviceSeries series, List<Sample> samples) {
    Set<Long> times = new HashSet<>();
    samples.forEach(sample -> times.add(sample.epochMillis()));
    Readings readings = series.readings();
    return series.onlyRows(row -> {
      long energy = readings.energy(row);
      boolean counted = energy != MISSING && Plausibility.counterRefusal(energy) == null;
      return times.contains(placed(series.device(), readings.epochMillis()[row], counted));
    });
  }

  private static long placed(Device device, long epochMillis, boolean counted) {
    return counted ? epochMillis : epochMillis - device.averagingMillis() / 2;
  }

  /** How a refusal or a column is called in a line. */
  static String text(Enum<?> reason) {
    return reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  /** Gathers the first few refusals as text and counts all of them in the books. */
  Refusals into(
      Increments books, long arrivalEpochMillis, DeviceSeries series, List<String> lines) {
    return (device, row, reason, value) -> {
      books.count(
          limits.windowOf(
              limits.bookable(series.readings().epochMillis()[row], arrivalEpochMillis)),
          reason,
          1);
      if (lines.size() < MAX_REFUSALS) {
        lines.add("%s of %s in row %d: %d".formatted(text(reason), device.id(), row, value));
      }
    };
  }
}
