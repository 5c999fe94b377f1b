// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.runtime.ShownText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report as Markdown with the tables of GitHub, for a chat or an issue: scaled figures, no
 * charts. Texts that users chose have no effect on what is around them.
 */
public final class MarkdownRenderer implements Renderer {
  private static final String SPECIAL = "\\`*_{}[]()#+-.!|~<>&:@$^\"'=";

  @Override
  public void render(Report report, OutputStream out) throws IOException {
    Writer markdown =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    Scaled scaled = new Scaled(report.meta().currency(), report.meta().zone());
    Words words = new Words(report.meta());
    markdown.write("# " + escaped(report.meta().title()) + "\n\n");
    for (String line : words.header()) {
      markdown.write(escaped(line) + "  \n");
    }
    if (!report.headline().isEmpty()) {
      markdown.write("\n**" + escaped(report.headline()) + "**\n");
    }
    tiles(markdown, report.tiles(), scaled);
    for (Section section : report.sections()) {
      markdown.write("\n## " + escaped(section.title()) + "\n");
      for (String sentence : section.sentences()) {
        markdown.write("\n" + escaped(sentence) + "\n");
      }
      Table table = section.table();
      if (table != null) {
        table(markdown, table, scaled);
      }
    }
    method(markdown, report.meta(), words);
    markdown.flush();
  }

  private static void tiles(Writer markdown, List<Tile> tiles, Scaled scaled) throws IOException {
    if (tiles.isEmpty()) {
      return;
    }
    markdown.write("\n| Figure | Value | To the period before | To the year before | Note |\n");
    markdown.write("|:--|--:|--:|--:|:--|\n");
    for (Tile tile : tiles) {
      row(
          markdown,
          List.of(
              tile.title(),
              scaled.of(tile.quantity(), tile.unit(), tile.value()).text(),
              Scaled.change(tile.changeFromBefore()),
              Scaled.change(tile.changeFromYearBefore()),
              tile.note()),
          "");
    }
  }

  private static void table(Writer markdown, Table table, Scaled scaled) throws IOException {
    if (table.shownRows() > 0 || table.totals() != null) {
      markdown.write("\n");
      grid(markdown, table, scaled);
    }
    String left = Words.leftOut(table);
    if (!left.isEmpty()) {
      markdown.write("\n" + escaped(left) + "\n");
    }
  }

  private static void grid(Writer markdown, Table table, Scaled scaled) throws IOException {
    List<Column> columns = table.columns();
    row(markdown, columns.stream().map(Column::title).toList(), "");
    for (Column column : columns) {
      boolean left = column.quantity() == Quantity.TEXT || column.quantity() == Quantity.TIME;
      markdown.write(left ? "|:--" : "|--:");
    }
    markdown.write("|\n");
    int shown = Math.min(table.shownRows(), table.rows().size());
    for (List<@Nullable Object> row : table.rows().subList(0, shown)) {
      row(markdown, cells(columns, row, scaled), "");
    }
    if (table.totals() != null) {
      row(markdown, cells(columns, table.totals(), scaled), "**");
    }
  }

  private static List<String> cells(
      List<Column> columns, List<@Nullable Object> row, Scaled scaled) {
    return java.util.stream.IntStream.range(0, columns.size())
        .mapToObj(i -> scaled.of(columns.get(i), row.get(i)).text())
        .toList();
  }

  private static void row(Writer markdown, List<String> cells, String mark) throws IOException {
    for (String cell : cells) {
      String escaped = escaped(cell).strip();
      markdown.write(escaped.isEmpty() ? "| " : "| " + mark + escaped + mark + " ");
    }
    markdown.write("|\n");
  }

  private static void method(Writer markdown, Meta meta, Words words) throws IOException {
    markdown.write("\n## Method\n");
    if (!meta.factors().isEmpty()) {
      markdown.write("\n| Factor | Value | Source | Quality |\n|:--|:--|:--|:--|\n");
      for (Factor factor : meta.factors()) {
        row(
            markdown,
            List.of(factor.name(), factor.value(), factor.source(), factor.quality()),
            "");
      }
    }
    markdown.write("\n");
    for (String note : meta.notes()) {
      markdown.write("- " + escaped(note) + "\n");
    }
    markdown.write("\n" + escaped(words.foot()) + "\n");
  }

  /** A text in which nothing is a mark of Markdown or HTML. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    String visible = ShownText.of(text);
    for (int i = 0; i < visible.length(); i++) {
      char character = visible.charAt(i);
      switch (character) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        // GitHub makes links of names with these
        case '@' -> escaped.append("&#64;");
        case '#' -> escaped.append("&#35;");
        case ':' -> escaped.append(isPlainColon(visible, i) ? ":" : "&#58;");
        default -> {
          if (SPECIAL.indexOf(character) >= 0 && !plain(character)) {
            escaped.append('\\');
          }
          escaped.append(character);
        }
      }
    }
    return escaped.toString();
  }

  /** Colons of times, and those at the end of words, make neither links nor emojis. */
  private static boolean isPlainColon(String text, int at) {
    return at + 1 == text.length()
        || text.charAt(at + 1) == ' '
        || (at > 0 && isDigit(text.charAt(at - 1)) && isDigit(text.charAt(at + 1)));
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private static boolean plain(char character) {
    return ".-+()=\"'!".indexOf(character) >= 0;
  }
}
