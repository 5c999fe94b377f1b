// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MarkdownRendererTest {
  /** Cells of a line of a table, with what was escaped as it was. */
  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    for (int i = 1; i < line.length(); i++) {
      char character = line.charAt(i);
      if (character == '\\') {
        cell.append(line.charAt(++i));
      } else if (character == '|') {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(character);
      }
    }
    assertThat(cell).isEmpty();
    cells.replaceAll(one ->
        one.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#64;", "@")
            .replace("&#35;", "#")
            .replace("&#58;", ":")
            .replace("&amp;", "&"));
    return cells;
  }

  @Test
  void everyShownCell_isReadBack() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      Report report = Reports.of(seed);
      List<String> lines = Reports.text(new MarkdownRenderer(), report).lines().toList();
      Scaled scaled = new Scaled(report.meta().currency(), report.meta().zone());
      int at = 0;
      for (Section section : report.sections()) {
        String title = ("## " + MarkdownRenderer.escaped(section.title()));
        while (!lines.get(at).equals(title)) {
          at++;
        }
        at++;
        Table table = section.table();
        if (table == null || (table.shownRows() == 0 && table.totals() == null)) {
          continue;
        }
        while (!lines.get(at).startsWith("| ")) {
          at++;
        }
        assertThat(cells(lines.get(at))).hasSameSizeAs(table.columns());
        assertThat(lines.get(at + 1)).matches("(\\|(:--|--:))+\\|");
        at += 2;
        int shown = Math.min(table.shownRows(), table.rows().size());
        for (List<@Nullable Object> row : table.rows().subList(0, shown)) {
          List<String> read = cells(lines.get(at++));
          assertThat(read).hasSameSizeAs(row);
          for (int i = 0; i < row.size(); i++) {
            assertThat(read.get(i))
                .isEqualTo(scaled.of(table.columns().get(i), row.get(i)).text().strip());
          }
        }
        if (table.totals() != null) {
          assertThat(cells(lines.get(at++))).hasSameSizeAs(table.columns());
        }
      }
    }
  }

  @Test
  void whatUsersChose_hasNoEffect() {
    assertThat(MarkdownRenderer.escaped("a|b *c* <b> [l](u) `x` @me #1 http://x\n- y"))
        .isEqualTo(
            "a\\|b \\*c\\* &lt;b&gt; \\[l\\](u) \\`x\\` &#64;me &#35;1 http&#58;//x\\\\n- y");
  }

  @Test
  void times_areReadable_andEmojisAreNone() {
    assertThat(MarkdownRenderer.escaped("at 02:30:00, UTC+00:00: it ended:"))
        .isEqualTo("at 02:30:00, UTC+00:00: it ended:");
    assertThat(MarkdownRenderer.escaped(":smile: mailto:a 1:b"))
        .isEqualTo("&#58;smile: mailto&#58;a 1&#58;b");
  }

  @Test
  void aReport_isReadable() throws IOException {
    String markdown =
        Reports.text(new MarkdownRenderer(), Samples.rich())
            .replace('\u2009', ' ')
            .replace('\u2212', '-');
    assertThat(markdown)
        .startsWith("# Energy, cost and carbon of alpha\n\nSite alpha  \n")
        .contains(
            "| Energy | 4.12 GWh | -3.12 % | +11.7 % | 97 % of device time |\n",
            "| Energy per GPU hour | - | - | - | no GPU was held |\n",
            "## Top five projects\n\n| Project | Energy | Share |",
            "| **Total** | **2.73 GWh** | **100 %** |",
            "5 of 12 rows are shown; JSON and CSV have all.",
            "Measured less jobs less idle: difference 0 mJ.")
        .endsWith("\n");
  }
}
