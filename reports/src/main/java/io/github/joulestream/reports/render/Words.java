// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.ShownText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a report is of, in words that all forms for people have. */
final class Words {
  /** A list of sites longer than this is cut. */
  private static final int SITES_LENGTH = 120;

  private final Meta meta;
  private final Scaled scaled;

  Words(Meta meta) {
    this.meta = meta;
    this.scaled = new Scaled(meta.currency(), meta.zone());
  }

  /** Site or sites by name. */
  String sites() {
    String names = ShownText.of(String.join(", ", meta.sites()));
    return (meta.sites().size() == 1 ? "Site " : "Sites ")
        + Texts.shortened(names.isEmpty() ? "(none)" : names, SITES_LENGTH);
  }

  /** The period with its edges: {@code 2026-10, 2026-10-01 to 2026-11-01 (exclusive)}. */
  String period() {
    return "%s: %s to %s, exclusive%s"
        .formatted(
            ShownText.of(meta.period()),
            scaled.time(meta.from()),
            scaled.time(meta.to()),
            meta.complete() ? "" : "; not over, or not settled");
  }

  /** The zone and its offsets, of which a period over an edge of summer time has two. */
  String zone() {
    String first = offset(meta.from());
    String last = offset(meta.to());
    return "Times in %s, UTC%s"
        .formatted(meta.zone().getId(), first.equals(last) ? first : first + " and " + last);
  }

  private String offset(java.time.Instant time) {
    String id = meta.zone().getRules().getOffset(time).getId();
    return id.equals("Z") ? "+00:00" : id;
  }

  /** When it was known. */
  String asOf() {
    return "Data as of " + scaled.time(meta.asOf());
  }

  /** How much of the device time was measured. */
  String coverage() {
    return meta.coverage() == null
        ? "Coverage not known"
        : "Coverage " + scaled.of(Quantity.RATIO, "", meta.coverage()).text();
  }

  /** The lines below the title. */
  List<String> header() {
    List<String> lines = new ArrayList<>();
    lines.add(sites() + (meta.scope().isEmpty() ? "" : "; only " + ShownText.of(meta.scope())));
    lines.add(period());
    lines.add(zone() + ". " + asOf() + ". " + coverage() + ".");
    return lines;
  }

  /** Whether the books balance. */
  String difference() {
    return String.format(Locale.ROOT, "difference %d mJ", meta.differenceMillijoules());
  }

  /** The last line. */
  String foot() {
    return "Measured less jobs less idle: %s. Joulestream %s, schema version %d."
        .formatted(difference(), ShownText.of(meta.version()), Meta.SCHEMA_VERSION);
  }

  /** Of rows that are not shown; empty if there are none, or a chart shows all of them. */
  static String leftOut(Table table) {
    int rows = table.rows().size();
    return rows <= table.shownRows() || table.shownRows() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%d of %d rows are shown; JSON and CSV have all.",
            table.shownRows(),
            rows);
  }
}
