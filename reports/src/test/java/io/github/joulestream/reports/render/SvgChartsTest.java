// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Chart.Form;
import io.github.joulestream.reports.model.Chart.Role;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class SvgChartsTest {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("name", "Name"),
          Column.of("one", "One", Quantity.ENERGY, ""),
          Column.of("two", "Two", Quantity.ENERGY, ""));
  private static final List<Chart.Series> SERIES =
      List.of(new Chart.Series("one", Role.GPU), new Chart.Series("two", Role.CPU));

  private static Element draw(Form form, List<List<@Nullable Object>> rows) throws Exception {
    return draw(form, form == Form.SCATTER ? "two" : "name", rows);
  }

  private static Element draw(Form form, String x, List<List<@Nullable Object>> rows)
      throws Exception {
    Table table = new Table("t", COLUMNS, rows, null, Table.ALL_ROWS);
    StringWriter out = new StringWriter();
    Markup markup = new Markup(out);
    SvgCharts.write(
        markup,
        new Chart(form, "A title", x, SERIES, form == Form.SCATTER ? "name" : ""),
        table,
        new Scaled("EUR", ZoneOffset.UTC),
        "c");
    markup.flush();
    assertThat(out.toString()).doesNotContain("NaN", "Infinity", "d=\"\"", "E-");
    return DocumentBuilderFactory.newDefaultNSInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(out.toString())))
        .getDocumentElement();
  }

  private static List<Element> elements(Element parent, String name) {
    List<Element> elements = new ArrayList<>();
    NodeList nodes = parent.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<Element> areas(Element svg, String role) {
    return elements(svg, "rect").stream()
        .filter(rect -> rect.getAttribute("class").equals("k-" + role))
        .filter(rect -> rect.getElementsByTagName("title").getLength() > 0)
        .toList();
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static @Nullable BigDecimal of(@Nullable Double value) {
    return value == null ? null : BigDecimal.valueOf(value);
  }

  private static List<@Nullable Object> row(
      String name, @Nullable Double one, @Nullable Double two) {
    return new ArrayList<@Nullable Object>(Arrays.<@Nullable Object>asList(name, of(one), of(two)));
  }

  /** Whatever the figures are, everything is within the picture and is a number. */
  @Test
  void anyFigures_canBeDrawn() throws Exception {
    Random random = new Random(11);
    List<List<List<@Nullable Object>>> tables = new ArrayList<>();
    tables.add(List.of());
    tables.add(List.of(row("only", null, null)));
    tables.add(List.of(row("only", 0.0, 0.0)));
    tables.add(List.of(row("only", 5e12, 7.0)));
    tables.add(List.of(row("a", -3e9, -2e9), row("b", -1e9, 0.0)));
    tables.add(List.of(row("a", 1e-9, 1e-9), row("b", 1e300, 1e300)));
    for (int i = 0; i < 30; i++) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      int size = random.nextInt(i < 28 ? 40 : 3000);
      double scale = Math.pow(10, random.nextInt(40) - 15);
      for (int row = 0; row < size; row++) {
        rows.add(
            row(
                "n".repeat(random.nextInt(60)) + row % 7,
                random.nextInt(5) == 0 ? null : scale * (random.nextDouble() - 0.3),
                random.nextInt(5) == 0 ? null : scale * random.nextDouble()));
      }
      tables.add(rows);
    }
    for (List<List<@Nullable Object>> rows : tables) {
      for (Form form : Form.values()) {
        Element svg = draw(form, rows);
        double width = number(svg, "width");
        double height = number(svg, "height");
        assertThat(elements(svg, "title").getFirst().getTextContent()).isEqualTo("A title");
        assertThat(elements(svg, "desc").getFirst().getTextContent()).isNotEmpty();
        List<String> outside = new ArrayList<>();
        for (Element rect : elements(svg, "rect")) {
          double right = number(rect, "x") + number(rect, "width");
          double bottom = number(rect, "y") + number(rect, "height");
          if (number(rect, "x") < -0.01
              || number(rect, "y") < -0.01
              || right > width + 0.02
              || bottom > height + 0.02) {
            outside.add("rect " + right + " " + bottom);
          }
        }
        for (Element text : elements(svg, "text")) {
          double x = number(text, "x");
          double y = number(text, "y");
          if (x < -0.01 || x > width + 0.01 || y < 0 || y > height) {
            outside.add(text.getTextContent() + " " + x + " " + y);
          }
        }
        assertThat(outside).isEmpty();
      }
    }
  }

  @Test
  void columns_areStackedFromZero_inProportion() throws Exception {
    Element svg =
        draw(
            Form.COLUMNS, List.of(row("a", 4e12, 2e12), row("b", null, null), row("c", 1e12, 0.0)));
    List<Element> one = areas(svg, "gpu");
    List<Element> two = areas(svg, "cpu");
    assertThat(one).hasSize(2);
    assertThat(two).hasSize(1);
    assertThat(number(one.get(0), "height") / number(two.get(0), "height")).isBetween(1.99, 2.01);
    assertThat(number(one.get(0), "height") / number(one.get(1), "height")).isBetween(3.97, 4.03);
    assertThat(number(one.get(0), "y"))
        .isBetween(
            number(two.get(0), "y") + number(two.get(0), "height") - 0.02,
            number(two.get(0), "y") + number(two.get(0), "height") + 0.02);
    assertThat(one.get(0).getTextContent()).isEqualTo("a, One: 1.11\u2009MWh");
    assertThat(svg.getTextContent()).contains("-");
  }

  @Test
  void parts_fillTheBar_withTheirShares() throws Exception {
    Element svg = draw(Form.PARTS, List.of(row("a", 3e12, 1e12), row("b", 9e12, 9e12)));
    double one = number(areas(svg, "gpu").getFirst(), "width");
    double two = number(areas(svg, "cpu").getFirst(), "width");
    assertThat(one).isBetween(509.9, 510.1);
    assertThat(one + two).isBetween(679.98, 680.02);
    assertThat(svg.getTextContent()).contains("One 833\u2009kWh, 75.0\u2009%");
    Element below = draw(Form.PARTS, List.of(row("a", 3e12, -1e12)));
    assertThat(below.getTextContent()).contains("below 0, not drawn");
    assertThat(areas(below, "cpu")).isEmpty();
  }

  @Test
  void bars_beginAtZero_alsoBelowIt() throws Exception {
    Element svg = draw(Form.BARS, List.of(row("a", 2e12, null), row("b", -2e12, null)));
    List<Element> bars = areas(svg, "gpu");
    assertThat(number(bars.get(0), "width")).isEqualTo(number(bars.get(1), "width"));
    double end = number(bars.get(1), "x") + number(bars.get(1), "width");
    assertThat(number(bars.get(0), "x")).isBetween(end - 0.02, end + 0.02);
  }

  @Test
  void smallMultiples_haveOneScale() throws Exception {
    Element svg = draw(Form.SMALL_MULTIPLES, List.of(row("a", 8e12, 2e12)));
    assertThat(
            number(areas(svg, "gpu").getFirst(), "height")
                / number(areas(svg, "cpu").getFirst(), "height"))
        .isBetween(3.97, 4.03);
  }

  @Test
  void lines_areBrokenWhereAValueIsNotKnown() throws Exception {
    Element svg =
        draw(
            Form.LINES,
            List.of(
                row("a", 1e12, 1e12),
                row("b", 2e12, null),
                row("c", null, 1e12),
                row("d", 2e12, null),
                row("e", 2e12, 3e12)));
    Element one =
        elements(svg, "path").stream()
            .filter(path -> path.getAttribute("class").equals("l-gpu"))
            .findFirst()
            .orElseThrow();
    assertThat(one.getAttribute("d")).matches("M[^ML]+L[^ML]+M[^ML]+L[^ML]+");
    // single values between gaps are dots
    assertThat(elements(svg, "path").stream().filter(p -> p.getAttribute("class").equals("k-cpu")))
        .hasSize(3);
  }

  @Test
  void scatter_isLogarithmic_andSaysWhatIsNotDrawn() throws Exception {
    Element svg =
        draw(
            Form.SCATTER,
            List.of(
                row("a", 1e10, 1e10),
                row("a", 1e11, 1e11),
                row("b", 1e12, 1e12),
                row("b", 0.0, 1e12),
                row("b", null, 1e12)));
    List<Element> dots =
        elements(svg, "path").stream()
            .filter(path -> path.getElementsByTagName("title").getLength() > 0)
            .toList();
    assertThat(dots).hasSize(3);
    double[] x = new double[3];
    for (int i = 0; i < 3; i++) {
      String path = dots.get(i).getAttribute("d");
      x[i] = Double.parseDouble(path.substring(1, path.indexOf(' ')));
    }
    // the second shape is a square, which begins 0.4 farther to the right
    assertThat(x[2] - x[1] - 0.4).isBetween(x[1] - x[0] - 0.1, x[1] - x[0] + 0.1);
    assertThat(svg.getTextContent()).contains("2 of 5 have no value above 0 and are not drawn.");
    assertThat(dots.get(0).getAttribute("d")).contains("A");
    assertThat(dots.get(2).getAttribute("d")).doesNotContain("A");
  }

  @Test
  void ticks_areRound_andCoverTheRange() {
    Random random = new Random(12);
    for (int i = 0; i < 5000; i++) {
      double scale = Math.pow(10, random.nextInt(20) - 10);
      double min = random.nextBoolean() ? 0 : -random.nextDouble() * scale;
      double max = random.nextDouble() * scale;
      Ticks ticks = Ticks.over(min, max, 4);
      assertThat(ticks.min()).isLessThanOrEqualTo(min);
      assertThat(ticks.max()).isGreaterThanOrEqualTo(max);
      assertThat(ticks.count()).isBetween(2, 7);
      assertThat(ticks.step().unscaledValue().intValue()).isIn(1, 2, 5, 10);
    }
    assertThat(Ticks.over(0, 0, 4).max()).isEqualTo(1);
  }

  /** Advance widths of DejaVu Sans, the widest of those that browsers use for sans-serif. */
  @Test
  void marksOfNames_areAsWideAsFontsHaveThem() {
    assertThat(Labels.width("<>=+", 10)).isGreaterThanOrEqualTo(4 * 8.38);
    assertThat(Labels.width("@", 10)).isGreaterThanOrEqualTo(8);
  }

  @Test
  void labels_keepTheirDistance() {
    double[] placed = Labels.apart(new double[] {50, 10, 51, 52}, 12, 0, 100);
    assertThat(placed[1]).isEqualTo(10);
    assertThat(placed[0]).isEqualTo(50);
    assertThat(placed[2]).isEqualTo(62);
    assertThat(placed[3]).isEqualTo(74);
    assertThat(Labels.apart(new double[] {99, 100}, 12, 0, 100)).containsExactly(88, 100);
    assertThat(Labels.apart(new double[] {1, 1, 1}, 60, 0, 100)).containsExactly(0, 50, 100);
  }

  @Test
  void inksOfAChart_differ() throws IOException {
    for (Role role : Role.values()) {
      List<Ink> inks =
          Ink.of(
              List.of(
                  new Chart.Series("a", role),
                  new Chart.Series("b", Role.OTHER),
                  new Chart.Series("c", Role.OTHER)));
      Set<String> fills = new HashSet<>();
      inks.forEach(ink -> fills.add(ink.fill()));
      assertThat(fills).as(role.name()).hasSize(3);
      for (Ink ink : inks) {
        assertThat(contrastToWhite(ink.edge())).as(ink.name()).isGreaterThanOrEqualTo(3);
      }
    }
  }

  /** WCAG 2.2, relative luminance and contrast ratio. */
  private static double contrastToWhite(String colour) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double luminance = 0;
    for (int i = 0; i < 3; i++) {
      double channel = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      luminance +=
          weights[i]
              * (channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4));
    }
    return 1.05 / (luminance + 0.05);
  }
}
