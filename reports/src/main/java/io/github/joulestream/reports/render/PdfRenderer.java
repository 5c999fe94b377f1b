// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import com.openhtmltopdf.extend.FSStream;
import com.openhtmltopdf.pdfboxout.PdfBoxRenderer;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.svgsupport.BatikSVGDrawer;
import com.openhtmltopdf.util.XRLog;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.runtime.ShownText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.GregorianCalendar;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A report as PDF on A4 pages, of the same document as HTML: tagged, with a title, bookmarks and
 * its fonts, and in each page's foot its number, what the report is of and as of when. Nothing is
 * loaded but the fonts, which are among the classes. Its times and its id are made of the report's,
 * so that the same report has the same bytes. A character that the fonts lack is shown as a square.
 */
public final class PdfRenderer implements Renderer {
  private static final String FONTS = "joulestream-font";

  static {
    // Batik asks for a display otherwise
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
    XRLog.setLoggingEnabled(false);
  }

  @Override
  public void render(Report report, OutputStream out) throws IOException {
    PdfRendererBuilder builder = new PdfRendererBuilder();
    builder.usePdfUaAccessibility(true);
    builder.useReplacementText(String.valueOf(PageFont.SUBSTITUTE));
    builder.withProducer("Joulestream " + ShownText.of(report.meta().version()));
    builder.useUriResolver(
        (base, uri) -> uri.startsWith(FONTS + ":") || uri.startsWith("#") ? uri : null);
    builder.useProtocolsStreamImplementation(PdfRenderer::font, FONTS);
    builder.withW3cDocument(document(report), null);
    try (BatikSVGDrawer charts = new BatikSVGDrawer()) {
      builder.useSVGDrawer(charts);
      try (PdfBoxRenderer renderer = builder.buildPdfRenderer();
          PDDocument pdf = created(renderer, report.meta())) {
        pdf.save(out);
      }
    }
  }

  private static PDDocument created(PdfBoxRenderer renderer, Meta meta) throws IOException {
    PDDocument pdf = renderer.getPdfDocument();
    GregorianCalendar asOf = GregorianCalendar.from(meta.asOf().atZone(ZoneOffset.UTC));
    renderer.createPDFWithoutClosing();
    PDDocumentInformation information = pdf.getDocumentInformation();
    information.setCreationDate(asOf);
    information.setModificationDate(asOf);
    pdf.setDocumentId(meta.asOf().toEpochMilli() ^ (long) meta.hashCode() << 32);
    return pdf;
  }

  private static Document document(Report report) throws IOException {
    StringWriter html = new StringWriter();
    new HtmlPage(report, new Markup(html, PdfRenderer::characters), HtmlPage.Medium.PAGES).write();
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setExpandEntityReferences(false);
      return factory.newDocumentBuilder().parse(new InputSource(new StringReader(html.toString())));
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(e);
    }
  }

  private static String characters(String text) {
    return PageFont.drawable(ShownText.of(text));
  }

  /** Of {@code joulestream-font:Regular}. */
  private static FSStream font(String uri) {
    return new FSStream() {
      @Override
      public InputStream getStream() {
        return new ByteArrayInputStream(PageFont.file(uri.substring(FONTS.length() + 1)));
      }

      @Override
      public Reader getReader() {
        return new InputStreamReader(getStream(), StandardCharsets.ISO_8859_1);
      }
    };
  }
}
