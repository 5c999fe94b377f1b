// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmissionPolicyTest {
  // an interval of 30 s ends then, for the task of partition 0
  private static final long START = 1_700_000_010_000L;
  private final EmissionPolicy policy = new EmissionPolicy(0);

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
  void anEmissionThatWasRequiredInBetween_doesNotMoveTheEndOfTheInterval() {
    policy.emitted(START + 9_000);
    assertThat(policy.emitsAt(START + 9_999, 1_000)).isFalse();
    assertThat(policy.emitsAt(START + 10_000, 1_000)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 10_000})
  void tasks_emitOnceInAnInterval_eachAtAMomentOfItsOwn(int pendingWindows) {
    int tasks = 12;
    long interval = pendingWindows > 5_000 ? 30_000 : 10_000;
    TreeSet<Long> moments = new TreeSet<>();
    for (int partition = 0; partition < tasks; partition++) {
      EmissionPolicy ofTask = new EmissionPolicy(partition);
      ofTask.emitted(START - 1);
      int emissions = 0;
      for (long at = START; at < START + 3 * interval; at += 10) {
        if (ofTask.emitsAt(at, pendingWindows)) {
          ofTask.emitted(at);
          emissions++;
          moments.add((at - START) % interval);
        }
      }
      assertThat(emissions).as("partition %d", partition).isEqualTo(3);
    }
    assertThat(moments).hasSize(tasks);
    Long before = null;
    for (long moment : moments) {
      assertThat(before == null ? interval : moment - before).isGreaterThan(interval / tasks / 3);
      before = moment;
    }
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
