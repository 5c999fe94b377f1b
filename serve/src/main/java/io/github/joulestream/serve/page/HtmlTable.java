// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import java.util.List;

/** Writes tables of HTML; all texts are data. */
final class HtmlTable {
  private final StringBuilder html;

  HtmlTable(StringBuilder html) {
    this.html = html;
  }

  /**
   * Writes a table.
   *
   * @param numbers index of the first column of numbers
   */
  void write(String caption, List<String> columns, int numbers, List<List<String>> rows) {
    html.append("<table class=\"figures\"><caption>").append(escaped(caption)).append("</caption>");
    html.append("<thead><tr>");
    for (int i = 0; i < columns.size(); i++) {
      html.append("<th scope=\"col\"").append(i >= numbers ? " class=\"number\">" : ">");
      html.append(escaped(columns.get(i))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        String tag = i == 0 ? "th" : "td";
        html.append('<').append(tag).append(i == 0 ? " scope=\"row\"" : "");
        html.append(i >= numbers ? " class=\"number\">" : ">");
        html.append(escaped(row.get(i))).append("</").append(tag).append('>');
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table>\n");
  }

  /** A text as HTML has it; what is no character of a text is left out. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .filter(c -> !Character.isISOControl(c) && (c < 0xD800 || c > 0xDFFF))
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            default -> escaped.appendCodePoint(c);
          }
        });
    return escaped.toString();
  }
}
