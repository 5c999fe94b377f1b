// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Trend;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Quantity.Period;
import io.github.joulestream.energy.alerts.Samples;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnergyBucketsTest {
  private static final long QUARTER = 900_000;
  private static final long DAY = 86_400_000;

  private final EnergyBuckets buckets = new EnergyBuckets();

  private static long millis(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  /** One millijoule in each quarter of an hour of the year 2026, with a day on either side. */
  private void fillYear() {
    long end = millis("2027-01-02T00:00:00Z");
    for (long time = millis("2025-12-31T00:00:00Z"); time < end; time += QUARTER) {
      buckets.add(time + 1, 1);
    }
  }

  @Test
  void energy_isAddedToTheQuarterThatHoldsItsTime() {
    long quarter = millis("2026-11-25T12:15:00Z");
    assertThat(buckets.add(quarter, 3)).isEqualTo(3);
    assertThat(buckets.add(quarter + QUARTER - 1, 4)).isEqualTo(7);
    assertThat(buckets.add(quarter + QUARTER, 5)).isEqualTo(5);
    assertThat(buckets.add(quarter - 1, 6)).isEqualTo(6);
    assertThat(buckets.starts()).containsExactly(quarter - QUARTER, quarter, quarter + QUARTER);
    assertThat(buckets.sum(new Period(quarter, quarter + QUARTER))).isEqualTo(7);
  }

  @Test
  void timesBefore1970_areInTheQuarterBefore() {
    assertThat(EnergyBuckets.start(-1)).isEqualTo(-QUARTER);
    assertThat(EnergyBuckets.start(0)).isZero();
  }

  /** Clocks change in Berlin on 29 March and 25 October 2026; Kathmandu is 5:45 h ahead. */
  @ParameterizedTest
  @CsvSource({
    "ENERGY_PER_DAY,   Europe/Berlin,  2026-03-29T12:00:00Z, 92",
    "ENERGY_PER_DAY,   Europe/Berlin,  2026-10-25T12:00:00Z, 100",
    "ENERGY_PER_DAY,   Europe/Berlin,  2026-06-01T12:00:00Z, 96",
    "ENERGY_PER_DAY,   Asia/Kathmandu, 2026-06-01T12:00:00Z, 96",
    "ENERGY_PER_MONTH, Europe/Berlin,  2026-02-10T12:00:00Z, 2688",
    "ENERGY_PER_MONTH, Europe/Berlin,  2026-03-10T12:00:00Z, 2972",
    "ENERGY_PER_MONTH, Europe/Berlin,  2026-10-10T12:00:00Z, 2980",
    "ENERGY_PER_HOUR,  Asia/Kathmandu, 2026-06-01T12:10:00Z, 4",
  })
  void periodsOfTheCalendar_holdTheirQuarters(
      Quantity quantity, String zone, String time, long millijoules) {
    fillYear();
    assertThat(buckets.sum(quantity.period(millis(time), ZoneId.of(zone)))).isEqualTo(millijoules);
  }

  /** An hour that is skipped is neither in the day before nor in the day after. */
  @Test
  void daysAroundAChangeOfClocks_holdEachQuarterOnce() {
    fillYear();
    ZoneId zone = ZoneId.of("Europe/Berlin");
    long sum = 0;
    for (int day = 0; day < 31; day++) {
      long noon = millis("2026-03-01T12:00:00Z") + day * DAY;
      sum += buckets.sum(Quantity.ENERGY_PER_DAY.period(noon, zone));
    }
    assertThat(sum)
        .isEqualTo(
            buckets.sum(Quantity.ENERGY_PER_MONTH.period(millis("2026-03-10T12:00:00Z"), zone)));
  }

  @Test
  void bucketsOf39Days_areKept() {
    long now = millis("2026-11-25T12:00:00Z");
    long oldest = now - 39 * DAY;
    buckets.add(oldest, 1);
    buckets.add(oldest - QUARTER, 1);
    buckets.add(oldest - 2 * QUARTER, 1);
    assertThat(buckets.removeBefore(now)).containsExactly(oldest - 2 * QUARTER, oldest - QUARTER);
    assertThat(buckets.starts()).containsExactly(oldest);
    assertThat(buckets.removeBefore(now)).isEmpty();
  }

  @Test
  void replay_offersTheEnergyAtTheEndOfEachFullQuarter() {
    long start = millis("2026-11-25T00:00:00Z");
    Period day = new Period(start, start + DAY);
    for (int i = -3; i < 20; i++) {
      buckets.add(start + i * QUARTER, 9_000);
    }
    Samples samples = new Samples(40 * QUARTER);
    // within the twelfth quarter: eleven are full
    buckets.replay(day, start + 11 * QUARTER + 1, samples);
    Trend trend = requireNonNull(samples.trend());
    assertThat(trend.slope()).isEqualTo(9_000.0 / QUARTER);
    assertThat(trend.level()).isEqualTo(11 * 9_000.0);
  }
}
