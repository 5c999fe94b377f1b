// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.reports.render.CsvRenderer;
import io.github.joulestream.reports.render.FocusRenderer;
import io.github.joulestream.reports.render.HtmlRenderer;
import io.github.joulestream.reports.render.JsonRenderer;
import io.github.joulestream.reports.render.MarkdownRenderer;
import io.github.joulestream.reports.render.PdfRenderer;
import io.github.joulestream.reports.render.Renderer;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** A form of reports. */
public enum ReportForm {
  HTML("html", "htm"),
  PDF("pdf"),
  CSV("csv"),
  JSON("json"),
  MD("md", "markdown"),
  /** A CSV for programs that read the FinOps Foundation's FOCUS. */
  FOCUS("csv");

  private final String ending;
  private final String otherEnding;

  ReportForm(String ending) {
    this(ending, ending);
  }

  ReportForm(String ending, String otherEnding) {
    this.ending = ending;
    this.otherEnding = otherEnding;
  }

  /** How names of its files end, without the dot. */
  public String ending() {
    return ending;
  }

  /** What writes it. */
  public Renderer renderer() {
    return switch (this) {
      case HTML -> new HtmlRenderer();
      case PDF -> new PdfRenderer();
      case CSV -> new CsvRenderer();
      case JSON -> new JsonRenderer();
      case MD -> new MarkdownRenderer();
      case FOCUS -> new FocusRenderer();
    };
  }

  /** The form that the ending of a file's name is of. */
  public static Optional<ReportForm> of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    for (ReportForm form : values()) {
      if (name.endsWith("." + form.ending) || name.endsWith("." + form.otherEnding)) {
        return Optional.of(form); // FOCUS comes after CSV
      }
    }
    return Optional.empty();
  }

  /**
   * The form that is asked for, or else that of the file's name; without a file Markdown, in a
   * folder HTML.
   *
   * @throws UserError if neither is known
   */
  public static ReportForm choose(Optional<ReportForm> asked, Optional<Path> out, boolean folder) {
    if (asked.isPresent()) {
      return asked.get();
    }
    if (out.isEmpty()) {
      return MD;
    }
    return of(out.get())
        .or(() -> folder ? Optional.of(HTML) : Optional.empty())
        .orElseThrow(() ->
            UserError.usage(
                ("--out %s does not say which form: let it end with .html, .pdf, .csv, .json or"
                        + " .md, or give --format")
                    .formatted(out.get())));
  }
}
