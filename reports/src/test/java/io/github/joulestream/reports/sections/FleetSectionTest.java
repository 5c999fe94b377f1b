// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.fixture.GeneratedHistory;
import io.github.joulestream.reports.fixture.HistoryShape;
import io.github.joulestream.reports.fixture.RequestFixture;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.NodeDay;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FleetSectionTest {
  private static final Period OCTOBER =
      RequestFixture.days("2026-10", "2026-10-01", "2026-11-01", "UTC");
  private static final Instant AS_OF = Instant.parse("2026-11-02T00:00:00Z");

  private static GeneratedHistory history() {
    return HistoryShape.of(3, OCTOBER.from(), OCTOBER.to())
        .at(
            List.of("east", "north", "west"),
            Set.of("east", "west"),
            Set.of("east", "north", "west"))
        .generate();
  }

  private static StoreReportSource source(GeneratedHistory history, String... sites) {
    return new StoreReportSource(history, RequestFixture.of(OCTOBER, AS_OF, sites), what -> {});
  }

  private static Table table(List<Section> sections, int section) {
    return Objects.requireNonNull(sections.get(section).table());
  }

  private static double number(List<?> row, Table table, String column) {
    return ((BigDecimal) Objects.requireNonNull(row.get(table.indexOf(column)), column))
        .doubleValue();
  }

  @Test
  void sumsAreOfAllSites_andThePeakOfOneTime() {
    GeneratedHistory history = history();
    StoreReportSource source = source(history, "east", "north", "west");
    PeriodData data = source.of(OCTOBER, Detail.SITES);
    List<Section> sections = FleetSection.of(source, data);
    Table fleet = table(sections, 0);
    BigInteger all = BigInteger.ZERO;
    Map<Long, Long> power = new TreeMap<>();
    for (var site : history.ledger().entrySet()) {
      for (var quarter : site.getValue().entrySet()) {
        long measured = quarter.getValue().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
        all = all.add(BigInteger.valueOf(measured));
        power.merge(
            Math.floorDiv(
                quarter.getKey(), Objects.requireNonNull(data.sites().get("east")).stepMillis()),
            measured,
            Long::sum);
      }
    }
    List<?> totals = Objects.requireNonNull(fleet.totals());
    assertThat(totals.get(fleet.indexOf("energy"))).isEqualTo(new BigDecimal(all));
    double highest = power.values().stream().mapToLong(each -> each).max().orElseThrow();
    double seconds = Objects.requireNonNull(data.sites().get("east")).stepMillis() / 1000.0;
    assertThat(number(totals, fleet, "peak")).isCloseTo(highest / seconds, within(3.0));
    double sumOfPeaks = 0;
    double shares = 0;
    for (List<?> row : fleet.rows()) {
      sumOfPeaks += number(row, fleet, "peak");
      shares += number(row, fleet, "share");
    }
    assertThat(shares).isCloseTo(1, within(1e-9));
    assertThat(number(totals, fleet, "peak")).isLessThan(sumOfPeaks);
    assertThat(sections.getFirst().sentences())
        .anyMatch(sentence -> sentence.startsWith("Peak of all sites at one time"))
        .anyMatch(sentence -> sentence.contains("4.4 %") && sentence.contains("Shehabi"));
  }

  @Test
  void ratiosAreWeightedByEnergy_andRanksBeginWithTheCleanest() {
    StoreReportSource source = source(history(), "east", "north", "west");
    PeriodData data = source.of(OCTOBER, Detail.SITES);
    List<Section> sections = FleetSection.of(source, data);
    Table fleet = table(sections, 0);
    double weighted = 0;
    double weights = 0;
    double renewable = 0;
    double known = 0;
    for (SiteUse site : data.sites().values()) {
      double energy = site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES).doubleValue();
      if (site.facilityRatio().isPresent()) {
        weighted += energy * site.facilityRatio().get().getValue().doubleValue();
        weights += energy;
      }
      Charges charges = site.charges();
      renewable += charges.amount(Figure.RENEWABLE).orElseThrow().doubleValue();
      known += charges.known(Figure.RENEWABLE).doubleValue();
    }
    List<?> totals = Objects.requireNonNull(fleet.totals());
    assertThat(number(totals, fleet, "facility_ratio")).isCloseTo(weighted / weights, within(1e-9));
    assertThat(number(totals, fleet, "renewable")).isCloseTo(renewable / known, within(1e-9));

    Table supply = table(sections, 1);
    for (List<?> row : supply.rows()) {
      double own = number(row, supply, "intensity");
      long cleaner =
          supply.rows().stream().filter(each -> number(each, supply, "intensity") < own).count();
      assertThat(number(row, supply, "intensity_rank")).isEqualTo((double) (1 + cleaner));
      Charges charges = Objects.requireNonNull(data.sites().get((String) row.getFirst())).charges();
      assertThat(own)
          .isCloseTo(
              charges.amount(Figure.CO2E_LOCATION).orElseThrow().doubleValue()
                  / (charges.known(Figure.CO2E_LOCATION).doubleValue() / 3.6e9),
              within(1e-6));
    }
  }

  @Test
  void aSiteWithoutALedger_isSaid_withItsNodes() {
    GeneratedHistory history = history();
    long day = Instant.parse("2026-10-20T00:00:00Z").toEpochMilli();
    for (int i = 0; i < 97; i++) {
      history.nodeDays().add(new NodeDay("east", "n" + i, day, "r1", Map.of()));
      history.nodeDays().add(new NodeDay("east", "n" + i, day + 86_400_000, "r1", Map.of()));
    }
    for (int i = 0; i < 3; i++) {
      history.nodeDays().add(new NodeDay("south", "n" + i, day, "r1", Map.of()));
    }
    StoreReportSource source = source(history, "east", "north", "south", "west");
    List<Section> sections = FleetSection.of(source, source.of(OCTOBER, Detail.SITES));
    assertThat(sections.getFirst().sentences().getFirst())
        .isEqualTo(
            "3 of 4 sites have a ledger in the period (without: south), with 97.0 % of the nodes"
                + " (97 of 100).");
  }

  @Test
  void oneSite_isNoFleet() {
    StoreReportSource source = source(history(), "east");
    assertThat(FleetSection.of(source, source.of(OCTOBER, Detail.SITES))).isEmpty();
  }
}
