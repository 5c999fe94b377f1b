// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import java.util.ArrayList;
import java.util.List;

/** Rows of a text as RFC 4180 has them; the separator is of the caller's choice. */
final class CsvRows {
  /** Of a file, without its header: 500,000 of them are worked out in 1 GB. */
  static final int MOST = 500_000;

  private final String text;
  private final char separator;
  private int at;
  private int line = 1;

  /**
   * A row.
   *
   * @param line in which it begins, from 1
   */
  record Row(int line, List<String> cells) {
    boolean isBlank() {
      return cells.size() == 1 && cells.getFirst().isBlank();
    }
  }

  CsvRows(String text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  /** All rows that are not blank. */
  List<Row> read() throws Refused {
    List<Row> rows = new ArrayList<>();
    while (at < text.length()) {
      Row row = row();
      if (!row.isBlank()) {
        if (rows.size() > MOST) {
          throw new Refused("line %d: more than 500,000 rows; split the file".formatted(row.line));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private Row row() throws Refused {
    int first = line;
    List<String> cells = new ArrayList<>();
    while (true) {
      cells.add(cell());
      if (at == text.length()) {
        return new Row(first, cells);
      }
      char end = text.charAt(at++);
      if (end == separator) {
        continue;
      }
      if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      line++;
      return new Row(first, cells);
    }
  }

  private String cell() throws Refused {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && !isEnd(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at).strip();
  }

  private boolean isEnd(char c) {
    return c == separator || c == '\n' || c == '\r';
  }

  private String quoted() throws Refused {
    int first = line;
    StringBuilder cell = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        if (at < text.length() && text.charAt(at) == '"') {
          at++;
        } else if (at == text.length() || isEnd(text.charAt(at))) {
          return cell.toString().strip();
        } else {
          throw new Refused(
              "line %d: text after a closing quote; double quotes within".formatted(line));
        }
      } else if (c == '\n') {
        line++;
      }
      cell.append(c);
    }
    throw new Refused("line %d: a quote is not closed".formatted(first));
  }
}
