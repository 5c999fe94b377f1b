// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.energy.integrate.SensorWindow.Field;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Readings of one GPU of an nvidia-smi log, as they come. */
final class SmiGpu {
  private static final long[] NONE = {};

  private final Column times = new Column();
  private final Column power = new Column();
  private final Column utilisation = new Column();
  private final Column used = new Column();
  private final Map<Field, Optional<SensorWindow>> windows = new EnumMap<>(Field.class);
  private final Map<Field, Integer> rows = new EnumMap<>(Field.class);
  String name = "";
  int driver = SensorWindow.UNKNOWN_DRIVER;
  long limitMilliwatts;
  long totalBytes;

  /** A row, placed at the middle of what its power is the mean of. */
  void add(
      long epochMillis, Field field, long milliwatts, long utilisationBasisPoints, long usedBytes) {
    rows.merge(field, 1, Integer::sum);
    times.add(epochMillis - window(field).map(SensorWindow::centreMillis).orElse(0));
    power.add(milliwatts);
    utilisation.add(utilisationBasisPoints);
    used.add(usedBytes);
  }

  /** What is known of a field; the name and the driver of the first row decide. */
  private Optional<SensorWindow> window(Field field) {
    return windows.computeIfAbsent(field, any -> SensorWindow.find(name, any, driver));
  }

  Readings readings(boolean withUtilisation, boolean withUsed) {
    return new Readings(
        times.toArray(),
        power.toArray(),
        NONE,
        withUtilisation ? utilisation.toArray() : NONE,
        withUsed ? used.toArray() : NONE,
        NONE,
        NONE);
  }

  boolean anyWithin(long first, long last) {
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= first && times.get(i) <= last) {
        return true;
      }
    }
    return false;
  }

  /** What is known of the field that most rows are from, and its readings between two times. */
  SensorFigures.Sensor sensor(long first, long last) {
    long lowest = Long.MAX_VALUE;
    long highest = Long.MIN_VALUE;
    double sum = 0;
    int count = 0;
    for (int i = 0; i < times.size(); i++) {
      if (times.get(i) >= first && times.get(i) <= last && power.get(i) != MISSING) {
        lowest = Math.min(lowest, power.get(i));
        highest = Math.max(highest, power.get(i));
        sum += power.get(i);
        count++;
      }
    }
    Field field = mostly();
    return new SensorFigures.Sensor(
        name,
        column(field),
        window(field).orElse(null),
        count == 0 ? 0 : lowest,
        count == 0 ? 0 : Math.round(sum / count),
        count == 0 ? 0 : highest);
  }

  private Field mostly() {
    return rows.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(Field.DRAW);
  }

  static String column(Field field) {
    return switch (field) {
      case INSTANT -> "power.draw.instant";
      case AVERAGE -> "power.draw.average";
      case DRAW -> "power.draw";
    };
  }
}
