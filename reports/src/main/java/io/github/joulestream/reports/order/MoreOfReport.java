// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import java.util.ArrayList;
import java.util.List;

/** A report with something added. */
public final class MoreOfReport {
  private MoreOfReport() {}

  /** With further notes behind its own. */
  public static Report notes(Report report, List<String> notes) {
    Meta meta = report.meta();
    List<String> all = new ArrayList<>(meta.notes());
    all.addAll(notes);
    Meta more =
        new Meta(
            meta.kind(),
            meta.title(),
            meta.sites(),
            meta.scope(),
            meta.period(),
            meta.from(),
            meta.to(),
            meta.zone(),
            meta.asOf(),
            meta.complete(),
            meta.coverage(),
            meta.currency(),
            meta.differenceMillijoules(),
            meta.factors(),
            all,
            meta.version());
    return new Report(more, report.headline(), report.tiles(), report.sections());
  }

  /** With a further section at its end. */
  public static Report section(Report report, Section section) {
    List<Section> all = new ArrayList<>(report.sections());
    all.add(section);
    return new Report(report.meta(), report.headline(), report.tiles(), all);
  }
}
