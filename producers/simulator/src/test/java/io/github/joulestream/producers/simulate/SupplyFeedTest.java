// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridFactors;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.StepEnergy;
import io.github.joulestream.energy.grid.StepFactors;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SupplyFeedTest {
  private static final SimulationOptions OPTIONS = new SimulationOptions("s", 4, 7);
  private static final int HOUR = 3_600_000;
  private static final long KILOWATT_HOUR = 3_600_000_000L;

  /** A Monday. */
  private static final long START = Instant.parse("2026-10-05T00:00:00Z").toEpochMilli();

  private static final int WEEKS = 8;
  private static final int HOURS = 24 * 7 * WEEKS;

  private static List<GridInterval> published(SimulationOptions options, long from, long to) {
    List<GridInterval> intervals = new ArrayList<>();
    new SupplyFeed(options, record -> intervals.add(record.interval()), from).extendTo(to);
    return intervals;
  }

  private final List<GridInterval> weeks = published(OPTIONS, START, START + (long) HOURS * HOUR);
  private final GridFactors factors = GridFactors.of(weeks, Long.MAX_VALUE, Scope.LIFECYCLE);

  private StepFactors hour(int hour) {
    return factors.at(START + (long) hour * HOUR, HOUR, StepEnergy.measured(1_000 * KILOWATT_HOUR));
  }

  private double mean(IntPredicate hours, ToLongFunction<StepFactors> figure) {
    return IntStream.range(0, HOURS)
            .filter(hours)
            .mapToLong(i -> figure.applyAsLong(hour(i)))
            .average()
            .orElseThrow()
        / GridInterval.NANO;
  }

  @Test
  void allOfItIsKnown_andSaysThatItIsMadeUp() {
    for (int i = 0; i < HOURS; i++) {
      StepFactors hour = hour(i);
      assertThat(hour.priceNano()).isBetween(-200_000_000L, 400_000_000L);
      assertThat(hour.locationNano()).isBetween(80_000_000_000L, 600_000_000_000L);
      // others have claimed renewable energy that is in the mix
      assertThat(hour.marketNano()).isGreaterThan(hour.locationNano());
      assertThat(hour.marginalNano()).isPositive();
      assertThat(hour.renewableNano()).isBetween(150_000_000L, 850_000_000L);
      assertThat(hour.carbonFreeNano()).isGreaterThan(hour.renewableNano());
      assertThat(hour.weak()).isTrue();
      assertThat(hour.residualMissing()).isFalse();
    }
    assertThat(weeks)
        .allSatisfy(interval -> {
          assertThat(interval.quality()).isEqualTo(GridQuality.SYNTHETIC);
          assertThat(interval.origin().provider()).isEqualTo("simulator");
          assertThat(interval.origin().given()).isNotEmpty();
        });
    assertThat(factors.currency()).hasValue("EUR");
    assertThat(factors.fitsHours(START, START + (long) HOURS * HOUR)).isTrue();
    StepFactors direct =
        GridFactors.of(weeks, Long.MAX_VALUE, Scope.DIRECT)
            .at(START, HOUR, StepEnergy.measured(KILOWATT_HOUR));
    assertThat(direct.locationNano()).isBetween(1L, hour(0).locationNano() - 1);
    assertThat(direct.marketNano()).isPositive();
  }

  @Test
  void dayNightAndWeekend_differ() {
    IntPredicate weekend = i -> i / 24 % 7 >= 5;
    IntPredicate noon = i -> i % 24 == 11 || i % 24 == 12;
    IntPredicate evening = i -> i % 24 == 18;
    IntPredicate night = i -> i % 24 == 2;
    double eveningPrice = mean(evening, StepFactors::priceNano);
    assertThat(eveningPrice).isGreaterThan(1.5 * mean(night, StepFactors::priceNano));
    assertThat(eveningPrice).isGreaterThan(1.5 * mean(noon, StepFactors::priceNano));
    assertThat(mean(weekend, StepFactors::priceNano))
        .isLessThan(0.9 * mean(weekend.negate(), StepFactors::priceNano));
    assertThat(mean(noon, StepFactors::locationNano))
        .isLessThan(0.9 * mean(night, StepFactors::locationNano));
    assertThat(mean(noon, StepFactors::renewableNano))
        .isGreaterThan(mean(night, StepFactors::renewableNano) + 0.1);
  }

  /** The plant is the one that the site's meter measures. */
  @Test
  void ownGeneration_isWhatTheMeterMeasures() {
    GridSeries solar = GridSeries.of(SeriesKind.GENERATION, EnergySource.SOLAR);
    long noon = START + 12L * HOUR;
    SiteMeters meters = new SiteMeters(OPTIONS, noon);
    for (long time = noon; time < noon + HOUR; time += 60_000) {
      meters.step(time, 60_000);
    }
    meters.read(noon + HOUR);
    List<DeviceSeries> read = new ArrayList<>();
    meters.take(read);
    long microjoules =
        read.stream()
            .filter(series -> series.device().kind() == DeviceKind.GENERATION)
            .findFirst()
            .orElseThrow()
            .readings()
            .energyMicrojoules()[0];
    assertThat(weeks)
        .filteredOn(interval -> interval.series().equals(solar) && interval.from() == noon)
        .singleElement()
        .satisfies(
            interval -> assertThat(interval.value()).isCloseTo(microjoules / 3.6e12, within(1e-4)));
    assertThat(weeks)
        .filteredOn(interval -> interval.series().equals(solar) && interval.from() == START)
        .allSatisfy(interval -> assertThat(interval.valueNano()).isZero());
  }

  @Test
  void sharesOfTheMix_addUpToOne() {
    for (int i = 0; i < HOURS; i += 5) {
      long from = START + (long) i * HOUR;
      assertThat(
              weeks.stream()
                  .filter(one -> one.from() == from && one.series().kind() == SeriesKind.MIX)
                  .mapToLong(GridInterval::valueNano)
                  .sum())
          .isEqualTo(GridInterval.NANO);
    }
  }

  /** Begun in the middle, by another run: the same values, issued at the same time. */
  @Test
  void eachHour_isTheSameWheneverItIsPublished_andOfItsSeed() {
    long middle = START + 100L * HOUR + 17;
    List<GridInterval> again = published(OPTIONS, middle, middle + 1);
    assertThat(again)
        .isNotEmpty()
        .isEqualTo(weeks.stream().filter(one -> one.from() == START + 100L * HOUR).toList());
    assertThat(published(new SimulationOptions("s", 4, 8), middle, middle + 1)).isNotEqualTo(again);
    assertThat(weeks.stream().map(one -> new GridRecord(one, true).key())).doesNotHaveDuplicates();
  }

  @Test
  void itIsExtended_withoutAnHourTwice() {
    List<GridRecord> records = new ArrayList<>();
    SupplyFeed feed = new SupplyFeed(OPTIONS, records::add, START);
    feed.extendTo(START + HOUR);
    int hour = records.size();
    feed.extendTo(START + HOUR);
    assertThat(records).hasSize(hour);
    feed.extendTo(START + 3L * HOUR - 1);
    assertThat(records).hasSize(3 * hour).allMatch(GridRecord::latest);
  }

  @Test
  void records_goOverTheWire() {
    try (var serde = WireSerdes.grid()) {
      for (GridInterval interval : weeks.subList(0, 100)) {
        GridRecord record = new GridRecord(interval, true);
        byte[] bytes = serde.serializer().serialize("grid", record);
        assertThat(serde.deserializer().deserialize("grid", bytes)).isEqualTo(record);
      }
    }
  }
}
