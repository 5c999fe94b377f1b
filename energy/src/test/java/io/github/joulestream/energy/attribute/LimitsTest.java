// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Windows;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Limits DEFAULT = Limits.DEFAULT;

  @Test
  void theDefaultsAreAsDocumented() {
    assertThat(DEFAULT.windowMillis()).isEqualTo(Windows.MILLIS);
    assertThat(DEFAULT)
        .isEqualTo(
            new Limits(10_000, 10_000, 300_000, 300_000, 3_600_000, 31L * 24 * 60 * 60 * 1_000));
  }

  @Test
  void eachIsChangedAlone() {
    Duration two = Duration.ofMinutes(2);
    Duration twenty = Duration.ofMinutes(20);
    assertThat(DEFAULT.withGap(two))
        .isEqualTo(new Limits(10_000, 120_000, 300_000, 300_000, 3_600_000, DEFAULT.holdMillis()));
    assertThat(DEFAULT.withLongGap(two))
        .isEqualTo(new Limits(10_000, 10_000, 120_000, 300_000, 3_600_000, DEFAULT.holdMillis()));
    assertThat(DEFAULT.withFuture(two))
        .isEqualTo(new Limits(10_000, 10_000, 300_000, 120_000, 3_600_000, DEFAULT.holdMillis()));
    assertThat(DEFAULT.withHorizon(twenty))
        .isEqualTo(new Limits(10_000, 10_000, 300_000, 300_000, 1_200_000, DEFAULT.holdMillis()));
    assertThat(DEFAULT.withHold(twenty))
        .isEqualTo(new Limits(10_000, 10_000, 300_000, 300_000, 3_600_000, 1_200_000));
  }

  @Test
  void theEndsOfEachRangeArePermitted() {
    assertThat(DEFAULT.withGap(Duration.ofMillis(1)).gapMillis()).isEqualTo(1);
    assertThat(DEFAULT.withGap(Duration.ofMinutes(5)).gapMillis()).isEqualTo(300_000);
    assertThat(DEFAULT.withLongGap(Duration.ofSeconds(10)).longGapMillis()).isEqualTo(10_000);
    assertThat(DEFAULT.withLongGap(Duration.ofSeconds(400)).longGapMillis()).isEqualTo(400_000);
    assertThat(DEFAULT.withFuture(Duration.ZERO).futureMillis()).isZero();
    assertThat(DEFAULT.withFuture(Duration.ofHours(1)).futureMillis()).isEqualTo(3_600_000);
    assertThat(DEFAULT.withHorizon(Duration.ofMinutes(10)).horizonMillis()).isEqualTo(600_000);
    assertThat(DEFAULT.withHold(Duration.ofMillis(1)).holdMillis()).isEqualTo(1);
    assertThat(DEFAULT.withHold(Duration.ofDays(34)).holdMillis()).isEqualTo(2_937_600_000L);
    assertThat(new Limits(60_000, 1, 1, 0, 600_000, 1).windowMillis()).isEqualTo(60_000);
  }

  @Test
  void whatIsOutOfRangeIsRefusedWithNameValueAndRange() {
    refused(() -> DEFAULT.withGap(Duration.ZERO), "gap of 0 ms: it must be 1 to 300000 ms");
    refused(
        () -> DEFAULT.withGap(Duration.ofMillis(300_001)),
        "gap of 300001 ms: it must be 1 to 300000 ms");
    refused(
        () -> DEFAULT.withLongGap(Duration.ofMillis(9_999)),
        "gap of 10000 ms: it must be 1 to 9999 ms");
    refused(
        () -> DEFAULT.withLongGap(Duration.ofMillis(400_001)),
        "long gap of 400001 ms: it must be 10000 to 400000 ms");
    refused(
        () -> DEFAULT.withFuture(Duration.ofMillis(-1)),
        "future of -1 ms: it must be 0 to 3600000 ms");
    refused(
        () -> DEFAULT.withHorizon(Duration.ofMillis(599_999)),
        "horizon of 599999 ms: it must be 600000 to 3600000 ms");
    refused(
        () -> DEFAULT.withHorizon(Duration.ofMillis(3_600_001)),
        "horizon of 3600001 ms: it must be 600000 to 3600000 ms");
    refused(
        () -> DEFAULT.withHold(Duration.ofDays(35)),
        "life of an allocation of 3024000000 ms: it must be 1 to 2937600000 ms");
    for (int window : new int[] {0, -10_000, 7_000, 120_000}) {
      refused(
          () -> new Limits(window, 10_000, 300_000, 300_000, 3_600_000, 1),
          "window of " + window + " ms: it must divide a minute");
    }
  }

  /** A device that no longer reports must not be forgotten while a job may hold it. */
  @Test
  void anAllocationExpiresBeforeADeviceIsForgotten() {
    assertThat(Limits.MAX_HOLD_MILLIS).isLessThan(DeviceRoom.FORGET_MILLIS);
  }

  private static void refused(Runnable change, String message) {
    assertThatThrownBy(change::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
