// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as lines of text: each column is as wide as its widest cell, and two spaces separate
 * columns. Lines do not end in spaces. Titles and cells are shown as {@link ShownText} has them: no
 * text from outside is more than its cell.
 */
public final class TextTable {
  /** Side of its column on which a cell is aligned. */
  public enum Align {
    LEFT,
    RIGHT
  }

  /**
   * A column.
   *
   * @param header its title; empty titles in all columns leave the header line out
   * @param maxWidth characters after which a cell is cut in its middle; 0 for no limit
   */
  public record Column(String header, Align align, int maxWidth) {
    private static final int MIN_WIDTH = 4;

    public Column {
      if (maxWidth != 0 && maxWidth < MIN_WIDTH) {
        throw new IllegalArgumentException("a column needs 4 characters, not " + maxWidth);
      }
    }

    /** A column of texts. */
    public static Column left(String header) {
      return new Column(header, Align.LEFT, 0);
    }

    /** A column of texts of which each is cut to this number of characters. */
    public static Column left(String header, int maxWidth) {
      return new Column(header, Align.LEFT, maxWidth);
    }

    /** A column of numbers. */
    public static Column right(String header) {
      return new Column(header, Align.RIGHT, 0);
    }
  }

  private static final String GAP = "  ";

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table without rows. */
  public TextTable(Column... columns) {
    this.columns = List.copyOf(Arrays.asList(columns));
    if (this.columns.stream().anyMatch(column -> !column.header().isEmpty())) {
      rows.add(this.columns.stream().map(Column::header).map(ShownText::of).toList());
    }
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has more or fewer cells than there are columns
   */
  public TextTable row(String... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.length, columns.size()));
    }
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      int maxWidth = columns.get(i).maxWidth();
      String shown = ShownText.of(cells[i]);
      row.add(maxWidth == 0 ? shown : cut(shown, maxWidth));
    }
    rows.add(row);
    return this;
  }

  /** The header, if there is one, and the rows, as lines without line ends. */
  public List<String> lines() {
    int[] widths = new int[columns.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], characters(row.get(i)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - characters(cell));
      line.append(i == 0 ? "" : GAP)
          .append(columns.get(i).align() == Align.LEFT ? cell + padding : padding + cell);
    }
    return line.toString().stripTrailing();
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  /** All lines, each with its line end. */
  @Override
  public String toString() {
    return lines().stream()
        .map(line -> line + System.lineSeparator())
        .collect(Collectors.joining());
  }

  /**
   * The text, cut in its middle if it is longer: names of runs and pods often differ at their ends
   * alone.
   *
   * @param maxWidth characters of the result at most; 4 or more
   */
  public static String cut(String text, int maxWidth) {
    int[] characters = text.codePoints().toArray();
    if (characters.length <= maxWidth) {
      return text;
    }
    int tail = maxWidth / 2 - 1;
    return new String(characters, 0, maxWidth - 1 - tail)
        + "…"
        + new String(characters, characters.length - tail, tail);
  }
}
