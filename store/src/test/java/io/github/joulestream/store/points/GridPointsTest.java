// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GridPointsTest {
  private static final long TEN = 1_790_000_000_000L;
  private static final long HOUR = 3_600_000;
  private static final CarbonBasis BASIS = CarbonBasis.parse("residual-average-direct");

  private static GridRecord record(
      GridSeries series, String currency, long value, long issued, boolean gone, boolean latest) {
    return new GridRecord(
        new GridInterval(
            "east",
            series,
            TEN,
            TEN + HOUR,
            value,
            currency,
            GridQuality.ESTIMATED,
            issued,
            gone,
            new GridInterval.Origin("electricity-maps", "DE", "81 EUR/MWh")),
        latest);
  }

  @Test
  void theLatestIssue_isAPointOfItsOwn_andWhatIsInForce() {
    List<StorePoint> points =
        GridPoints.of(
            record(GridSeries.of(SeriesKind.PRICE), "EUR", 81_000_000, TEN + 5, false, true));
    assertThat(points)
        .extracting(StorePoint::measurement)
        .containsExactly(Measurement.GRID, Measurement.GRID_NOW);
    StorePoint issue = points.getFirst();
    StorePoint now = points.getLast();
    assertThat(issue.fields().keySet()).isEqualTo(Measurement.GRID.fields().keySet());
    assertThat(issue.fields())
        .containsEntry("value", 0.081)
        .containsEntry("value_nano", 81_000_000L)
        .containsEntry("to_epoch_millis", TEN + HOUR)
        .containsEntry("currency", "EUR")
        .containsEntry("quality", "ESTIMATED")
        .containsEntry("issued_epoch_millis", TEN + 5)
        .containsEntry("withdrawn", 0L)
        .containsEntry("provider", "electricity-maps")
        .containsEntry("zone", "DE")
        .containsEntry("given", "81 EUR/MWh");
    assertThat(now.fields().keySet()).isEqualTo(Measurement.GRID_NOW.fields().keySet());
    assertThat(now.fields()).containsEntry("value_nano", 81_000_000L).containsEntry("in_force", 1L);
    assertThat(now.epochNanos()).isEqualTo(TEN * 1_000_000);
    assertThat(Math.floorDiv(issue.epochNanos(), 1_000_000_000)).isEqualTo(TEN / 1_000);
    assertThat(now.tags())
        .isEqualTo(issue.tags())
        .isEqualTo(Map.of("site", "east", "kind", "PRICE", "basis", "", "source", "NONE"));
  }

  @Test
  void anEarlierIssue_isKept_andIsNotInForce() {
    GridSeries mix = GridSeries.of(SeriesKind.MIX, EnergySource.WIND);
    List<StorePoint> earlier = GridPoints.of(record(mix, "", 1, TEN + 1, false, false));
    List<StorePoint> later = GridPoints.of(record(mix, "", 2, TEN + 2, false, true));
    assertThat(earlier).extracting(StorePoint::measurement).containsExactly(Measurement.GRID);
    assertThat(earlier.getFirst().epochNanos()).isNotEqualTo(later.getFirst().epochNanos());
    assertThat(earlier.getFirst().tags())
        .containsEntry("kind", "MIX")
        .containsEntry("source", "WIND");
  }

  @Test
  void anIssueThatWithdraws_isNotInForce() {
    List<StorePoint> points =
        GridPoints.of(record(GridSeries.carbon(BASIS), "", 0, TEN + 9, true, true));
    assertThat(points.getFirst().fields()).containsEntry("withdrawn", 1L);
    assertThat(points.getLast().fields()).containsEntry("in_force", 0L);
    assertThat(points.getLast().tags()).containsEntry("basis", "residual-average-direct");
  }

  private static List<Long> timesNow(GridSeries series, long from, long to) {
    GridInterval interval =
        new GridInterval(
            "east",
            series,
            from,
            to,
            0,
            series.kind().isMoney() ? "EUR" : "",
            GridQuality.MEASURED,
            TEN,
            true,
            GridInterval.Origin.UNKNOWN);
    return GridPoints.of(new GridRecord(interval, true)).stream()
        .filter(point -> point.measurement() == Measurement.GRID_NOW)
        .map(point -> point.epochNanos() / 1_000_000)
        .toList();
  }

  /** A price of two hours and a half from 10:30: at its start, and at 11:00 and 12:00. */
  @Test
  void aValueOfSeveralHours_isInEachOfThem() {
    long ten = TEN - Math.floorMod(TEN, HOUR);
    GridSeries price = GridSeries.of(SeriesKind.PRICE);
    assertThat(timesNow(price, ten + HOUR / 2, ten + 3 * HOUR))
        .containsExactly(ten + HOUR / 2, ten + HOUR, ten + 2 * HOUR);
    assertThat(timesNow(price, ten, ten + HOUR)).containsExactly(ten);
    assertThat(timesNow(price, ten + HOUR / 2, ten + HOUR + HOUR / 2))
        .containsExactly(ten + HOUR / 2);
    assertThat(timesNow(GridSeries.carbon(BASIS), ten, ten + 365 * 24 * HOUR)).hasSize(365 * 24);
    // energies and charges are of the whole interval
    assertThat(timesNow(GridSeries.of(SeriesKind.EXPORT), ten, ten + 3 * HOUR))
        .containsExactly(ten);
    assertThat(timesNow(GridSeries.of(SeriesKind.FIXED_CHARGE), ten, ten + 3 * HOUR))
        .containsExactly(ten);
    // one record is never millions of points
    assertThat(timesNow(price, ten, ten + 367 * 24 * HOUR)).containsExactly(ten);
  }
}
