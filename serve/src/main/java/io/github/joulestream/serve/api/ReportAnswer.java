// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.order.ReportForm;
import io.github.joulestream.reports.render.CsvRenderer;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.serve.http.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/**
 * A report as it is answered.
 *
 * @param asOf whether the time is given that it is as of: then it has the same bytes again, unless
 *     what is stored was corrected
 */
record ReportAnswer(Report report, ReportForm form, boolean asOf) {
  /** Its answer; of CSV, of a table of it. */
  Answer of(Optional<String> table) throws Problem {
    if (form == ReportForm.CSV) {
      Table one = table(table);
      return Answer.of(
          new Answer.Stream(type(), fileName(), out -> new CsvRenderer().render(report, one, out)));
    }
    if (form == ReportForm.JSON || form == ReportForm.FOCUS) {
      return Answer.of(
          new Answer.Stream(
              type(),
              form == ReportForm.JSON ? "" : fileName(),
              out -> form.renderer().render(report, out)));
    }
    byte[] bytes = bytes();
    Answer answer =
        Answer.of(new Answer.Bytes(type(), bytes, form == ReportForm.PDF ? fileName() : ""));
    return asOf && report.meta().complete() ? answer.withEtag(Etags.of(bytes)) : answer;
  }

  private Table table(Optional<String> name) throws Problem {
    Map<String, Table> tables = CsvRenderer.tables(report);
    Table table =
        name.isPresent()
            ? tables.get(name.get())
            : tables.size() == 1
                ? tables.values().iterator().next()
                : tables.get(report.meta().kind());
    if (table == null) {
      throw Problem.parameter("table", "it must be one of " + String.join(", ", tables.keySet()));
    }
    return table;
  }

  private byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      form.renderer().render(report, out);
    } catch (IOException e) {
      throw new UncheckedIOException("the report cannot be written", e);
    }
    return out.toByteArray();
  }

  private String type() {
    return switch (form) {
      case HTML -> "text/html; charset=utf-8";
      case PDF -> "application/pdf";
      case CSV, FOCUS -> "text/csv; charset=utf-8; header=present";
      case JSON -> "application/json";
      case MD -> "text/markdown; charset=utf-8";
    };
  }

  /** Its kind and period: names of others are no part of it. */
  private String fileName() {
    Meta meta = report.meta();
    return "%s-%s.%s".formatted(meta.kind(), meta.period(), form.ending());
  }
}
