// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.CapacityStep;
import io.github.joulestream.store.history.PoolPeakStep;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryStorageSectionsTest {
  private static final Period DAY =
      RequestFixture.days("2026-10-01", "2026-10-01", "2026-10-02", "UTC");
  private static final long HOUR = 3_600_000;

  private final GeneratedHistory history =
      new GeneratedHistory(Instant.parse("2026-11-01T00:00:00Z").toEpochMilli());

  private List<Section> make() {
    StoreReportSource source =
        new StoreReportSource(
            history,
            RequestFixture.of(DAY, Instant.parse("2026-11-01T00:00:00Z"), "east"),
            what -> {});
    return MemoryStorageSections.of(source, source.of(DAY, Detail.SITES));
  }

  private static Table table(List<Section> sections, String name) {
    return sections.stream()
        .map(Section::table)
        .filter(Objects::nonNull)
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static @Nullable Object at(Table table, int row, String column) {
    return table.rows().get(row).get(table.indexOf(column));
  }

  private static double number(Table table, int row, String column) {
    return ((BigDecimal) Objects.requireNonNull(at(table, row, column), column)).doubleValue();
  }

  private void hour(int hour, Map<String, Double> fields) {
    history
        .capacity()
        .add(new CapacityStep("east", DAY.from().toEpochMilli() + hour * HOUR, fields));
  }

  @Test
  void meansOfTheHours_ofWhatIsStrandedUntouchedAndRentable_andItsPower() {
    // an hour before the day does not count
    hour(-1, Map.of("memory_seen_mebibytes", 9e9, "memory_stranded_mebibytes", 9e9));
    for (int hour = 0; hour < 24; hour++) {
      Map<String, Double> fields = new HashMap<>();
      fields.put("memory_seen_mebibytes", 1_000_000.0);
      fields.put("memory_allocated_mebibytes", 600_000.0);
      fields.put("memory_stranded_mebibytes", hour % 2 == 0 ? 300_000.0 : 100_000.0);
      fields.put("memory_rentable_mebibytes", hour % 2 == 0 ? 100_000.0 : 300_000.0);
      fields.put("memory_untouched_mebibytes", 400_000.0);
      fields.put("memory_watts", 2_000.0);
      hour(hour, fields);
    }
    history.addToLedger(
        "east",
        DAY.from().toEpochMilli(),
        Totals.ofSite()
            .add(SiteAmount.MEASURED_MEMORY_MILLIJOULES, 7_000)
            .add(SiteAmount.IDLE_MEMORY_MILLIJOULES, 3_000));
    List<Section> sections = make();
    Table use = table(sections, "memory_storage");
    assertThat(use.rows()).hasSize(1);
    assertThat(number(use, 0, "stranded")).isEqualTo(200_000);
    assertThat(number(use, 0, "rentable")).isEqualTo(200_000);
    assertThat(number(use, 0, "untouched")).isEqualTo(400_000);
    Table power = table(sections, "memory_storage_power");
    assertThat(number(power, 0, "power")).isEqualTo(2_000_000);
    // 1e6 MiB are 1.048576 TB
    assertThat(number(power, 0, "watts_per_terabyte")).isCloseTo(2_000 / 1.048576, within(1e-6));
    assertThat(number(power, 0, "unused_power")).isCloseTo(2_000_000 * 0.8, within(1e-3));
    assertThat(at(power, 0, "energy")).isEqualTo(BigDecimal.valueOf(7_000));
    assertThat(at(power, 0, "idle_energy")).isEqualTo(BigDecimal.valueOf(3_000));
    assertThat(sections.getFirst().sentences().getFirst())
        .isEqualTo(
            "Site east, memory: 20.0 % stranded, 40.0 % untouched, in the mean of 24 hours.");
  }

  @Test
  void whatIsNotKnown_isEmpty() {
    hour(0, Map.of("storage_seen_mebibytes", 1e6, "storage_watts", 10.0));
    Table use = table(make(), "memory_storage");
    assertThat(at(use, 0, "resource")).isEqualTo("storage");
    assertThat(at(use, 0, "untouched")).isNull();
    assertThat(at(table(make(), "memory_storage_power"), 0, "unused_power")).isNull();
  }

  /** Peaks of groups out of use of nodes, made here; need(k) is worked out from the same use. */
  @Test
  void pools_areCreditedWithWhatRightSizingDoesNotGive() {
    Random random = new Random(2);
    int nodes = 32;
    long size = 1_000_000;
    long[][] use = new long[24][nodes];
    for (long[] atHour : use) {
      for (int node = 0; node < nodes; node++) {
        atHour[node] = random.nextInt(800_000);
      }
    }
    Map<String, Integer> pools = Map.of("1", 1, "8", 8, "16", 16, "all", nodes);
    Map<String, Double> savings = new HashMap<>();
    pools.forEach((pool, length) -> {
      double need = 0;
      for (int group = 0; group < nodes / length; group++) {
        long highest = 0;
        for (int hour = 0; hour < 24; hour++) {
          long sum = 0;
          for (int node = group * length; node < (group + 1) * length; node++) {
            sum += use[hour][node];
          }
          highest = Math.max(highest, sum);
          history
              .poolPeaks()
              .add(
                  new PoolPeakStep(
                      "east",
                      DAY.from().toEpochMilli() + hour * HOUR,
                      "MEMORY",
                      pool,
                      Integer.toString(group),
                      sum,
                      size * length));
        }
        need += highest;
      }
      savings.put(pool, 1 - need / (nodes * (double) size));
    });
    hour(0, Map.of("memory_seen_mebibytes", 32e6, "memory_watts", 500.0));
    Table table = table(make(), "pools");
    double one = Objects.requireNonNull(savings.get("1"));
    assertThat(number(table, 0, "right_sizing")).isCloseTo(one, within(1e-9));
    assertThat(number(table, 0, "pool_8"))
        .isCloseTo(Objects.requireNonNull(savings.get("8")) - one, within(1e-9));
    assertThat(number(table, 0, "pool_16"))
        .isCloseTo(Objects.requireNonNull(savings.get("16")) - one, within(1e-9));
    assertThat(number(table, 0, "pool_all"))
        .isCloseTo(Objects.requireNonNull(savings.get("all")) - one, within(1e-9));
    assertThat(number(table, 0, "pool_8")).isPositive();
    assertThat(number(table, 0, "power_16"))
        .isCloseTo(500_000 * (Objects.requireNonNull(savings.get("16")) - one), within(1e-3));
  }

  @Test
  void growth_isThatOfTheLastHour_withTheDayOnWhichStorageIsFull() {
    double full = Instant.parse("2027-03-01T12:00:00Z").toEpochMilli();
    hour(0, Map.of("storage_seen_mebibytes", 1e6, "storage_growth_bytes_per_day", 1e9));
    hour(
        23,
        Map.of(
            "storage_seen_mebibytes", 1e6,
            "storage_used_mebibytes", 5e5,
            "storage_growth_bytes_per_day", 2e9,
            "storage_growth_low_bytes_per_day", 1e9,
            "storage_growth_high_bytes_per_day", 3e9,
            "storage_full_epoch_millis", full,
            "storage_full_earliest_epoch_millis", full - 86_400_000,
            "storage_full_latest_epoch_millis", full + 86_400_000));
    List<Section> sections = make();
    Table growth = table(sections, "storage_growth");
    assertThat(number(growth, 0, "growth")).isEqualTo(2);
    assertThat(at(growth, 0, "full")).isEqualTo(Instant.parse("2027-03-01T12:00:00Z"));
    assertThat(sections.stream().flatMap(section -> section.sentences().stream()))
        .contains("Site east: full on 2027-03-01, between 2027-02-28 and 2027-03-02.");
  }

  @Test
  void withoutCapacity_thereIsNoSection() {
    assertThat(make()).isEmpty();
  }
}
