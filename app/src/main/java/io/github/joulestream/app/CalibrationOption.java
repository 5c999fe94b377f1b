// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A file with the calibration of sensors by meters. */
final class CalibrationOption {
  private static final String HEADER = "model,gain,offset_w";

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description =
          "Correct sensors by model: CSV with the columns model,gain,offset_w; true power = gain x"
              + " reading + offset.")
  @Nullable Path file;

  Calibration read() {
    return file == null ? Calibration.NONE : read(file);
  }

  private static Calibration read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UserError("cannot read the calibration file " + file, e);
    }
    if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
      throw new UserError("%s: the first line must be %s".formatted(file, HEADER));
    }
    Map<String, Calibration.Line> byModel = new HashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty()) {
        continue;
      }
      // a model may have commas in its name
      int offset = line.lastIndexOf(',');
      int gain = line.lastIndexOf(',', offset - 1);
      try {
        byModel.put(
            line.substring(0, gain),
            new Calibration.Line(
                scaled(line.substring(gain + 1, offset), 6),
                scaled(line.substring(offset + 1), 3)));
      } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
        throw new UserError(
            "%s, line %d: not a model, a gain and an offset in watts: '%s'"
                .formatted(file, i + 1, line),
            e);
      }
    }
    return new Calibration(byModel);
  }

  private static long scaled(String text, int digits) {
    return new BigDecimal(text.strip()).movePointRight(digits).longValueExact();
  }
}
