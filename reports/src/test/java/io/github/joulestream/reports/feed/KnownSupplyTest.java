// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.reports.feed.KnownSupply.Gap;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownSupplyTest {
  private static final GridSeries WIND = GridSeries.of(SeriesKind.MIX, EnergySource.WIND);
  private static final long SEED = 7;

  private static GridInterval wind(long from, long to, long issued, boolean gone, GridQuality how) {
    return new GridInterval(
        "dc1",
        WIND,
        from,
        to,
        gone ? 0 : 250_000_000,
        "",
        how,
        issued,
        gone,
        new GridInterval.Origin("rte", "FR", "25 %"));
  }

  private static GridInterval wind(long from, long to) {
    return wind(from, to, 1, false, GridQuality.MEASURED);
  }

  @Test
  void aSeries_inShort() {
    KnownSupply known =
        new KnownSupply(
            List.of(
                wind(0, 10),
                wind(0, 10, 2, false, GridQuality.ESTIMATED),
                wind(0, 10, 3, false, GridQuality.MEASURED),
                wind(10, 20, 1, false, GridQuality.ESTIMATED),
                wind(20, 30),
                wind(20, 30, 5, true, GridQuality.MEASURED)));
    KnownSupply.Facts facts = known.facts(WIND);
    assertThat(known.series()).containsExactly(WIND);
    assertThat(facts.inForce()).extracting(GridInterval::issued).containsExactly(3L, 1L);
    assertThat(facts.withdrawn()).isEqualTo(1);
    assertThat(facts.revisions()).isEqualTo(2);
    assertThat(facts.units()).isEqualTo(Set.of("ratio"));
    assertThat(facts.providers()).isEqualTo(Set.of("rte"));
    assertThat(facts.qualities())
        .isEqualTo(Map.of(GridQuality.MEASURED, 1, GridQuality.ESTIMATED, 1));
  }

  @Test
  void gaps_betweenBeforeAndAfter() {
    KnownSupply known = new KnownSupply(List.of(wind(10, 20), wind(20, 30), wind(40, 50)));
    assertThat(known.gaps(WIND, 0, 60))
        .containsExactly(new Gap(0, 10), new Gap(30, 40), new Gap(50, 60));
    assertThat(known.gaps(WIND, 12, 45)).containsExactly(new Gap(30, 40));
    assertThat(known.gaps(WIND, 32, 38)).containsExactly(new Gap(32, 38));
    assertThat(known.gaps(WIND, 10, 30)).isEmpty();
    assertThat(known.gaps(WIND, 60, 70)).containsExactly(new Gap(60, 70));
    assertThat(known.gaps(GridSeries.of(SeriesKind.PRICE), 0, 1)).containsExactly(new Gap(0, 1));
  }

  /** A ms is in a gap exactly if no interval has it. */
  @Test
  void law_gaps_areWhatNoIntervalHas() {
    for (int round = 0; round < 500; round++) {
      Random random = new Random(SEED + round);
      List<GridInterval> intervals = new ArrayList<>();
      boolean[] has = new boolean[100];
      for (int at = random.nextInt(5); at < 95; ) {
        int to = at + 1 + random.nextInt(5);
        boolean gone = random.nextInt(5) == 0;
        intervals.add(wind(at, to, 1, gone, GridQuality.MEASURED));
        for (int i = at; i < to; i++) {
          has[i] = !gone;
        }
        at = random.nextBoolean() ? to : to + random.nextInt(10);
      }
      int from = random.nextInt(50);
      int to = from + 1 + random.nextInt(49);
      boolean[] missing = new boolean[100];
      for (Gap gap : new KnownSupply(intervals).gaps(WIND, from, to)) {
        assertThat(gap.from()).isLessThan(gap.to());
        for (int i = (int) gap.from(); i < gap.to(); i++) {
          assertThat(missing[i]).as("once").isFalse();
          missing[i] = true;
        }
      }
      for (int i = 0; i < 100; i++) {
        assertThat(missing[i])
            .as("round %d, %d", round, i)
            .isEqualTo(i >= from && i < to && !has[i]);
      }
    }
  }

  @Test
  void texts() {
    GridInterval price =
        new GridInterval(
            "dc1",
            GridSeries.of(SeriesKind.PRICE),
            0,
            1,
            -5_010_000,
            "EUR",
            GridQuality.MEASURED,
            1,
            false,
            GridInterval.Origin.UNKNOWN);
    assertThat(KeptText.value(price)).isEqualTo("-0.00501");
    assertThat(KeptText.unit(price)).isEqualTo("EUR/kWh");
    assertThat(KeptText.time(1_792_890_000_000L, ZoneId.of("Europe/Berlin")))
        .isEqualTo("2026-10-25T02:00+01:00");
    assertThat(KeptText.time(1_792_890_001_000L)).isEqualTo("2026-10-25T01:00:01Z");
  }
}
