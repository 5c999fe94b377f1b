// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class CsvRowTest {
  private static String text(String text) throws IOException {
    StringWriter csv = new StringWriter();
    new CsvRow(csv).text(text).end();
    return csv.toString();
  }

  @Test
  void noText_isAFormula_norMoreThanItsCell() throws IOException {
    for (String text : HostileTexts.all()) {
      String csv = text(text);
      assertThat(csv).endsWith("\r\n");
      String cell = csv.substring(0, csv.length() - 2);
      assertThat(HostileTexts.unsafe(cell)).as(text).isEmpty();
      if (cell.startsWith("\"")) {
        cell = cell.substring(1, cell.length() - 1);
        assertThat(cell.replace("\"\"", "")).as(text).doesNotContain("\"");
        cell = cell.replace("\"\"", "\"");
      } else {
        assertThat(cell).as(text).doesNotContain(",", "\"");
      }
      assertThat(HostileTexts.isFormula(cell)).as(text).isFalse();
    }
  }

  @Test
  void whatMayBeAFormula_hasAnApostrophe_andNothingElseDoes() throws IOException {
    assertThat(text("=1+1")).isEqualTo("'=1+1\r\n");
    assertThat(text(" @SUM(1,2)")).isEqualTo("\"' @SUM(1,2)\"\r\n");
    assertThat(text("a=1")).isEqualTo("a=1\r\n");
    assertThat(text("'quoted'")).isEqualTo("'quoted'\r\n");
    assertThat(text("say \"x\"")).isEqualTo("\"say \"\"x\"\"\"\r\n");
  }

  @Test
  void numbersStayNumbers() throws IOException {
    StringWriter csv = new StringWriter();
    CsvRow row = new CsvRow(csv, "\n");
    row.exact("-1.5").exact("").text("-1.5").end();
    row.exact("+2").end();
    assertThat(csv).hasToString("-1.5,,'-1.5\n+2\n");
  }
}
