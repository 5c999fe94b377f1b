// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The meter between a GPU and its supply in a set of GPU_Power_Benchmark, and the marks of the
 * load: records of a clock and four pairs of voltage and current, nine little-endian numbers of 16
 * bits.
 */
final class ShuntMeter {
  private static final int RECORD_BYTES = 18;
  private static final double TICKS_PER_MILLI = 2934.5;
  private static final double[] VOLTS = {0.007568, 0.007568, 0.0075, 0.007568};
  private static final double AMPERES = 0.0488;
  private static final long STARTS_EARLIER_MICROS = 50_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS", Locale.ROOT);

  private final Path set;
  final double[] epochMillis;
  final double[] watts;
  final double first;
  final double last;

  private ShuntMeter(Path set, double[] epochMillis, double[] watts, double first, double last) {
    this.set = set;
    this.epochMillis = epochMillis;
    this.watts = watts;
    this.first = first;
    this.last = last;
  }

  static ShuntMeter of(Path set) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(set.resolve("PMD_data.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int records = bytes.capacity() / RECORD_BYTES;
    double[] times = new double[records];
    double[] watts = new double[records];
    String start = Files.readString(set.resolve("PMD_start_ts.txt")).strip();
    double time = (Long.parseLong(start) - STARTS_EARLIER_MICROS) / 1e3;
    int clock = -1;
    for (int i = 0; i < records; i++) {
      int now = bytes.getShort() & 0xffff;
      time += clock < 0 ? 0 : ((now - clock) & 0xffff) / TICKS_PER_MILLI;
      clock = now;
      times[i] = time;
      for (double volts : VOLTS) {
        watts[i] += value(bytes.getShort()) * volts * value(bytes.getShort()) * AMPERES;
      }
    }
    List<Long> marks =
        Files.readAllLines(set.resolve("timestamps.csv")).stream()
            .filter(line -> line.matches("\\d+"))
            .map(Long::parseLong)
            .sorted()
            .toList();
    return new ShuntMeter(
        set,
        times,
        watts,
        Math.floorDiv(marks.getFirst(), 1_000),
        Math.floorDiv(marks.getLast(), 1_000));
  }

  private static int value(short raw) {
    int value = (raw >> 4) & 0xfff;
    return (value & 0x800) != 0 ? 0 : value;
  }

  double joules() {
    return joules(first, last);
  }

  double joules(double from, double to) {
    double joules = 0;
    for (int i = 1; i < watts.length; i++) {
      double start = Math.max(from, epochMillis[i - 1]);
      double end = Math.min(to, epochMillis[i]);
      if (start < end) {
        joules += (at(i, start) + at(i, end)) / 2 * (end - start) / 1e3;
      }
    }
    return joules;
  }

  private double at(int i, double time) {
    double part = (time - epochMillis[i - 1]) / (epochMillis[i] - epochMillis[i - 1]);
    return watts[i - 1] + part * (watts[i] - watts[i - 1]);
  }

  /** The gain that fits what the sensor says in the first half of the load, least squares. */
  double gain(String column, int shiftMillis, int windowMillis) throws IOException {
    List<String> lines = Files.readAllLines(set.resolve("gpudata.csv"));
    List<String> names = Arrays.stream(lines.getFirst().split(",")).map(String::strip).toList();
    double products = 0;
    double squares = 0;
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = new ArrayList<>(List.of(line.split(",")));
      double time =
          LocalDateTime.parse(fields.getFirst().strip(), TIME)
                  .toInstant(ZoneOffset.ofHours(1))
                  .toEpochMilli()
              - shiftMillis;
      if (time > first && time < (first + last) / 2) {
        double said = Double.parseDouble(fields.get(names.indexOf(column + " [W]")).strip());
        double half = windowMillis / 2.0;
        double met = joules(time - half, time + half) / windowMillis * 1e3;
        products += said * met;
        squares += said * said;
      }
    }
    return products / squares;
  }
}
