// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EmissionPolicyTest {
  private static final long START = 1_700_000_000_000L;
  private final EmissionPolicy policy = new EmissionPolicy();

  @Test
  void fewPendingWindows_areEmittedAtEveryCommit() {
    policy.emitted(START);
    assertThat(policy.emitsAt(START, 0)).isTrue();
    assertThat(policy.emitsAt(START, 25)).isTrue();
    assertThat(policy.emitsAt(START, 26)).isFalse();
  }

  @Test
  void more_areEmittedOnceInTenSeconds_ofStreamTime() {
    policy.emitted(START);
    assertThat(policy.emitsAt(START + 9_999, 1_000)).isFalse();
    assertThat(policy.emitsAt(START + 10_000, 1_000)).isTrue();
    policy.emitted(START + 10_000);
    assertThat(policy.emitsAt(START + 19_999, 1_000)).isFalse();
  }

  @Test
  void manyMore_areEmittedOnceInThirtySeconds() {
    policy.emitted(START);
    assertThat(policy.emitsAt(START + 10_000, 5_000)).isTrue();
    assertThat(policy.emitsAt(START + 10_000, 5_001)).isFalse();
    assertThat(policy.emitsAt(START + 29_999, 5_001)).isFalse();
    assertThat(policy.emitsAt(START + 30_000, 5_001)).isTrue();
  }

  @Test
  void noMoreThanAHundredThousand_areKeptPending() {
    policy.emitted(START);
    assertThat(policy.emitsAt(START, 99_999)).isFalse();
    assertThat(policy.emitsAt(START, 100_000)).isTrue();
  }

  @Test
  void aRequiredEmission_isDueUntilItIsDone() {
    policy.emitted(START);
    policy.require();
    assertThat(policy.emitsAt(START, 1_000)).isTrue();
    assertThat(policy.emitsAt(START, 1_000)).isTrue();
    policy.emitted(START);
    assertThat(policy.emitsAt(START, 1_000)).isFalse();
  }

  @Test
  void anIntervalIsQuiet_ifNoRecordArrivedInIt() {
    assertThat(policy.endInterval()).isTrue();
    policy.recordReceived();
    assertThat(policy.endInterval()).isFalse();
    assertThat(policy.endInterval()).isTrue();
  }

  @Test
  void oneQuietIntervalIsEnough_whereFewArePendingOrNoMoreIsExpected() {
    assertThat(policy.isQuiet(5_000, false)).isFalse();
    policy.endInterval();
    assertThat(policy.isQuiet(5_000, false)).isTrue();
    assertThat(policy.isQuiet(5_001, false)).isFalse();
    assertThat(policy.isQuiet(5_001, true)).isTrue();
  }

  @Test
  void fiveQuietIntervalsInARow_areQuiet_whereManyArePending() {
    for (int i = 0; i < 4; i++) {
      policy.endInterval();
    }
    assertThat(policy.isQuiet(5_001, false)).isFalse();
    policy.endInterval();
    assertThat(policy.isQuiet(5_001, false)).isTrue();
    policy.recordReceived();
    policy.endInterval();
    assertThat(policy.isQuiet(5_001, false)).isFalse();
    assertThat(policy.isQuiet(1, true)).isFalse();
  }
}
