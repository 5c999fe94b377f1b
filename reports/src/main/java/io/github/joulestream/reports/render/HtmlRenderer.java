// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Report;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A report as one HTML file that needs no other: without scripts, fonts and pictures from
 * elsewhere, which its content security policy also forbids; light or dark as the system is, and
 * with a style for print. It is well-formed XML too. Cells have the exact value of the model in
 * {@code data-value}; what is seen is scaled.
 */
public final class HtmlRenderer implements Renderer {
  @Override
  public void render(Report report, OutputStream out) throws IOException {
    Writer writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    new HtmlPage(report, new Markup(writer), HtmlPage.Medium.SCREEN).write();
    writer.write('\n');
    writer.flush();
  }
}
