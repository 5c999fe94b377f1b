// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerGroupTest {
  @Test
  void theScore_isTheDistanceFromTheMedian_inItsUsualSize() {
    long[] values = {100, 110, 120, 130, 140, 150, 160, 170, 600};
    PeerGroup peers = PeerGroup.of(values);
    // median 140, distances 0 10 10 20 20 30 30 40 460: their median 20
    assertThat(peers.median()).isEqualTo(140);
    assertThat(peers.score(600)).isCloseTo(0.6745 * 460 / 20, within(1e-9));
    assertThat(peers.score(100)).isCloseTo(-0.6745 * 40 / 20, within(1e-9));
  }

  @Test
  void amongEquals_aSmallDifferenceIsNotOdd_aLargeOneIs() {
    long[] values = new long[100];
    Arrays.fill(values, 400_000);
    values[7] = 410_000;
    values[8] = 150_000;
    PeerGroup peers = PeerGroup.of(values);
    assertThat(peers.score(410_000)).isLessThan(1);
    assertThat(peers.score(150_000)).isLessThan(-6);
    assertThat(PeerGroup.of(new long[20]).score(0)).isZero();
  }

  @Test
  void theOddOnes_doNotHideThemselves() {
    Random random = new Random(3);
    long[] values = new long[64];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < 20 ? 100_000 : 500_000 + random.nextInt(20_000);
    }
    PeerGroup peers = PeerGroup.of(values);
    assertThat(peers.score(100_000)).isLessThan(-6);
  }

  @Test
  void aFew_areNoGroup() {
    assertThatThrownBy(() -> PeerGroup.of(new long[7]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
