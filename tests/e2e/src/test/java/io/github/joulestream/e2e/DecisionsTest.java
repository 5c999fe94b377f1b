// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages of docs/decisions have one format, and the index lists each with its status. */
class DecisionsTest {
  private static final Path DECISIONS = Path.of("..", "..", "docs", "decisions");
  private static final Pattern PAGE =
      Pattern.compile(
          """
          # (?<number>\\d{4}): (?<title>[^\\n]+)

          Status: (?<status>(?:proposed|accepted|rejected|superseded by \\[)[^\\n]*)

          Date: [A-Z][a-z]+ \\d{4}

          ## Context

          (?s:.*)\
          """);

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(DECISIONS)) {
      return files.filter(file -> !file.endsWith("README.md")).sorted().toList();
    }
  }

  @Test
  void everyPage_hasTheFormat_andALineInTheIndex() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path page : pages()) {
      String name = page.getFileName().toString();
      String text = Files.readString(page);
      Matcher matcher = PAGE.matcher(text);
      assertThat(matcher.matches()).as("format of %s", name).isTrue();
      assertThat(name).matches("\\d{4}-[a-z0-9-]+\\.md").startsWith(matcher.group("number") + "-");
      assertThat(text.indexOf("\n## Decision\n")).as(name).isPositive();
      assertThat(text.indexOf("\n## Consequences\n"))
          .as(name)
          .isGreaterThan(text.indexOf("\n## Decision\n"));
      lines.add(
          "| [%s](%s) | %s | %s |"
              .formatted(
                  matcher.group("number"), name, matcher.group("title"), matcher.group("status")));
    }
    assertThat(lines).hasSizeGreaterThan(40);
    assertThat(
            Files.readString(DECISIONS.resolve("README.md"))
                .lines()
                .filter(line -> line.startsWith("| [")))
        .containsExactlyElementsOf(lines);
  }

  @Test
  void numbers_areUsedOnce() throws IOException {
    assertThat(pages().stream().map(page -> page.getFileName().toString().substring(0, 4)))
        .doesNotHaveDuplicates();
  }

  @Test
  void linksBetweenPages_leadSomewhere() throws IOException {
    Pattern link = Pattern.compile("\\]\\((?<file>[^)#:]+\\.md)");
    for (Path page : pages()) {
      Matcher matcher = link.matcher(Files.readString(page));
      while (matcher.find()) {
        assertThat(DECISIONS.resolve(matcher.group("file"))).as(page.toString()).exists();
      }
    }
  }
}
