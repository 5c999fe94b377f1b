// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.runtime.ShownText;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class HtmlRendererTest {
  private static Document parse(Report report) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setAttribute("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(Reports.bytes(new HtmlRenderer(), report)));
  }

  private static List<Element> elements(Element parent, String name) {
    List<Element> elements = new ArrayList<>();
    NodeList nodes = parent.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<Element> withClass(List<Element> elements, String name) {
    return elements.stream()
        .filter(element -> List.of(element.getAttribute("class").split(" ")).contains(name))
        .toList();
  }

  @Test
  void everyShownCell_isReadBackExactly() throws Exception {
    for (int seed = 0; seed < 30; seed++) {
      Report report = Reports.of(seed);
      Element html = parse(report).getDocumentElement();
      for (Section section : report.sections()) {
        int index =
            report.sections().stream()
                .filter(one -> one.onFirstPage() == section.onFirstPage())
                .toList()
                .indexOf(section);
        String id = (section.onFirstPage() ? "first-" : "detail-") + index;
        Element element =
            elements(html, "section").stream()
                .filter(one -> one.getAttribute("id").equals(id))
                .findFirst()
                .orElseThrow();
        assertThat(elements(element, "h2").getFirst().getTextContent())
            .isEqualTo(ShownText.of(section.title()));
        if (section.table() != null) {
          table(element, section.table());
        }
      }
      List<Element> tiles = withClass(elements(html, "section"), "tile");
      assertThat(tiles).hasSameSizeAs(report.tiles());
      for (int i = 0; i < tiles.size(); i++) {
        Tile tile = report.tiles().get(i);
        Element value = withClass(elements(tiles.get(i), "p"), "value").getFirst();
        assertThat(value.getAttribute("data-value")).isEqualTo(Exact.of(tile.value()));
      }
    }
  }

  private static void table(Element section, Table table) {
    if (table.totals() == null && (table.shownRows() == 0 || table.rows().isEmpty())) {
      assertThat(elements(section, "table")).isEmpty();
      return;
    }
    Element element = elements(section, "table").getFirst();
    Element head = elements(element, "thead").getFirst();
    assertThat(elements(head, "th"))
        .extracting(Element::getTextContent)
        .containsExactlyElementsOf(
            table.columns().stream().map(Column::title).map(ShownText::of).toList());
    List<Element> rows = elements(elements(element, "tbody").getFirst(), "tr");
    assertThat(rows).hasSize(Math.min(table.shownRows(), table.rows().size()));
    for (int i = 0; i < rows.size(); i++) {
      row(rows.get(i), table.columns(), table.rows().get(i));
    }
    List<Element> foot = elements(element, "tfoot");
    assertThat(foot).hasSize(table.totals() == null ? 0 : 1);
    if (table.totals() != null) {
      row(elements(foot.getFirst(), "tr").getFirst(), table.columns(), table.totals());
    }
    assertThat(section.getTextContent().contains("JSON and CSV have all"))
        .isEqualTo(table.shownRows() > 0 && table.rows().size() > table.shownRows());
  }

  private static void row(Element element, List<Column> columns, List<@Nullable Object> row) {
    List<Element> cells = new ArrayList<>();
    for (int i = 0; i < element.getChildNodes().getLength(); i++) {
      cells.add((Element) element.getChildNodes().item(i));
    }
    assertThat(cells).hasSameSizeAs(row);
    for (int i = 0; i < cells.size(); i++) {
      Object value = row.get(i);
      Element cell = cells.get(i);
      String exact =
          cell.hasAttribute("data-value") ? cell.getAttribute("data-value") : cell.getTextContent();
      if (value == null) {
        assertThat(cell.getTextContent()).isEqualTo("-");
        assertThat(cell.hasAttribute("data-value")).isFalse();
      } else if (columns.get(i).quantity() == Quantity.TEXT) {
        assertThat(exact).isEqualTo(ShownText.of((String) value));
        assertThat(cell.getTextContent()).hasSizeLessThan(130);
      } else {
        assertThat(exact)
            .isEqualTo(value instanceof BigDecimal number ? number.toPlainString() : "" + value);
        assertThat(cell.getTextContent()).isNotEmpty();
      }
    }
  }

  @Test
  void nothingIsLoadedOrRun() throws Exception {
    Set<String> names = new HashSet<>();
    Set<String> attributes = new HashSet<>();
    for (int seed = 0; seed < 30; seed++) {
      Report report = Reports.of(seed);
      Element html = parse(report).getDocumentElement();
      for (Element element : elements(html, "*")) {
        names.add(element.getTagName());
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
          attributes.add(element.getAttributes().item(i).getNodeName());
        }
      }
      String style = elements(html, "style").getFirst().getTextContent();
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      assertThat(style).doesNotContain("url(", "@import", "&", "<", ">");
      assertThat(Reports.text(new HtmlRenderer(), report))
          .contains(
              "default-src 'none'; style-src 'sha256-" + Base64.getEncoder().encodeToString(hash))
          .contains(style)
          .doesNotContain("<script", "\0");
    }
    assertThat(attributes)
        .noneMatch(name -> name.startsWith("on"))
        .doesNotContain("href", "src", "style", "xlink:href");
    assertThat(names)
        .doesNotContain("script", "link", "img", "iframe", "object", "a", "foreignObject")
        .contains("header", "main", "section", "table", "caption", "footer", "svg", "title");
  }

  @Test
  void firstPage_hasTheFigures_andTheBooks() throws Exception {
    Element html = parse(Samples.rich()).getDocumentElement();
    assertThat(html.getAttribute("lang")).isEqualTo("en");
    assertThat(elements(html, "h1").getFirst().getTextContent())
        .isEqualTo("Energy, cost and carbon of alpha");
    String text = html.getTextContent().replace('\u2009', ' ').replace('\u2212', '-');
    assertThat(text)
        .contains(
            "Times in Europe/Berlin, UTC+02:00 and +01:00. Data as of 2026-11-02 07:00.",
            "2026-10: 2026-10-01 to 2026-11-01, exclusive",
            "difference 0 mJ",
            "4.12 GWh",
            "-3.12 % to before, +11.7 % to year before",
            "Joulestream 0.1.0, schema version 1",
            "Two hours of 2026-10-12 have no price",
            "GPUs held under 5 % of use.");
    assertThat(text.indexOf("Top savings")).isLessThan(text.indexOf("difference 0 mJ"));
    assertThat(text.indexOf("difference 0 mJ")).isLessThan(text.indexOf("By kind of device"));
  }

  @Test
  void aPeriodThatIsNotOver_isSaid() {
    assertThat(new Words(Samples.meta("", List.of("a", "b"))).sites()).isEqualTo("Sites a, b");
    assertThat(new Words(Samples.meta("", List.of())).sites()).isEqualTo("Sites (none)");
  }

  @Test
  void onPages_aWideTableIsSeveral_withItsFirstColumnInEach() {
    for (int columns = 1; columns < 40; columns++) {
      List<List<Integer>> parts = HtmlTable.parts(columns, HtmlPage.Medium.PAGES);
      Set<Integer> seen = new HashSet<>();
      for (List<Integer> part : parts) {
        assertThat(part.size()).isLessThanOrEqualTo(HtmlTable.COLUMNS_ON_PAGE);
        assertThat(part.getFirst()).isZero();
        seen.addAll(part);
      }
      assertThat(seen).hasSize(columns);
      assertThat(parts.stream().mapToInt(List::size).sum()).isEqualTo(columns + parts.size() - 1);
      assertThat(HtmlTable.parts(columns, HtmlPage.Medium.SCREEN)).hasSize(1);
    }
  }

  /** Ids are what titles and descriptions are found by. */
  @Test
  void everyPicture_hasATitleAndADescription() throws Exception {
    Report report = Samples.rich();
    Element html = parse(report).getDocumentElement();
    Set<String> ids = new HashSet<>();
    for (Element element : elements(html, "*")) {
      if (element.hasAttribute("id")) {
        assertThat(ids.add(element.getAttribute("id"))).isTrue();
      }
    }
    List<Element> pictures = elements(html, "svg");
    long charts = report.sections().stream().mapToLong(section -> section.charts().size()).sum();
    long trends = report.tiles().stream().filter(tile -> tile.value() != null).count();
    assertThat(pictures).hasSize((int) (charts + trends));
    for (Element picture : pictures) {
      assertThat(picture.getAttribute("role")).isEqualTo("img");
      for (String id : picture.getAttribute("aria-labelledby").split(" ")) {
        assertThat(ids).contains(id);
      }
      assertThat(elements(picture, "desc").getFirst().getTextContent()).isNotEmpty();
    }
    for (Section section : report.sections()) {
      for (Chart chart : section.charts()) {
        assertThat(html.getTextContent()).contains(chart.title());
      }
    }
  }
}
