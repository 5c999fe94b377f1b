// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Memory and storage: present, allocated, used, and their power. */
final class MemoryStorageDashboard {
  static final String UID = "joulestream-memory-storage";

  private static final Source LEDGER = Source.LEDGER;

  /** One of the two, and its amounts. */
  private record Kind(
      String name,
      String watts,
      SiteAmount seen,
      SiteAmount allocated,
      SiteAmount used,
      SiteAmount energy) {}

  private static final Kind MEMORY =
      new Kind(
          "Memory",
          "memory_watts",
          SiteAmount.MEMORY_MEBIBYTE_MILLIS,
          SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS,
          SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS,
          SiteAmount.MEASURED_MEMORY_MILLIJOULES);

  private static final Kind STORAGE =
      new Kind(
          "Storage",
          "storage_watts",
          SiteAmount.STORAGE_MEBIBYTE_MILLIS,
          SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS,
          SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS,
          SiteAmount.MEASURED_STORAGE_MILLIJOULES);

  private MemoryStorageDashboard() {}

  static Dashboard describe() {
    List<Panel> panels = new ArrayList<>();
    for (Kind kind : List.of(MEMORY, STORAGE)) {
      panels.addAll(of(kind));
    }
    return new Dashboard(
        UID,
        "Memory and storage",
        "Memory and storage: there, allocated, used, their power, and what a pool could save.",
        "now-24h",
        "1m",
        List.of(Variable.sites(), Variable.window(Windows.NAME), Variable.store(Windows.NAME)),
        List.of(),
        panels);
  }

  private static List<Panel> of(Kind kind) {
    String name = kind.name;
    return List.of(
        Panels.row(name),
        now(name + " there", "All that was seen, in the last interval.", kind.seen),
        now(name + " allocated", "What jobs were given, in the last interval.", kind.allocated),
        now(name + " used", "What was in use, in the last interval.", kind.used),
        strandedNow(kind),
        spare(kind),
        sparePower(kind),
        course(kind),
        peaks(kind),
        power(kind));
  }

  private static Panel now(String title, String description, SiteAmount amount) {
    return Panels.stat(title, Panels.BYTES)
        .describedAs(description)
        .asks(Query.series(Queries.trend(LEDGER, List.of(Queries.bytes(title, amount)))))
        .interval(Queries.WINDOW);
  }

  private static Column stranded(Kind kind) {
    return new Column(
        "Allocated, not used",
        "(%s - %s) * 1048576.0 / %s"
            .formatted(LEDGER.sum(kind.allocated), LEDGER.sum(kind.used), Queries.WINDOW_MILLIS));
  }

  private static Panel strandedNow(Kind kind) {
    return Panels.stat(kind.name + " stranded", Panels.BYTES)
        .describedAs(
            "Allocated less used, in the last interval: what jobs hold and do not need. Negative"
                + " where more is used than was allocated, as by the system itself.")
        .asks(Query.series(Queries.trend(LEDGER, List.of(stranded(kind)))))
        .interval(Queries.WINDOW);
  }

  /** All windows of the range, with what is there, in use, and its power. */
  private static Select windows(Kind kind) {
    return Queries.perWindow(
        LEDGER,
        List.of(
            Queries.bytes("there", kind.seen),
            Queries.bytes("used", kind.used),
            new Column("watts", LEDGER.sum(kind.energy) + " / " + Queries.WINDOW_MILLIS)));
  }

  private static Panel spare(Kind kind) {
    return Panels.stat(kind.name + " never used at once", Panels.SHARE)
        .describedAs(
            "The share of it that was unused even at the peak of the chosen sites together: what"
                + " one pool for all could do without.")
        .asks(
            Query.series(
                Select.of("1 - max(\"used\") / max(\"there\") AS \"Never used at once\"")
                    .from(windows(kind))
                    .where(Select.IN_RANGE)))
        .decimals(1);
  }

  private static Panel sparePower(Kind kind) {
    return Panels.stat(
            "A pool for " + kind.name.toLowerCase(Locale.ROOT) + " could save", Panels.WATTS)
        .describedAs(
            "Its mean power times the share never used at once: at most that much, if power goes"
                + " with capacity.")
        .asks(
            Query.series(
                Select.of(
                        "mean(\"watts\") * (1 - max(\"used\") / max(\"there\")) AS \"Could save\"")
                    .from(windows(kind))
                    .where(Select.IN_RANGE)));
  }

  private static Panel course(Kind kind) {
    return Panels.lines(kind.name + ", there, allocated and used", Panels.BYTES, 12, 9)
        .describedAs("Bytes, of all chosen sites together.")
        .asks(
            Query.series(
                Queries.trend(
                    LEDGER,
                    List.of(
                        Queries.bytes("There", kind.seen),
                        Queries.bytes("Allocated", kind.allocated),
                        Queries.bytes("Used", kind.used),
                        stranded(kind)))))
        .fromZero();
  }

  private static Panel peaks(Kind kind) {
    List<Column> columns =
        List.of(
            Queries.bytes("There", kind.seen),
            Queries.bytes("Allocated", kind.allocated),
            Queries.bytes("Used", kind.used));
    return Panels.bars(kind.name + ", peaks", Panels.BYTES, 6, 9)
        .describedAs(
            "The highest window of the range of each. All sites at once, not each at its peak.")
        .asks(Query.series(Queries.overWindows("max", Queries.perWindow(LEDGER, columns), columns)))
        .fromZero();
  }

  private static Panel power(Kind kind) {
    return Panels.lines("Power of " + kind.name.toLowerCase(Locale.ROOT), Panels.WATTS, 6, 9)
        .describedAs("Mean power, measured or modelled, as the probes report it.")
        .asks(
            Query.series(
                Queries.trend(Source.SITE_WINDOW, List.of(Queries.watts("Power", kind.watts)))))
        .fromZero();
  }
}
