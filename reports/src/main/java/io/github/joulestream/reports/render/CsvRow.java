// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import java.io.IOException;
import java.io.Writer;

/**
 * Rows of RFC 4180: fields with a comma, a quote or an end of line are quoted, and lines end with
 * CR LF.
 */
public final class CsvRow {
  /** What makes spreadsheets take a text as a formula, also in its full-width form. */
  private static final String FORMULAS = "=+-@\t\r\n＝＋－＠";

  private final Writer out;
  private boolean first = true;

  /**
   * @param out not closed
   */
  public CsvRow(Writer out) {
    this.out = out;
  }

  /**
   * Adds a text that someone chose. One that a spreadsheet may take as a formula gets an apostrophe
   * in front; NUL, where programs end a text, becomes U+FFFD.
   */
  public CsvRow text(String text) throws IOException {
    String written = Texts.encodable(text).replace('\0', '\uFFFD');
    boolean formula = !written.isEmpty() && FORMULAS.indexOf(written.charAt(0)) >= 0;
    return field(formula ? "'" + written : written);
  }

  /** Adds a number, a time, or nothing, as it is. */
  public CsvRow exact(String value) throws IOException {
    return field(value);
  }

  private CsvRow field(String field) throws IOException {
    if (!first) {
      out.write(',');
    }
    first = false;
    boolean quoted = false;
    for (int i = 0; i < field.length() && !quoted; i++) {
      quoted = ",\"\r\n".indexOf(field.charAt(i)) >= 0;
    }
    out.write(quoted ? '"' + field.replace("\"", "\"\"") + '"' : field);
    return this;
  }

  /** Ends the row. */
  public void end() throws IOException {
    out.write("\r\n");
    first = true;
  }
}
