// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts of users leave a program through few classes: docs/limits.md lists the places. */
class TextExitsTest {
  private static final Path HOUSE = Path.of("..", "..");

  /** How fields are put side by side by hand. */
  private static final Pattern BY_HAND =
      Pattern.compile("String\\.join\\(\\s*\",\"|append\\(','\\)|joining\\(\",\"\\)|\"%s,%s");

  /** Where commas are between other things than fields of CSV. */
  private static final List<String> NO_CSV =
      List.of(
          "BudgetText", // thresholds of a budget, as an option has them
          "FaultRates", // an option
          "JobCommand", // numbers of GPUs in a file of a job
          "JobRow", // JSON of the event stream, out of Jackson's parts
          "LineProtocol",
          "LiveFeed", // compared with itself
          "TokenNew" // names of projects, which hold no comma
          );

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(HOUSE)) {
      List<Path> main =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().contains("/src/main/java/"))
              .filter(file -> !file.toString().contains("/benchmarks/"))
              .toList();
      for (Path file : main) {
        sources.put(
            file.getFileName().toString().replaceFirst("\\.java$", ""), Files.readString(file));
      }
    }
    assertThat(sources).hasSizeGreaterThan(500);
    return sources;
  }

  @Test
  void csv_isWrittenByOneClass() throws IOException {
    assertThat(
            sources().entrySet().stream()
                .filter(source -> BY_HAND.matcher(source.getValue()).find())
                .map(Map.Entry::getKey)
                .toList())
        .as("fields of CSV go through CsvRow; what else has commas is named in this test")
        .containsExactlyElementsOf(NO_CSV);
  }

  @Test
  void traces_areShownByOneClass() throws IOException {
    assertThat(
            sources().entrySet().stream()
                .filter(source -> source.getValue().contains("printStackTrace("))
                .map(Map.Entry::getKey)
                .toList())
        .as("messages of exceptions quote texts of users: ShownText.of(e)")
        .containsExactly("ShownText");
  }

  /** A name that is shown as it is was not refused for what it does to a line. */
  @Test
  void whatNoNameMayHold_isNotShownAsItIs() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String name = "x" + Character.toString(c) + "y";
      if (Bounds.firstUnprintable(name) < name.length()) {
        assertThat(ShownText.isUnsafe(c)).as("U+%04X", c).isTrue();
      }
    }
  }
}
