// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.io.Writer;

/**
 * Rows of RFC 4180: fields with a comma, a quote or an end of line are quoted. All CSV is written
 * here, so that one rule makes texts safe for spreadsheets.
 */
public final class CsvRow {
  /**
   * What makes spreadsheets take a text as a formula, also in its full-width and small forms, and
   * the minus sign (https://owasp.org/www-community/attacks/CSV_Injection). Tabs and ends of lines,
   * which OWASP names too, are shown as escapes.
   */
  private static final String FORMULAS = "=+-@＝＋－＠﹢﹣﹦﹫−";

  private final Writer out;
  private final String lineEnd;
  private boolean first = true;

  /**
   * Rows that end with CR LF, as RFC 4180 has it.
   *
   * @param out not closed
   */
  public CsvRow(Writer out) {
    this(out, "\r\n");
  }

  /** Rows for programs that read lines, as {@code cut} does. */
  public CsvRow(Writer out, String lineEnd) {
    this.out = out;
    this.lineEnd = lineEnd;
  }

  /**
   * Adds a text that someone chose, as {@link ShownText} shows it. One that a spreadsheet may take
   * as a formula, also after blanks, gets an apostrophe in front.
   */
  public CsvRow text(String text) throws IOException {
    String shown = ShownText.of(text);
    return field(isFormula(shown) ? "'" + shown : shown);
  }

  /** Adds a number, a time, or nothing, as it is: numbers remain numbers. */
  public CsvRow exact(String value) throws IOException {
    return field(value);
  }

  private static boolean isFormula(String text) {
    int i = 0;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    return i < text.length() && FORMULAS.indexOf(text.charAt(i)) >= 0;
  }

  /** Programs leave blanks and joiners at the beginning of a field out. */
  private static boolean isBlank(char c) {
    return Character.isSpaceChar(c) || c == '\u200c' || c == '\u200d';
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
    out.write(lineEnd);
    first = true;
  }
}
