// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.interactive.documentnavigation.outline.PDOutlineItem;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PdfRendererTest {
  private static byte[] rich = new byte[0];

  @BeforeAll
  static void render() throws IOException {
    rich = Reports.bytes(new PdfRenderer(), Samples.rich());
  }

  private static String text(PDDocument pdf) throws IOException {
    return dense(new PDFTextStripper().getText(pdf));
  }

  /** Without spaces, since lines are broken at other places than in the text. */
  private static String dense(String text) {
    return text.replaceAll("[\\s\u2009\u00A0\u202F]+", "");
  }

  @Test
  void theSameReport_hasTheSameBytes() throws IOException {
    assertThat(Reports.bytes(new PdfRenderer(), Samples.rich())).isEqualTo(rich);
  }

  @Test
  void pages_haveNumbersTitleBookmarksTagsAndFonts() throws IOException {
    try (PDDocument pdf = Loader.loadPDF(rich)) {
      assertThat(pdf.getDocumentInformation().getTitle())
          .isEqualTo("Energy, cost and carbon of alpha, 2026-10");
      assertThat(pdf.getDocumentInformation().getCreationDate().toInstant())
          .isEqualTo(Samples.AS_OF);
      assertThat(pdf.getDocumentCatalog().getLanguage()).isEqualTo("en");
      assertThat(pdf.getDocumentCatalog().getMarkInfo().isMarked()).isTrue();
      assertThat(pdf.getDocumentCatalog().getStructureTreeRoot()).isNotNull();
      List<String> bookmarks = new ArrayList<>();
      for (PDOutlineItem item : pdf.getDocumentCatalog().getDocumentOutline().children()) {
        bookmarks.add(item.getTitle());
        assertThat(item.getDestination()).isNotNull();
      }
      assertThat(bookmarks)
          .startsWith("Summary", "Where it went", "Days")
          .contains("Power", "Projects")
          .endsWith("Method", "Definitions");
      int pages = pdf.getNumberOfPages();
      assertThat(pages).isBetween(4, 12);
      for (int page = 1; page <= pages; page++) {
        PDFTextStripper one = new PDFTextStripper();
        one.setStartPage(page);
        one.setEndPage(page);
        assertThat(one.getText(pdf))
            .contains(page + " of " + pages)
            .contains("Site alpha. 2026-10: 2026-10-01 to 2026-11-01, exclusive")
            .contains("Data as of 2026-11-02 07:00");
      }
      for (PDPage page : pdf.getPages()) {
        for (COSName name : page.getResources().getFontNames()) {
          PDFont font = page.getResources().getFont(name);
          assertThat(font.isEmbedded()).as(font.getName()).isTrue();
          assertThat(font.getName()).contains("LiberationSans");
        }
      }
    }
  }

  @Test
  void everyRow_isOnAPage() throws IOException {
    Report report = Samples.rich();
    try (PDDocument pdf = Loader.loadPDF(rich)) {
      String text = text(pdf);
      Scaled scaled = new Scaled(report.meta().currency(), report.meta().zone());
      for (Section section : report.sections()) {
        assertThat(text).contains(dense(section.title()));
        Table table = Objects.requireNonNull(section.table());
        int shown = Math.min(table.shownRows(), table.rows().size());
        for (int row = 0; row < shown; row++) {
          for (int i = 0; i < table.columns().size(); i++) {
            Object value = table.rows().get(row).get(i);
            String cell = dense(PageFont.drawable(scaled.of(table.columns().get(i), value).text()));
            if (cell.length() < 50) {
              assertThat(text).contains(cell);
            }
          }
        }
      }
    }
  }

  @Test
  void hostileTexts_areDrawnOrReplaced() throws IOException {
    for (int seed = 0; seed < 3; seed++) {
      byte[] bytes = Reports.bytes(new PdfRenderer(), Reports.of(seed));
      try (PDDocument pdf = Loader.loadPDF(bytes)) {
        assertThat(pdf.getNumberOfPages()).isPositive();
        assertThat(text(pdf)).doesNotContain("\uFFFD", "\0");
        assertThat(pdf.getDocumentCatalog().getOpenAction()).isNull();
        assertThat(
                pdf.getDocumentCatalog().getNames() == null
                    || pdf.getDocumentCatalog().getNames().getJavaScript() == null)
            .isTrue();
      }
    }
  }

  @Test
  void charactersThatTheFontLacks_areSquares() {
    assertThat(PageFont.drawable("Gr\u00FC\u00DFe \u540D\uD83D\uDE80 \uFFFD"))
        .isEqualTo("Grüße □□ □");
    assertThat(PageFont.drawable("10⁹ and m³")).isEqualTo("10^9 and m³");
    assertThat(PageFont.drawable("1.23×10⁻¹² J")).isEqualTo("1.23×10^-12 J");
    assertThat(PageFont.drawable("108\u2009000\u2009EUR")).isEqualTo("108\u202F000\u202FEUR");
  }
}
