// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.CsvRow;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CSV of answers. */
final class CsvText {
  private static final int BUFFER = 1 << 14;

  private CsvText() {}

  static void write(Answer.Csv table, OutputStream out) throws IOException {
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER);
    CsvRow csv = new CsvRow(writer);
    for (String column : table.columns()) {
      csv.text(column);
    }
    csv.end();
    for (List<?> row : table.rows()) {
      for (Object cell : row) {
        cell(csv, cell);
      }
      csv.end();
    }
    writer.flush();
  }

  private static void cell(CsvRow csv, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> csv.exact("");
      case BigDecimal number -> csv.exact(number.toPlainString());
      case Double number -> csv.exact(decimal(number));
      case Float number -> csv.exact(decimal(number.doubleValue()));
      case Number number -> csv.exact(number.toString());
      case Instant time -> csv.exact(time.toString());
      case Boolean flag -> csv.exact(flag.toString());
      default -> csv.text(value.toString());
    }
  }

  private static String decimal(double value) {
    return Double.isFinite(value) ? BigDecimal.valueOf(value).toPlainString() : "";
  }
}
