// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static io.github.joulestream.energy.SiteAmount.*;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.ResultReader.Unbalanced;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Both sides of the books of each site over a range of time, and what is not in them, by reason.
 */
final class LedgerReport {
  private static final int SHOWN_WINDOWS = 10;

  /** The total as the last row. */
  private static final List<Balance> SHOWN =
      Stream.concat(
              Balance.ALL.stream().filter(balance -> balance.kind() != null),
              Stream.of(Balance.TOTAL))
          .toList();

  private final SortedMap<String, Totals<SiteAmount>> sites;
  private final List<Unbalanced> unbalanced;
  private final boolean exact;

  /**
   * @param exact whether to print whole millijoules, else a unit that people can read
   */
  LedgerReport(
      SortedMap<String, Totals<SiteAmount>> sites, List<Unbalanced> unbalanced, boolean exact) {
    this.exact = exact;
    this.sites = sites;
    this.unbalanced = List.copyOf(unbalanced);
  }

  private static String name(Balance balance) {
    DeviceKind kind = balance.kind();
    return kind == null ? "total" : name(kind);
  }

  private static String name(DeviceKind kind) {
    return switch (kind) {
      case GPU, CPU, UPS, PDU -> kind.name();
      case MEMORY, STORAGE, NODE, FACILITY, GENERATION, EXPORT ->
          kind.name().toLowerCase(Locale.ROOT);
    };
  }

  /** True if every site's books balance, in every window and for every kind of device. */
  boolean balances() {
    return unbalanced.isEmpty()
        && sites.values().stream().allMatch(totals -> Balance.totalDifference(totals) == 0);
  }

  /** Four significant digits never round a difference to 0. */
  private String energy(long millijoules) {
    return exact ? String.format(Locale.ROOT, "%,d", millijoules) : Quantities.energy(millijoules);
  }

  /**
   * All of it for programs: amounts under the names of the store's fields, whole numbers, and every
   * window that does not balance.
   *
   * @param fromEpochMillis windows that start from here on
   * @param toEpochMillis windows that start before this; the end of all time is left out
   */
  String json(long fromEpochMillis, long toEpochMillis) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("from_epoch_millis", fromEpochMillis);
    if (toEpochMillis != ResultReader.END_EPOCH_MILLIS) {
      root.put("to_epoch_millis", toEpochMillis);
    }
    root.put("balances", balances());
    ObjectNode bySite = root.putObject("sites");
    sites.forEach((site, totals) -> {
      ObjectNode amounts = bySite.putObject(site);
      for (SiteAmount amount : SiteAmount.values()) {
        amounts.put(amount.name().toLowerCase(Locale.ROOT), totals.get(amount));
      }
    });
    ArrayNode windows = root.putArray("unbalanced");
    for (Unbalanced window : unbalanced) {
      windows
          .addObject()
          .put("site", window.site())
          .put("window_start_epoch_millis", window.windowStartEpochMillis())
          .put("difference_millijoules", window.differenceMillijoules());
    }
    return root.toPrettyString();
  }

  /** One table for each site. */
  void print(PrintStream out) {
    sites.forEach((site, totals) -> {
      out.printf("%nledger of site %s%s%n", ShownText.of(site), exact ? ", mJ" : "");
      TextTable table =
          new TextTable(
              Column.left(""),
              Column.right("measured"),
              Column.right("booked to jobs"),
              Column.right("idle"),
              Column.right("difference"));
      for (Balance balance : SHOWN) {
        long measured = totals.get(balance.measured());
        long jobs = totals.get(balance.jobs());
        long idle = totals.get(balance.idle());
        if (balance.kind() == null || measured != 0 || jobs != 0 || idle != 0) {
          table.row(
              name(balance),
              energy(measured),
              energy(jobs),
              energy(idle),
              energy(balance.difference(totals)));
        }
      }
      table.lines().forEach(line -> out.println("  " + line));
      out.printf(
          Locale.ROOT,
          "  of the total: measured %s, estimated %s, modelled %s%n",
          energy(totals.get(QUALITY_MEASURED_MILLIJOULES)),
          energy(totals.get(QUALITY_ESTIMATED_MILLIJOULES)),
          energy(totals.get(QUALITY_MODELLED_MILLIJOULES)));
      long wholeNodes = totals.get(WHOLE_NODE_MILLIJOULES);
      out.printf(
          Locale.ROOT,
          "  of the total: by meters of whole nodes %s, as sums of devices %s%n",
          energy(wholeNodes),
          energy(totals.get(MEASURED_TOTAL_MILLIJOULES) - wholeNodes));
      out.printf(
          Locale.ROOT,
          "  of the jobs': devices of their own %s, shared devices %s; GPUs held but idle %s%n",
          energy(totals.get(EXCLUSIVE_MILLIJOULES)),
          energy(totals.get(SHARED_MILLIJOULES)),
          energy(totals.get(HELD_IDLE_MILLIJOULES)));
      long known = totals.get(COVERED_MILLIS);
      long unknown = totals.get(UNCOVERED_MILLIS);
      out.printf(
          Locale.ROOT,
          "  device time: known %s, unknown %s%s%n",
          Quantities.duration(known),
          Quantities.duration(unknown),
          known + unknown == 0
              ? ""
              : " (%s known)".formatted(Quantities.percent((double) known / (known + unknown))));
      printMeters(totals, out);
      out.printf(
          Locale.ROOT,
          "  readings: %,d booked, %,d seen again%n",
          totals.get(READINGS),
          totals.get(REPEATED_READINGS));
      out.printf(
          Locale.ROOT,
          "  refused fields: %,d sentinels, %,d negative, %,d over the device's limit%n",
          totals.get(REFUSED_SENTINEL),
          totals.get(REFUSED_NEGATIVE),
          totals.get(REFUSED_OVER_LIMIT));
      out.printf(
          Locale.ROOT,
          "  refused readings: %,d from the future, %,d too late, %,d too old, %,d of a second source of a device%n",
          totals.get(REFUSED_FUTURE),
          totals.get(REFUSED_LATE),
          totals.get(REFUSED_OLD),
          totals.get(REFUSED_CONFLICT));
      out.printf(
          Locale.ROOT,
          "  refused records: %,d events over what is kept of one node, %,d at which the program failed%n",
          totals.get(REFUSED_OVER_STATE),
          totals.get(FAILED_RECORDS));
      out.printf(
          Locale.ROOT,
          "  counters: %,d wraps, %,d resets, %,d faults, stuck for %s, %,d minutes at odds with power%n",
          totals.get(COUNTER_WRAPS),
          totals.get(COUNTER_RESETS),
          totals.get(COUNTER_FAULTS),
          Quantities.duration(totals.get(COUNTER_STUCK_MILLIS)),
          totals.get(DISAGREEING_MINUTES));
      out.printf(
          Locale.ROOT,
          "  allocations: %,d events, devices given out twice for %s%n",
          totals.get(ALLOCATION_EVENTS),
          Quantities.duration(totals.get(OVERBOOKED_MILLIS)));
      out.printf(
          Locale.ROOT,
          "  agents: %,d readings of a clock that is ahead, %,d batches of a second agent on a node%n",
          totals.get(CLOCK_AHEAD_READINGS),
          totals.get(RIVAL_AGENT_BATCHES));
    });
    for (Unbalanced window : unbalanced.subList(0, Math.min(SHOWN_WINDOWS, unbalanced.size()))) {
      out.printf(
          Locale.ROOT,
          "site %s, window of %s: difference %,d mJ%n",
          ShownText.of(window.site()),
          Instant.ofEpochMilli(window.windowStartEpochMillis()),
          window.differenceMillijoules());
    }
    if (unbalanced.size() > SHOWN_WINDOWS) {
      out.printf(
          Locale.ROOT,
          "and %,d more windows that do not balance%n",
          unbalanced.size() - SHOWN_WINDOWS);
    }
  }

  /** The meters of a site, which are beside the balance; nothing if it has none. */
  private void printMeters(Totals<SiteAmount> totals, PrintStream out) {
    TextTable table =
        new TextTable(
            Column.left("meters of the site"), Column.right("energy"), Column.right("time known"));
    boolean any = false;
    for (DeviceKind kind : DeviceKind.values()) {
      if (kind.isSiteMeter()) {
        long energy = totals.get(SiteAmount.measured(kind));
        long covered = totals.get(SiteAmount.meterCovered(kind));
        long time = covered + totals.get(SiteAmount.meterUncovered(kind));
        if (energy != 0 || time != 0) {
          any = true;
          table.row(name(kind), energy(energy), Quantities.percent(covered, time));
        }
      }
    }
    long facility = totals.get(FACILITY_MILLIJOULES);
    if (facility != 0) {
      table.row(
          "overhead (facility - measured)",
          energy(facility - totals.get(MEASURED_TOTAL_MILLIJOULES)),
          "");
    }
    if (any) {
      table.lines().forEach(line -> out.println("  " + line));
    }
    for (FacilityRatio ratio : FacilityRatio.values()) {
      ratio
          .of(totals)
          .ifPresent(value -> out.printf(Locale.ROOT, "  %s: %.3f%n", ratio.title(), value));
    }
    long water = totals.get(WATER_MILLILITRES);
    if (water != 0) {
      out.printf(
          Locale.ROOT,
          "  water: %s%n",
          exact
              ? String.format(Locale.ROOT, "%,d ml", water)
              : Quantities.withPrefix(water / 1e3, "l"));
    }
  }
}
