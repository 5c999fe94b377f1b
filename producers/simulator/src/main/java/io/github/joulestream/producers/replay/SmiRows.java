// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.producers.input.Decimals;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of one nvidia-smi log. A field whose unit is not that which the column had before,
 * and the last field of a file that ends within a line, may be cut off, and are no values.
 */
final class SmiRows {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS", Locale.ROOT);
  private static final int MILLI = 1_000;
  private static final int PARTS_PER_PERCENT = 100;
  private static final int MIB = 1 << 20;

  final Map<String, SmiGpu> gpus = new LinkedHashMap<>();
  private final String file;
  private final SmiLayout layout;
  private final ZoneOffset offset;
  private final String modelGiven;
  private final Notices notices;
  // by column: the unit that its values have behind them, or none
  private final Map<Integer, String> units = new HashMap<>();
  private int fallbacks;

  SmiRows(String file, SmiLayout layout, ZoneOffset offset, String modelGiven, Notices notices) {
    this.file = file;
    this.layout = layout;
    this.offset = offset;
    this.modelGiven = modelGiven;
    this.notices = notices;
  }

  /** A row's value of power, and the column it is from. */
  private record PowerValue(SmiLayout.Power from, long milliwatts) {}

  /**
   * Takes a row.
   *
   * @param cutOff whether the file ends in this row, without an end of the line
   */
  void take(String line, int number, boolean cutOff) {
    if (line.isBlank()) {
      return;
    }
    String[] fields = line.split(",", -1);
    Long time = layout.time() < fields.length ? time(fields[layout.time()].strip()) : null;
    if (time == null || fields.length != layout.columns().size()) {
      notices.refuse(
          file,
          time == null
              ? "a line without a time"
              : "a line of %d fields where the header has %d"
                  .formatted(fields.length, layout.columns().size()),
          number);
      return;
    }
    if (cutOff && isCut(fields, number)) {
      return;
    }
    int identity = layout.index() >= 0 ? layout.index() : layout.uuid();
    String key = identity < 0 ? "0" : fields[identity].strip();
    if (key.isEmpty() || key.startsWith("[")) {
      notices.refuse(
          file, "a line whose %s is '%s'".formatted(layout.nameOf(identity), key), number);
      return;
    }
    for (int column = 0; column < fields.length; column++) {
      String field = fields[column].strip();
      if (!layout.reads(column) && isNone(field)) {
        // not needed, but whoever reads the log should know
        notices.refuse(file, "%s '%s', not needed".formatted(layout.nameOf(column), field), number);
      }
    }
    SmiGpu gpu = gpus.computeIfAbsent(key, _ -> new SmiGpu());
    describe(gpu, fields, number);
    PowerValue power = power(fields, number);
    gpu.add(
        time,
        power.from.field(),
        power.milliwatts,
        optional(fields, layout.utilisation(), PARTS_PER_PERCENT, number),
        optional(fields, layout.used(), MIB, number));
  }

  /** Says what concerns the log as a whole. */
  void finish() {
    if (fallbacks > 0) {
      notices.add(
          "%s: %d rows without %s; %s is taken there"
              .formatted(
                  file,
                  fallbacks,
                  layout.nameOf(layout.powers().getFirst().column()),
                  layout.powers().stream()
                      .skip(1)
                      .map(power -> layout.nameOf(power.column()))
                      .reduce((one, other) -> one + " or " + other)
                      .orElse("another")));
    }
  }

  private void describe(SmiGpu gpu, String[] fields, int number) {
    if (layout.name() >= 0) {
      gpu.name = fields[layout.name()].strip();
    } else {
      gpu.name = modelGiven;
    }
    if (layout.driver() >= 0) {
      gpu.driver = SensorWindow.mainVersion(fields[layout.driver()].strip());
    }
    if (layout.limit() >= 0) {
      gpu.limitMilliwatts =
          Math.max(gpu.limitMilliwatts, number(fields, layout.limit(), MILLI, number));
    }
    if (layout.total() >= 0) {
      gpu.totalBytes = Math.max(gpu.totalBytes, number(fields, layout.total(), MIB, number));
    }
  }

  /** The first column that has a number in this row. */
  private PowerValue power(String[] fields, int number) {
    SmiLayout.Power first = layout.powers().getFirst();
    for (SmiLayout.Power power : layout.powers()) {
      // a row that another column may have is not refused
      if (isNone(fields[power.column()].strip()) && !power.equals(layout.powers().getLast())) {
        continue;
      }
      long milliwatts = number(fields, power.column(), MILLI, number);
      if (!power.equals(first) && milliwatts != MISSING) {
        fallbacks++;
      }
      return new PowerValue(power, milliwatts);
    }
    throw new IllegalStateException("a log has a column of power");
  }

  private static boolean isNone(String field) {
    return field.isEmpty() || field.startsWith("[");
  }

  /** True if the last field may be the beginning of a longer one. */
  private boolean isCut(String[] fields, int number) {
    int last = fields.length - 1;
    String field = fields[last].strip();
    String unit = units.getOrDefault(last, "");
    if (isNone(field) ? field.endsWith("]") : !unit.isEmpty() && unit.equals(unit(field))) {
      return false;
    }
    notices.refuse(
        file,
        "a last line that is cut off within its %s '%s'".formatted(layout.nameOf(last), field),
        number);
    return true;
  }

  private long optional(String[] fields, int column, int factor, int line) {
    return column < 0 ? MISSING : number(fields, column, factor, line);
  }

  private static String unit(String field) {
    int space = field.indexOf(' ');
    return space < 0 ? "" : field.substring(space + 1).strip();
  }

  /** A number with the unit that its column has, or without, times a factor; missing if none. */
  private long number(String[] fields, int column, int factor, int line) {
    String field = fields[column].strip();
    String what = layout.nameOf(column);
    int space = field.indexOf(' ');
    try {
      double value = Decimals.approximate(space < 0 ? field : field.substring(0, space));
      if (Double.isFinite(value) && Math.abs(value) < 1e12) {
        String unit = unit(field);
        String expected = units.computeIfAbsent(column, _ -> unit);
        if (unit.equals(expected)) {
          return Math.round(value * factor);
        }
        notices.refuse(
            file,
            "%s '%s' where other lines have %s"
                .formatted(what, field, expected.isEmpty() ? "no unit" : "'" + expected + "'"),
            line);
        return MISSING;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    notices.refuse(file, "%s '%s'".formatted(what, field), line);
    return MISSING;
  }

  private @Nullable Long time(String text) {
    try {
      return LocalDateTime.parse(text, TIME).toInstant(offset).toEpochMilli();
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
