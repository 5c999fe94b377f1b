// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.store.LabelText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;

/** Texts of users through every form of a report. */
class HostileTextsTest {
  private static final int[] LINES = {'\r', '\n'};
  private static final int SEEDS = 5;

  /** Each hostile text as each text of a job, and in charts. */
  private static Report jobs(List<String> texts) {
    List<Column> columns = new ArrayList<>();
    for (String name : List.of("job", "site", "user", "project", "name", "partition")) {
      columns.add(Column.text(name, name));
    }
    columns.add(Column.text("labels", "labels"));
    columns.add(Column.of("energy", "Energy", Quantity.ENERGY, ""));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String text : texts) {
      String labels = LabelText.of(Map.of("model", text));
      rows.add(
          Samples.row(text, text, text, text, text, text, labels, BigDecimal.valueOf(-1_000_000)));
    }
    Table table = new Table("jobs", columns, rows, null, Table.ALL_ROWS);
    Chart chart =
        new Chart(
            Chart.Form.BARS,
            "Jobs",
            "job",
            List.of(new Chart.Series("energy", Chart.Role.GPU)),
            "");
    return new Report(
        Samples.meta("EUR", List.of("a")),
        "",
        List.of(),
        List.of(new Section("jobs", "Jobs", List.of(), table, List.of(chart), false)));
  }

  private static List<Report> all() {
    List<Report> reports = new ArrayList<>();
    reports.add(jobs(HostileTexts.all()));
    for (int seed = 0; seed < SEEDS; seed++) {
      reports.add(Reports.of(seed));
    }
    return reports;
  }

  private static Set<String> elements(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    factory.setAttribute("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    NodeList all =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(html.getBytes(UTF_8)))
            .getElementsByTagName("*");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < all.getLength(); i++) {
      names.add(all.item(i).getNodeName());
    }
    return names;
  }

  @Test
  void html_withItsCharts_hasTheElementsOfOrdinaryTexts() throws Exception {
    Set<String> ordinary = elements(Reports.text(new HtmlRenderer(), Samples.rich()));
    for (Report report : all()) {
      String html = Reports.text(new HtmlRenderer(), report);
      assertThat(HostileTexts.unsafe(html, LINES)).isEmpty();
      Set<String> elements = elements(html);
      elements.removeAll(ordinary);
      // what a table without rows is replaced by
      elements.removeAll(Set.of("tfoot", "ul", "li", "dl", "dt", "dd", "circle", "line"));
      assertThat(elements).isEmpty();
    }
  }

  @Test
  void markdown_hasNothingThatActs() throws Exception {
    for (Report report : all()) {
      String markdown = Reports.text(new MarkdownRenderer(), report);
      assertThat(HostileTexts.unsafe(markdown, LINES)).isEmpty();
      assertThat(markdown).doesNotContain("<", "@all");
    }
  }

  @Test
  void csv_hasNeitherFormulas_norWhatActs_andNumbersAsTheyAre() throws Exception {
    for (Report report : all()) {
      for (Table table : CsvRenderer.tables(report).values()) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new CsvRenderer().render(report, table, out);
        String csv = out.toString(UTF_8);
        assertThat(HostileTexts.unsafe(csv, LINES)).isEmpty();
        noFormulas(CsvRendererTest.parse(csv), table.rows().size());
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Report report = jobs(List.of("x"));
    new CsvRenderer()
        .render(report, Objects.requireNonNull(report.sections().getFirst().table()), out);
    assertThat(out.toString(UTF_8)).contains(",-1000000,").doesNotContain("'-1000000");
  }

  @Test
  void focus_hasNeitherFormulas_norWhatActs_andTagsThatAreStillTrue() throws Exception {
    List<String> texts = HostileTexts.all();
    String csv = Reports.text(new FocusRenderer(), jobs(texts));
    assertThat(HostileTexts.unsafe(csv, LINES)).isEmpty();
    List<List<String>> rows = CsvRendererTest.parse(csv);
    noFormulas(rows, texts.size());
    int tags = rows.getFirst().indexOf("Tags");
    for (int i = 0; i < texts.size(); i++) {
      JsonNode json = new ObjectMapper().readTree(rows.get(i + 1).get(tags));
      assertThat(json.path("user").asText()).isEqualTo(Texts.encodable(texts.get(i)));
    }
  }

  private static void noFormulas(List<List<String>> rows, int size) {
    assertThat(rows).hasSize(size + 1);
    for (List<String> row : rows) {
      assertThat(row)
          .hasSameSizeAs(rows.getFirst())
          .noneMatch(cell -> HostileTexts.isFormula(cell) && !cell.matches("-\\d+(\\.\\d+)?"));
    }
  }

  @Test
  void pdf_hasNothingThatActs() throws IOException {
    for (Report report : List.of(jobs(HostileTexts.CRAFTED), Reports.of(1))) {
      try (PDDocument pdf = Loader.loadPDF(Reports.bytes(new PdfRenderer(), report))) {
        String text = new PDFTextStripper().getText(pdf);
        assertThat(HostileTexts.unsafe(text, LINES)).isEmpty();
        assertThat(HostileTexts.unsafe(pdf.getDocumentInformation().getTitle())).isEmpty();
      }
    }
  }

  /** JSON is for programs: it has the texts themselves, but for what no encoding can write. */
  @Test
  void json_hasTheTextsAsTheyAre() throws IOException {
    List<String> texts = HostileTexts.all();
    String json = Reports.text(new JsonRenderer(), jobs(texts));
    List<String> read = new ArrayList<>();
    new ObjectMapper().readTree(json).findValues("user").forEach(user -> read.add(user.asText()));
    assertThat(read).containsAll(texts.stream().map(Texts::encodable).toList());
  }
}
