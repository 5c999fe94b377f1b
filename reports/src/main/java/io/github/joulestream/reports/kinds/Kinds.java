// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import java.util.List;
import java.util.Optional;

/** All kinds of reports. */
public final class Kinds {
  private static final List<ReportKind> ALL =
      List.of(
          new DirectorReport(),
          new GroupReport(),
          new OperationsReport(),
          new JobsReport(),
          new EedReport(),
          new ModelsReport());

  private Kinds() {}

  /** All kinds, in the order in which help lists them. */
  public static List<ReportKind> all() {
    return ALL;
  }

  /** The kind of this name. */
  public static Optional<ReportKind> named(String name) {
    return ALL.stream().filter(kind -> kind.name().equals(name)).findFirst();
  }
}
