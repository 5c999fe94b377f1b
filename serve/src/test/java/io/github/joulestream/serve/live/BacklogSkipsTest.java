// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BacklogSkipsTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long OLD = NOW - 500_000;

  private final BacklogSkips skips = new BacklogSkips(NOW);

  @Test
  void atFirstEverythingIsRead() {
    assertThat(skips.next(OLD + 5_000, NOW + 2_999)).isEqualTo(OLD + 5_000);
  }

  @Test
  void laterTheBeginningOfEachWindow() {
    long later = NOW + 3_000;
    assertThat(skips.next(OLD + 1_499, later)).isEqualTo(OLD + 1_499);
    assertThat(skips.next(OLD + 1_500, later)).isEqualTo(OLD + 10_000);
    assertThat(skips.next(OLD + 9_999, later)).isEqualTo(OLD + 10_000);
  }

  @Test
  void theNewestIsReadWhole() {
    long later = NOW + 3_000;
    assertThat(skips.next(later - 41_500, later)).isEqualTo(later - 40_000);
    assertThat(skips.next(later - 40_000, later)).isEqualTo(later - 40_000);
    assertThat(skips.next(later - 5_000, later)).isEqualTo(later - 5_000);
  }
}
