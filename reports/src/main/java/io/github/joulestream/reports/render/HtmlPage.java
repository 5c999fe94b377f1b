// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Factor;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The document that HTML and PDF are made of. */
final class HtmlPage {
  /** Where it is read, which decides its style and the width of its tables. */
  enum Medium {
    SCREEN,
    /** A4 pages, of a renderer that knows CSS 2.1. */
    PAGES
  }

  /** Rows of a table beside a chart on the director's first page. */
  private static final int ROWS_ON_FIRST_PAGE = 8;

  /** Factors named on the first page; all of them are in the annex. */
  private static final int FACTORS_ON_FIRST_PAGE = 3;

  private final Report report;
  private final Markup html;
  private final Medium medium;
  private final Scaled scaled;
  private final Words words;
  private int charts;

  HtmlPage(Report report, Markup html, Medium medium) {
    this.report = report;
    this.html = html;
    this.medium = medium;
    this.scaled = new Scaled(report.meta().currency(), report.meta().zone());
    this.words = new Words(report.meta());
  }

  void write() throws IOException {
    html.doctype();
    html.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
    head();
    html.open("body", "class", ShownText.of(report.meta().kind()));
    header();
    html.open("main");
    if (!report.headline().isEmpty()) {
      html.leaf("p", report.headline(), "class", "headline");
    }
    tiles();
    List<Section> first = report.sections().stream().filter(Section::onFirstPage).toList();
    List<Section> detail = report.sections().stream().filter(s -> !s.onFirstPage()).toList();
    List<Section> moved = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      Section section = first.get(i);
      if (isShortened(section)) {
        moved.add(section);
      }
      section(section, "first-" + i, "summary");
    }
    method();
    String begin = " begin";
    for (Section section : moved) {
      html.open("section", "class", "detail" + begin);
      html.leaf("h2", section.title());
      new HtmlTable(html, table(section), scaled, medium).write(section.title());
      html.close();
      begin = "";
    }
    for (int i = 0; i < detail.size(); i++) {
      section(detail.get(i), "detail-" + i, "detail" + begin);
      begin = "";
    }
    annex();
    html.close();
    html.open("footer");
    html.leaf("p", words.foot());
    html.close();
    html.close();
    html.close();
    html.flush();
  }

  private void head() throws IOException {
    Meta meta = report.meta();
    String style = Styles.of(medium, words);
    html.open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty(
        "meta", "http-equiv", "Content-Security-Policy", "content", Styles.securityPolicy(style));
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.empty("meta", "name", "generator", "content", "Joulestream " + meta.version());
    html.empty(
        "meta",
        "name",
        "description",
        "content",
        report.headline().isEmpty() ? meta.title() : report.headline());
    html.leaf("title", meta.title() + ", " + meta.period());
    html.open("style").lines(style).close();
    if (medium == Medium.PAGES) {
      bookmarks();
    }
    html.close();
  }

  private void bookmarks() throws IOException {
    html.open("bookmarks");
    html.empty("bookmark", "name", "Summary", "href", "#top");
    int first = 0;
    int detail = 0;
    for (Section section : report.sections()) {
      String id = section.onFirstPage() ? "first-" + first++ : "detail-" + detail++;
      html.empty("bookmark", "name", section.title(), "href", "#" + id);
    }
    html.empty("bookmark", "name", "Method", "href", "#method");
    if (!definitions().isEmpty()) {
      html.empty("bookmark", "name", "Definitions", "href", "#definitions");
    }
    html.close();
  }

  private void header() throws IOException {
    html.open("header", "id", "top");
    html.leaf("h1", report.meta().title());
    for (String line : words.header()) {
      html.leaf("p", line);
    }
    html.close();
  }

  private void tiles() throws IOException {
    if (report.tiles().isEmpty()) {
      return;
    }
    html.open("div", "class", "tiles");
    for (Tile tile : report.tiles()) {
      Shown value = scaled.of(tile.quantity(), tile.unit(), tile.value());
      html.open("section", "class", "tile");
      if (medium == Medium.PAGES) {
        // floats stand before what they are beside
        Sparkline.write(html, tile, scaled, "spark-" + ++charts, 64);
      }
      html.leaf("h2", tile.title());
      html.open("p", "class", "value", "data-value", Exact.of(tile.value()));
      html.text(value.number());
      if (!value.unit().isEmpty()) {
        html.text(String.valueOf(Shown.THIN_SPACE));
        html.leaf("span", value.unit(), "class", "u");
      }
      html.close();
      change(tile);
      if (!tile.note().isEmpty()) {
        html.leaf("p", tile.note(), "class", "note");
      }
      if (medium == Medium.SCREEN) {
        Sparkline.write(html, tile, scaled, "spark-" + ++charts, 150);
      }
      html.close();
    }
    html.close();
  }

  private void change(Tile tile) throws IOException {
    List<String> changes = new ArrayList<>();
    if (tile.changeFromBefore() != null) {
      changes.add(Scaled.change(tile.changeFromBefore()) + " to before");
    }
    if (tile.changeFromYearBefore() != null) {
      changes.add(Scaled.change(tile.changeFromYearBefore()) + " to year before");
    }
    if (!changes.isEmpty()) {
      html.leaf("p", String.join(", ", changes), "class", "change");
    }
  }

  private void section(Section section, String id, String style) throws IOException {
    html.open("section", "class", style, "id", id);
    html.leaf("h2", section.title());
    for (String sentence : section.sentences()) {
      html.leaf("p", sentence);
    }
    if (section.table() != null) {
      for (Chart chart : section.charts()) {
        if (!isSaidByTable(section, chart)) {
          figure(chart, section.table());
        }
      }
      if (!isShortened(section)) {
        new HtmlTable(html, section.table(), scaled, medium).write(section.title());
      }
    }
    html.close();
  }

  private static Table table(Section section) {
    return Objects.requireNonNull(section.table(), section.name());
  }

  /** The director's report has one page that is to hold all of its first sections. */
  private boolean isDense(Section section) {
    return medium == Medium.PAGES
        && section.onFirstPage()
        && report.meta().kind().equals("director")
        && section.table() != null;
  }

  /** Whether only its charts are on the first page, and its long table is on a later one. */
  private boolean isShortened(Section section) {
    return isDense(section)
        && !section.charts().isEmpty()
        && Math.min(table(section).shownRows(), table(section).rows().size()) > ROWS_ON_FIRST_PAGE;
  }

  /** Whether a chart is left out since its few figures are in the table below it. */
  private boolean isSaidByTable(Section section, Chart chart) {
    return isDense(section)
        && !isShortened(section)
        && chart.form() == Chart.Form.BARS
        && table(section).shownRows() > 0;
  }

  private void figure(Chart chart, Table table) throws IOException {
    html.open("figure");
    html.leaf("figcaption", chart.title());
    SvgCharts.write(html, chart, table, scaled, "chart-" + ++charts);
    html.close();
  }

  /** The lines at the end of the first page. */
  private void method() throws IOException {
    Meta meta = report.meta();
    html.open("section", "class", "lines");
    html.leaf(
        "p",
        "Measured less jobs less idle: "
            + words.difference()
            + ". "
            + words.asOf()
            + ". "
            + words.coverage()
            + ".");
    List<String> factors = new ArrayList<>();
    for (Factor factor : meta.factors().stream().limit(FACTORS_ON_FIRST_PAGE).toList()) {
      factors.add("%s: %s (%s)".formatted(factor.name(), factor.value(), factor.source()));
    }
    if (!factors.isEmpty()) {
      html.leaf("p", String.join("; ", factors) + ".");
    }
    html.leaf("p", "How the figures are worked out, and their limits: see Method.");
    html.close();
  }

  private void annex() throws IOException {
    Meta meta = report.meta();
    html.open("section", "class", "annex", "id", "method");
    html.leaf("h2", "Method");
    if (!meta.factors().isEmpty()) {
      List<Column> columns =
          List.of(
              Column.text("name", "Factor"),
              Column.text("value", "Value"),
              Column.text("source", "Source"),
              Column.text("quality", "Quality"));
      List<List<@org.jspecify.annotations.Nullable Object>> rows = new ArrayList<>();
      for (Factor factor : meta.factors()) {
        rows.add(List.of(factor.name(), factor.value(), factor.source(), factor.quality()));
      }
      new HtmlTable(html, new Table("factors", columns, rows, null, Table.ALL_ROWS), scaled, medium)
          .write("Factors");
    }
    if (!meta.notes().isEmpty()) {
      html.open("ul");
      for (String note : meta.notes()) {
        html.leaf("li", note);
      }
      html.close();
    }
    html.close();
    Map<String, String> definitions = definitions();
    if (!definitions.isEmpty()) {
      html.open("section", "class", "annex", "id", "definitions");
      html.leaf("h2", "Definitions");
      html.open("dl");
      for (Map.Entry<String, String> definition : definitions.entrySet()) {
        html.leaf("dt", definition.getKey());
        html.leaf("dd", definition.getValue());
      }
      html.close();
      html.close();
    }
  }

  /** What columns mean, by title; one that means two things has both. */
  private Map<String, String> definitions() {
    Map<String, String> definitions = new LinkedHashMap<>();
    for (Section section : report.sections()) {
      if (section.table() == null) {
        continue;
      }
      for (Column column : section.table().columns()) {
        if (!column.meaning().isEmpty()) {
          definitions.merge(
              column.title(),
              column.meaning(),
              (one, other) -> one.contains(other) ? one : one + " " + other);
        }
      }
    }
    return definitions;
  }
}
