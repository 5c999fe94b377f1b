// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import io.github.joulestream.store.history.TimeRange;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Memory and storage of the sites: what of it is stranded, untouched and rentable, what pools could
 * do without, when storage is full, and its power. The words are those of the page on capacity.
 */
public final class MemoryStorageSections {
  private static final long HOUR = 3_600_000;
  private static final double MEBIBYTE = 1 << 20;
  private static final double TERABYTE = 1e12;
  private static final double GIGABYTE = 1e9;
  private static final double MILLI = 1e3;
  private static final String SIXTEEN = "16";

  private final PeriodData data;
  private final Map<String, CapacityMean> capacity = new HashMap<>();
  private final Map<Key, PoolNeed> pools = new HashMap<>();

  /** Memory or storage of a site. */
  private record Key(String site, Resource resource) {}

  /** What a node has. */
  private enum Resource {
    MEMORY("memory", SiteAmount.MEASURED_MEMORY_MILLIJOULES, SiteAmount.IDLE_MEMORY_MILLIJOULES),
    STORAGE(
        "storage", SiteAmount.MEASURED_STORAGE_MILLIJOULES, SiteAmount.IDLE_STORAGE_MILLIJOULES);

    final String text;
    final SiteAmount measured;
    final SiteAmount idle;

    Resource(String text, SiteAmount measured, SiteAmount idle) {
      this.text = text;
      this.measured = measured;
      this.idle = idle;
    }

    String field(String name) {
      return text + "_" + name;
    }
  }

  private MemoryStorageSections(ReportSource source, PeriodData data) {
    this.data = data;
    TimeRange hours = wholeHours(data.period().range());
    source.progress("memory and storage in " + data.period().label());
    source
        .history()
        .capacity(
            source.request().sites(),
            hours,
            step -> capacity.computeIfAbsent(step.site(), _ -> new CapacityMean()).add(step));
    source
        .history()
        .poolPeaks(
            source.request().sites(),
            hours,
            step ->
                pools
                    .computeIfAbsent(
                        new Key(step.site(), Resource.valueOf(step.resource())),
                        _ -> new PoolNeed())
                    .add(step));
  }

  /** The hours that begin in a range: capacity is by UTC hour, whatever the zone. */
  private static TimeRange wholeHours(TimeRange range) {
    long from = Math.ceilDiv(range.from(), HOUR) * HOUR;
    return new TimeRange(from, Math.max(from, Math.ceilDiv(range.to(), HOUR) * HOUR));
  }

  /** The sections; none if the store has no capacity of the sites in the period. */
  public static List<Section> of(ReportSource source, PeriodData data) {
    MemoryStorageSections all = new MemoryStorageSections(source, data);
    List<Section> sections = new ArrayList<>();
    if (!all.capacity.isEmpty()) {
      sections.add(all.use());
      sections.add(all.power());
      if (all.capacity.values().stream().anyMatch(MemoryStorageSections::hasGrowth)) {
        sections.add(all.growth());
      }
    }
    if (!all.pools.isEmpty()) {
      sections.add(all.pools());
    }
    return sections;
  }

  private List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    capacity.keySet().stream()
        .sorted()
        .forEach(site -> {
          for (Resource resource : Resource.values()) {
            if (mean(site, resource, "seen_mebibytes").orElse(0) > 0) {
              keys.add(new Key(site, resource));
            }
          }
        });
    return keys;
  }

  private OptionalDouble mean(String site, Resource resource, String field) {
    return of(site).mean(resource.field(field));
  }

  private CapacityMean of(String site) {
    return Objects.requireNonNullElseGet(capacity.get(site), CapacityMean::new);
  }

  private Section use() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.text("resource", "Of"),
            Column.of("seen", "Size", Quantity.BYTES, "mean of the hours, as all that follow"),
            Column.of("allocated", "Allocated", Quantity.BYTES, "held by jobs"),
            Column.of(
                "stranded",
                "Stranded",
                Quantity.BYTES,
                "free on nodes whose GPUs are all allocated: no job that needs a GPU can have it"),
            Column.of("rentable", "Rentable", Quantity.BYTES, "free on all other nodes"),
            Column.of(
                "untouched",
                "Untouched",
                Quantity.BYTES,
                "allocated and not used, by node; part of what is allocated"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    for (Key key : keys()) {
      double seen = mean(key.site, key.resource, "seen_mebibytes").orElse(0);
      OptionalDouble stranded = mean(key.site, key.resource, "stranded_mebibytes");
      OptionalDouble untouched = mean(key.site, key.resource, "untouched_mebibytes");
      rows.add(
          Arrays.asList(
              key.site,
              key.resource.text,
              Said.decimal(seen),
              decimal(mean(key.site, key.resource, "allocated_mebibytes")),
              decimal(stranded),
              decimal(mean(key.site, key.resource, "rentable_mebibytes")),
              decimal(untouched)));
      if (stranded.isPresent() && untouched.isPresent()) {
        sentences.add(
            "Site %s, %s: %s stranded, %s untouched, in the mean of %d hours."
                .formatted(
                    key.site,
                    key.resource.text,
                    Said.percent(stranded.getAsDouble() / seen),
                    Said.percent(untouched.getAsDouble() / seen),
                    of(key.site).steps()));
      }
    }
    sentences.add("Size = allocated + stranded + rentable.");
    return new Section(
        "memory_storage",
        "Memory and storage: stranded, rentable, untouched",
        sentences,
        new Table("memory_storage", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private Section power() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.text("resource", "Of"),
            Column.of("power", "Power", Quantity.POWER, "mean of the hours"),
            Column.number("watts_per_terabyte", "Power per TB", "W/TB", "over the size seen"),
            Column.of("energy", "Energy", Quantity.ENERGY, "of the ledger"),
            Column.of("idle_energy", "Not allocated", Quantity.ENERGY, "of it, booked to no job"),
            Column.of(
                "unused_power",
                "Power of the unused",
                Quantity.POWER,
                "modelled: power times (stranded + rentable + untouched) over size"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Key key : keys()) {
      double seen = mean(key.site, key.resource, "seen_mebibytes").orElse(0);
      OptionalDouble watts = mean(key.site, key.resource, "watts");
      SiteUse ledger = data.sites().get(key.site);
      rows.add(
          Arrays.asList(
              key.site,
              key.resource.text,
              watts.isPresent() ? Said.decimal(watts.getAsDouble() * MILLI) : null,
              watts.isPresent()
                  ? Said.decimal(watts.getAsDouble() / (seen * MEBIBYTE / TERABYTE))
                  : null,
              ledger == null ? null : new BigDecimal(ledger.sum(key.resource.measured).value()),
              ledger == null ? null : new BigDecimal(ledger.sum(key.resource.idle).value()),
              unusedMilliwatts(key, seen, watts)));
    }
    return new Section(
        "memory_storage_power",
        "Power of memory and storage",
        List.of(
            "Power of memory and drives is mostly modelled, since few of them are measured. The power"
                + " of the unused is a model of its own: as if power went with size."),
        new Table("memory_storage_power", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  /** Null if a part of it is not known. */
  private @Nullable BigDecimal unusedMilliwatts(Key key, double seen, OptionalDouble watts) {
    double unused = 0;
    for (String field :
        List.of("stranded_mebibytes", "rentable_mebibytes", "untouched_mebibytes")) {
      OptionalDouble part = mean(key.site, key.resource, field);
      if (part.isEmpty() || watts.isEmpty()) {
        return null;
      }
      unused += part.getAsDouble();
    }
    return Said.decimal(watts.orElse(0) * MILLI * unused / seen);
  }

  private static boolean hasGrowth(CapacityMean of) {
    return of.last("storage_growth_bytes_per_day").isPresent();
  }

  private Section growth() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of("used", "Used", Quantity.BYTES, "in the last hour"),
            Column.of("seen", "Size", Quantity.BYTES, "in the last hour"),
            Column.number(
                "growth", "Growth", "GB/day", "median of the slopes between all pairs of days"),
            Column.number("growth_low", "From", "GB/day", "lower end of the 99 % interval"),
            Column.number("growth_high", "To", "GB/day", "its upper end"),
            Column.of("full", "Full", Quantity.TIME, "if it continues; empty: not foreseeable"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    for (String site : capacity.keySet().stream().sorted().toList()) {
      CapacityMean of = of(site);
      if (!hasGrowth(of)) {
        continue;
      }
      OptionalDouble full = of.last("storage_full_epoch_millis");
      rows.add(
          Arrays.asList(
              site,
              decimal(of.last("storage_used_mebibytes")),
              decimal(of.last("storage_seen_mebibytes")),
              gigabytes(of.last("storage_growth_bytes_per_day")),
              gigabytes(of.last("storage_growth_low_bytes_per_day")),
              gigabytes(of.last("storage_growth_high_bytes_per_day")),
              full.isPresent() ? instant(full) : null));
      sentences.add(
          full.isPresent()
              ? "Site %s: full on %s, between %s and %s."
                  .formatted(
                      site,
                      day(full),
                      day(of.last("storage_full_earliest_epoch_millis")),
                      day(of.last("storage_full_latest_epoch_millis")))
              : "Site %s: when storage is full is not foreseeable.".formatted(site));
    }
    sentences.add(
        "Growth is of the used storage of the last 90 days, by Theil and Sen; nodes that come or go"
            + " count as growth.");
    return new Section(
        "storage_growth",
        "Growth of storage",
        sentences,
        new Table("storage_growth", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private static Instant instant(OptionalDouble epochMillis) {
    return Instant.ofEpochMilli((long) epochMillis.orElseThrow());
  }

  private String day(OptionalDouble epochMillis) {
    return epochMillis.isPresent()
        ? instant(epochMillis).atZone(data.period().zone()).toLocalDate().toString()
        : "a time that is not foreseeable";
  }

  private Section pools() {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.text("resource", "Of"),
            Column.of(
                "right_sizing",
                "Right-sizing",
                Quantity.RATIO,
                "saving(1): what each node could do without at its own peak; it needs no pool"),
            Column.of("pool_8", "Pools of 8", Quantity.RATIO, "saving(8) - saving(1)"),
            Column.of("pool_16", "Pools of 16", Quantity.RATIO, "saving(16) - saving(1)"),
            Column.of("pool_all", "One pool", Quantity.RATIO, "saving(all) - saving(1)"),
            Column.of(
                "power_16",
                "Power, pools of 16",
                Quantity.POWER,
                "modelled, at most: (saving(16) - saving(1)) times the mean power"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    pools.keySet().stream()
        .sorted(java.util.Comparator.comparing(Key::site).thenComparing(Key::resource))
        .forEach(key -> {
          PoolNeed need = Objects.requireNonNull(pools.get(key));
          OptionalDouble watts = mean(key.site, key.resource, "watts");
          OptionalDouble sixteen = need.credited(SIXTEEN);
          rows.add(
              Arrays.asList(
                  key.site,
                  key.resource.text,
                  decimal(need.saving(PoolNeed.ONE)),
                  decimal(need.credited("8")),
                  decimal(sixteen),
                  decimal(need.credited("all")),
                  watts.isPresent() && sixteen.isPresent()
                      ? Said.decimal(watts.getAsDouble() * MILLI * sixteen.getAsDouble())
                      : null));
        });
    return new Section(
        "pools",
        "What pools could do without",
        List.of(
            "saving(k) = 1 - need(k) / T; need(k) is the sum, over groups of k nodes, of the most they"
                + " used at one time in the period, and T the size of all. A pool is credited with"
                + " saving(k) - saving(1) alone.",
            "Latency, bandwidth and the pool's own power are not modelled. One hour decides need(k)."),
        new Table("pools", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private static @Nullable BigDecimal decimal(OptionalDouble value) {
    return value.isPresent() ? Said.decimal(value.getAsDouble()) : null;
  }

  private static @Nullable BigDecimal gigabytes(OptionalDouble bytes) {
    return bytes.isPresent() ? Said.decimal(bytes.getAsDouble() / GIGABYTE) : null;
  }
}
