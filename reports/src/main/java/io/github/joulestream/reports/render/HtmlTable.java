// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of HTML; on pages, one of more columns than fit is several tables. */
final class HtmlTable {
  /** Columns of a table on a page, the first of the table's repeated among them. */
  static final int COLUMNS_ON_PAGE = 7;

  /** A longer text is cut; all of it is the cell's title. */
  private static final int TEXT_LENGTH = 120;

  private static final int SENTENCE_LENGTH = 240;
  private static final int WORD_LENGTH = 30;

  private final Markup html;
  private final Table table;
  private final Scaled scaled;
  private final HtmlPage.Medium medium;

  HtmlTable(Markup html, Table table, Scaled scaled, HtmlPage.Medium medium) {
    this.html = html;
    this.table = table;
    this.scaled = scaled;
    this.medium = medium;
  }

  void write(String caption) throws IOException {
    if (table.totals() == null && (table.shownRows() == 0 || table.rows().isEmpty())) {
      if (table.rows().isEmpty()) {
        html.leaf("p", "No rows.", "class", "note");
      }
      return;
    }
    List<List<Integer>> parts = parts(table.columns().size(), medium);
    for (int i = 0; i < parts.size(); i++) {
      String numbered =
          parts.size() == 1 ? caption : "%s (%d of %d)".formatted(caption, i + 1, parts.size());
      html.open("div", "class", "wide");
      write(numbered, parts.get(i), parts.size() > 1);
      html.close();
    }
    leftOut();
  }

  private void leftOut() throws IOException {
    String leftOut = Words.leftOut(table);
    if (!leftOut.isEmpty()) {
      html.leaf("p", leftOut, "class", "note");
    }
  }

  /** Positions of the columns of each part, as even as can be. */
  static List<List<Integer>> parts(int columns, HtmlPage.Medium medium) {
    List<List<Integer>> parts = new ArrayList<>();
    int others = columns - 1;
    int count =
        medium == HtmlPage.Medium.SCREEN || columns <= COLUMNS_ON_PAGE
            ? 1
            : Math.ceilDiv(others, COLUMNS_ON_PAGE - 1);
    for (int i = 0; i < count; i++) {
      List<Integer> part = new ArrayList<>();
      if (columns > 0) {
        part.add(0);
      }
      for (int k = 1 + others * i / count; k < 1 + others * (i + 1) / count; k++) {
        part.add(k);
      }
      parts.add(part);
    }
    return parts;
  }

  /** A caption that only repeats the heading above is for programs that read the page aloud. */
  private void write(String caption, List<Integer> part, boolean partly) throws IOException {
    html.open("table");
    if (medium == HtmlPage.Medium.SCREEN || partly) {
      html.leaf("caption", caption, "class", partly ? "part" : "same");
    }
    html.open("thead").open("tr");
    for (int i : part) {
      Column column = table.columns().get(i);
      html.leaf("th", column.title(), "scope", "col", "class", style(column));
    }
    html.close().close();
    html.open("tbody");
    int shown = Math.min(table.shownRows(), table.rows().size());
    for (List<@Nullable Object> row : table.rows().subList(0, shown)) {
      row(part, row);
    }
    html.close();
    if (table.totals() != null) {
      html.open("tfoot");
      row(part, table.totals());
      html.close();
    }
    html.close();
  }

  private void row(List<Integer> part, List<@Nullable Object> row) throws IOException {
    html.open("tr");
    for (int i = 0; i < part.size(); i++) {
      Column column = table.columns().get(part.get(i));
      Object value = row.get(part.get(i));
      if (i == 0 && isText(column)) {
        cell("th", column, value, "scope", "row");
      } else {
        cell("td", column, value);
      }
    }
    html.close();
  }

  /** A sentence may be longer than a name: its lines can be broken. */
  private String shortened(Column column, String text) {
    boolean isSentence =
        !column.equals(table.columns().getFirst())
            && Arrays.stream(text.split(" ", -1)).allMatch(word -> word.length() <= WORD_LENGTH);
    return Texts.shortened(text, isSentence ? SENTENCE_LENGTH : TEXT_LENGTH);
  }

  private void cell(String element, Column column, @Nullable Object value, String... more)
      throws IOException {
    Shown shown = scaled.of(column, value);
    String text = isText(column) ? shortened(column, shown.number()) : shown.number();
    List<String> attributes = new ArrayList<>(List.of(more));
    attributes.addAll(List.of("class", style(column)));
    if (value != null && (column.quantity() != Quantity.TEXT || !text.equals(value))) {
      attributes.addAll(List.of("data-value", Exact.of(value)));
    }
    if (!text.equals(shown.number())) {
      attributes.addAll(List.of("title", shown.number()));
    }
    html.open(element, attributes.toArray(String[]::new));
    html.text(text);
    if (!shown.unit().isEmpty() && medium == HtmlPage.Medium.PAGES) {
      // the renderer would break a line before an element
      html.text(Shown.THIN_SPACE + shown.unit());
    } else if (!shown.unit().isEmpty()) {
      html.text(String.valueOf(Shown.THIN_SPACE));
      html.leaf("span", shown.unit(), "class", "u");
    }
    html.close();
  }

  private static String style(Column column) {
    return switch (column.quantity()) {
      case TEXT -> "x";
      case TIME -> "d";
      default -> "n";
    };
  }

  private static boolean isText(Column column) {
    return column.quantity() == Quantity.TEXT || column.quantity() == Quantity.TIME;
  }
}
