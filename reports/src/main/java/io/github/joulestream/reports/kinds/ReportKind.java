// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.model.Report;

/** A kind of report. */
public interface ReportKind {
  /** Its name on the command line: {@code director}. */
  String name();

  /** What it is for, in a sentence: for help and docs. */
  String summary();

  /** Whether its tables are by the groupings that are asked for; else it has tables of its own. */
  default boolean usesGroupings() {
    return false;
  }

  /** Makes the report. */
  Report make(ReportSource source);
}
