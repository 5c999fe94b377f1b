// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.capacity.StorageGrowth.Forecast;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class StorageGrowthTest {
  private static final long SEED = Long.getLong("laws.seed", 19_006);
  private static final long START = Instant.parse("2026-11-25T00:00:00Z").toEpochMilli();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long MEBIBYTE = 1 << 20;

  /** A site, a sample an hour. */
  private static StorageGrowth after(int days, LongUnaryOperator usedAtHour) {
    StorageGrowth growth = new StorageGrowth();
    for (int hour = 0; hour <= 24 * days; hour++) {
      growth.add(START + hour * HOUR, usedAtHour.applyAsLong(hour));
    }
    return growth;
  }

  @Test
  void ofAStraightLine_itIsTheLine_andTheDayItIsFull() {
    // 240 MiB a day, from 1,000 MiB on
    Forecast forecast =
        requireNonNull(after(20, hour -> 1_000 + 10L * hour).forecast(1_000 + 240 * 50));
    assertThat(forecast.bytesPerDay()).isEqualTo(240 * MEBIBYTE);
    assertThat(forecast.lowBytesPerDay()).isEqualTo(240 * MEBIBYTE);
    assertThat(forecast.highBytesPerDay()).isEqualTo(240 * MEBIBYTE);
    assertThat(forecast.fullEpochMillis()).isCloseTo(START + 50 * DAY, within(1_000L));
    assertThat(forecast.fullEarliestEpochMillis()).isCloseTo(START + 50 * DAY, within(1_000L));
  }

  @Test
  void underSevenDays_nothingIsKnown() {
    assertThat(after(6, hour -> 1_000 + 10L * hour).forecast(10_000)).isNull();
    assertThat(after(7, hour -> 1_000 + 10L * hour).forecast(10_000)).isNotNull();
  }

  /** What comes and goes within a day, and what does so from day to day, is no growth. */
  @Test
  void withoutGrowth_noDayIsForeseeable() {
    System.out.println("StorageGrowthTest seed " + SEED);
    Random random = new Random(SEED);
    int foreseen = 0;
    for (int round = 0; round < 300; round++) {
      Forecast forecast =
          requireNonNull(
              after(
                      7 + random.nextInt(90),
                      hour -> 50_000 + 20_000 * (hour / 12 % 2) + random.nextInt(10_000))
                  .forecast(100_000));
      assertThat(forecast.lowBytesPerDay()).isLessThanOrEqualTo(forecast.bytesPerDay());
      assertThat(forecast.highBytesPerDay()).isGreaterThanOrEqualTo(forecast.bytesPerDay());
      foreseen += forecast.fullEpochMillis() == Forecast.NOT_FORESEEABLE ? 0 : 1;
    }
    // the interval is of 99 %
    assertThat(foreseen).isLessThan(10);
    Forecast shrinking = requireNonNull(after(30, hour -> 50_000 - 20L * hour).forecast(100_000));
    assertThat(shrinking.bytesPerDay()).isEqualTo(-480 * MEBIBYTE);
    assertThat(shrinking.fullEpochMillis()).isEqualTo(Forecast.NOT_FORESEEABLE);
    assertThat(shrinking.fullEarliestEpochMillis()).isEqualTo(Forecast.NOT_FORESEEABLE);
  }

  @Test
  void growthInNoise_isFound_andTheDayIsWithinItsInterval() {
    Random random = new Random(SEED + 1);
    int within = 0;
    for (int round = 0; round < 200; round++) {
      Forecast forecast =
          requireNonNull(
              after(60, hour -> 10_000 + 5L * hour + (long) (400 * random.nextGaussian()))
                  .forecast(20_000));
      assertThat(forecast.fullEpochMillis()).isPositive();
      assertThat(forecast.fullEarliestEpochMillis())
          .isLessThanOrEqualTo(forecast.fullEpochMillis());
      assertThat(forecast.fullLatestEpochMillis())
          .isGreaterThanOrEqualTo(forecast.fullEpochMillis());
      long full = START + 2_000 * HOUR;
      within +=
          forecast.fullEarliestEpochMillis() <= full && full <= forecast.fullLatestEpochMillis()
              ? 1
              : 0;
    }
    assertThat(within).isGreaterThan(190);
  }

  /** A day on which half of the nodes were away does not bend it, and what is full is full now. */
  @Test
  void aFewWildDays_doNotBendIt() {
    Forecast forecast =
        requireNonNull(
            after(40, hour -> (hour / 24 % 10 == 3 ? 1 : 2) * (5_000 + 10L * hour))
                .forecast(9_000));
    assertThat(forecast.bytesPerDay()).isCloseTo(480 * MEBIBYTE, within(48 * MEBIBYTE));
    assertThat(forecast.fullEpochMillis()).isBetween(START + 39 * DAY, START + 40 * DAY);
  }

  @Test
  void onlyTheLast90Days_count_andARestartForgetsNone() throws IOException {
    LongUnaryOperator used = hour -> hour < 24 * 100 ? 1_000_000 - 24L * hour : 48L * hour;
    StorageGrowth growth = after(190, used);
    assertThat(requireNonNull(growth.forecast(1 << 30)).bytesPerDay())
        .isEqualTo(24 * 48 * MEBIBYTE);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    growth.write(new DataOutputStream(bytes));
    StorageGrowth read = new StorageGrowth();
    read.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    for (int hour = 24 * 190 + 1; hour < 24 * 195; hour++) {
      growth.add(START + hour * HOUR, used.applyAsLong(hour));
      read.add(START + hour * HOUR, used.applyAsLong(hour));
    }
    assertThat(read.forecast(1 << 30)).isNotNull().isEqualTo(growth.forecast(1 << 30));
    // after 100 days without samples nothing of before is left
    read.add(START + 300 * DAY, 1);
    assertThat(read.forecast(1 << 30)).isNull();
  }
}
