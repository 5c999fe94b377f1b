// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Windows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Memory and storage: seen, allocated, used; stranded, untouched, rentable (docs/capacity.md); what
 * pools need, and their power.
 */
final class MemoryStorageDashboard {
  static final String UID = "joulestream-memory-storage";

  private static final Source LEDGER = Source.LEDGER;
  private static final Source CAPACITY = Source.CAPACITY;

  /** One of the two, and its amounts. */
  private record Kind(
      String name,
      String resource,
      String watts,
      SiteAmount seen,
      SiteAmount allocated,
      SiteAmount used) {}

  private static final Kind MEMORY =
      new Kind(
          "Memory",
          "MEMORY",
          "memory_watts",
          SiteAmount.MEMORY_MEBIBYTE_MILLIS,
          SiteAmount.MEMORY_ALLOCATED_MEBIBYTE_MILLIS,
          SiteAmount.MEMORY_USED_MEBIBYTE_MILLIS);

  private static final Kind STORAGE =
      new Kind(
          "Storage",
          "STORAGE",
          "storage_watts",
          SiteAmount.STORAGE_MEBIBYTE_MILLIS,
          SiteAmount.STORAGE_ALLOCATED_MEBIBYTE_MILLIS,
          SiteAmount.STORAGE_USED_MEBIBYTE_MILLIS);

  private MemoryStorageDashboard() {}

  static Dashboard describe() {
    List<Panel> panels = new ArrayList<>();
    for (Kind kind : List.of(MEMORY, STORAGE)) {
      panels.addAll(of(kind));
    }
    panels.addAll(StorageGrowthPanels.all());
    return new Dashboard(
        UID,
        "Memory and storage",
        "Memory and storage: seen, allocated, used; what is stranded, untouched and rentable; what"
            + " pools could do without; growth.",
        "now-24h",
        "1m",
        List.of(
            Variable.sites(),
            Variable.window(Windows.NAME),
            Variable.store(Windows.NAME),
            PoolPanels.credit(MEMORY.name, MEMORY.resource),
            PoolPanels.credit(STORAGE.name, STORAGE.resource)),
        List.of(),
        panels);
  }

  private static List<Panel> of(Kind kind) {
    String name = kind.name;
    List<Panel> panels = new ArrayList<>();
    panels.add(Panels.row(name));
    panels.add(now(name + " seen", "All that was seen, in the last interval.", kind.seen));
    panels.add(
        now(name + " allocated", "What jobs were given, in the last interval.", kind.allocated));
    panels.add(now(name + " used", "What was in use, in the last interval.", kind.used));
    panels.add(
        now(
            kind,
            "stranded",
            "Free on nodes whose GPUs are all allocated, in the last interval: no job that needs a"
                + " GPU can be given it."));
    panels.add(
        now(
            kind,
            "untouched",
            "Allocated and not used, by node, in the last interval: what jobs hold and do not need."
                + " Of nodes that report how much is used."));
    panels.add(
        now(
            kind,
            "rentable",
            "Free on all other nodes, in the last interval: jobs can be given it."));
    panels.add(course(kind));
    panels.add(peaks(kind));
    panels.add(power(kind));
    panels.addAll(PoolPanels.of(kind.name, kind.resource));
    return panels;
  }

  private static Panel now(String title, String description, SiteAmount amount) {
    return Panels.stat(title, Panels.BYTES)
        .describedAs(description)
        .asks(Query.series(Queries.trend(LEDGER, List.of(Queries.bytes(title, amount)))))
        .interval(Queries.WINDOW);
  }

  private static Panel now(Kind kind, String state, String description) {
    String title = kind.name + " " + state;
    return Panels.stat(title, Panels.BYTES)
        .describedAs(description)
        .asks(Query.series(Queries.trend(CAPACITY, List.of(bytes(kind, title, state)))))
        .interval("1m");
  }

  private static Column bytes(Kind kind, String title, String state) {
    String field = "%s_%s_mebibytes".formatted(kind.resource.toLowerCase(Locale.ROOT), state);
    return new Column(title, CAPACITY.sum(field) + " * 1048576.0");
  }

  private static Panel course(Kind kind) {
    return Panels.lines(kind.name + " over time", Panels.BYTES, 12, 9)
        .describedAs(
            "Means of all chosen sites together. Seen = allocated + stranded + rentable. Untouched"
                + " is part of allocated; used beyond allocation, by the system itself, is not.")
        .asks(
            Query.series(
                Queries.trend(
                    CAPACITY,
                    List.of(
                        bytes(kind, "Seen", "seen"),
                        bytes(kind, "Allocated", "allocated"),
                        bytes(kind, "Used", "used"),
                        bytes(kind, "Untouched", "untouched"),
                        bytes(kind, "Stranded", "stranded"),
                        bytes(kind, "Rentable", "rentable"),
                        bytes(kind, "Used beyond allocation", "beyond_allocation")))))
        .fromZero()
        .interval("1m");
  }

  private static Panel peaks(Kind kind) {
    List<Column> columns =
        List.of(
            Queries.bytes("Seen", kind.seen),
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
