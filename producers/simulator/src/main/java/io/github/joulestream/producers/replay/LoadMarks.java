// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first and the last mark of a load in {@code timestamps.csv}: one a line, Unix µs. */
record LoadMarks(long firstEpochMillis, long lastEpochMillis) {
  private static final int MICROS_PER_MILLI = 1_000;

  /** The marks beside a log; null if there are none. */
  static @Nullable LoadMarks beside(Path log, Path root, Notices notices) throws IOException {
    Path file = log.resolveSibling("timestamps.csv");
    if (!Files.isRegularFile(file)) {
      return null;
    }
    List<String> lines = Lines.of(file);
    boolean cutOff = Lines.cutOff(file);
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    int digits = 0;
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      try {
        long micros = Long.parseLong(line);
        if (cutOff && number == lines.size() && digits > 0 && line.length() < digits) {
          notices.refuse(
              root.relativize(file).toString(),
              "a last line that is cut off within '%s'".formatted(line),
              number);
          continue;
        }
        digits = line.length();
        long millis = Math.floorDiv(micros, MICROS_PER_MILLI);
        earliest = Math.min(earliest, millis);
        latest = Math.max(latest, millis);
      } catch (NumberFormatException e) {
        if (number > 1 && !line.isBlank()) {
          notices.refuse(
              root.relativize(file).toString(), "'%s' is not a time".formatted(line), number);
        }
      }
    }
    return earliest > latest ? null : new LoadMarks(earliest, latest);
  }
}
