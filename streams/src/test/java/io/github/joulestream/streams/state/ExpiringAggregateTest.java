// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExpiringAggregateTest {
  private static final long WINDOW = 1_700_000_000_000L;
  private static final Duration LIFE = ExpiringAggregate.WINDOW_LIFE;

  // a reading may arrive five minutes before its own time; from then on a total may have expired
  private static final long FIRST_ONLY_MILLIS = (LIFE.toMinutes() - 5) * 60_000;

  private static ExpiringAggregate<String> begin(long millisAfterStart) {
    return ExpiringAggregate.begin(WINDOW, WINDOW + millisAfterStart, LIFE, "value");
  }

  @Test
  void aTotalThatBeginsBeforeOneCanHaveExpired_isTheFirstFragment() {
    assertThat(begin(-300_000).fragmentEpochMillis()).isZero();
    assertThat(begin(0).fragmentEpochMillis()).isZero();
    assertThat(begin(FIRST_ONLY_MILLIS - 1).fragmentEpochMillis()).isZero();
  }

  @Test
  void aTotalThatBeginsLater_isAFragmentOfItsOwn() {
    assertThat(begin(FIRST_ONLY_MILLIS).fragmentEpochMillis())
        .isEqualTo(WINDOW + FIRST_ONLY_MILLIS);
    assertThat(begin(10 * FIRST_ONLY_MILLIS).fragmentEpochMillis())
        .isEqualTo(WINDOW + 10 * FIRST_ONLY_MILLIS);
  }

  @Test
  void anUpdate_keepsTheFragment_andTheLatestArrival() {
    ExpiringAggregate<String> begun = begin(FIRST_ONLY_MILLIS);
    ExpiringAggregate<String> later = begun.updated(WINDOW + FIRST_ONLY_MILLIS + 7, "later");
    assertThat(later.fragmentEpochMillis()).isEqualTo(begun.fragmentEpochMillis());
    assertThat(later.lastUpdateEpochMillis()).isEqualTo(WINDOW + FIRST_ONLY_MILLIS + 7);
    assertThat(later.value()).isEqualTo("later");
    // the broker's time may go back when its leader changes
    assertThat(later.updated(WINDOW, "again").lastUpdateEpochMillis())
        .isEqualTo(WINDOW + FIRST_ONLY_MILLIS + 7);
  }
}
