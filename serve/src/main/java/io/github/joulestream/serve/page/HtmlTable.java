// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.page;

import io.github.joulestream.serve.http.HtmlText;
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
    html.append("<table class=\"figures\"><caption>")
        .append(HtmlText.escaped(caption))
        .append("</caption>");
    html.append("<thead><tr>");
    for (int i = 0; i < columns.size(); i++) {
      html.append("<th scope=\"col\"").append(i >= numbers ? " class=\"number\">" : ">");
      html.append(HtmlText.escaped(columns.get(i))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        String tag = i == 0 ? "th" : "td";
        html.append('<').append(tag).append(i == 0 ? " scope=\"row\"" : "");
        html.append(i >= numbers ? " class=\"number\">" : ">");
        html.append(HtmlText.escaped(row.get(i))).append("</").append(tag).append('>');
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table>\n");
  }
}
