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
  void noMoreThanFiftyThousand_areKeptPending() {
    policy.emitted(START);
    assertThat(policy.emitsAt(START, 49_999)).isFalse();
    assertThat(policy.emitsAt(START, 50_000)).isTrue();
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
}
