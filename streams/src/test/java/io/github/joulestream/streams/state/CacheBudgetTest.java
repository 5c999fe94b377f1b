// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CacheBudgetTest {
  @Test
  void whoTakesMoreThanAnEqualShare_givesBackWhatIsTooMuch() {
    CacheBudget budget = new CacheBudget(80);
    List<CacheBudget.Share> shares = Stream.generate(budget::open).limit(4).toList();
    long[] taken = {60, 22, 15, 5};
    for (int i = 0; i < taken.length; i++) {
      shares.get(i).report(taken[i]);
    }
    assertThat(budget.usedBytes()).isEqualTo(102);
    assertThat(shares.stream().map(CacheBudget.Share::surplus)).containsExactly(32L, 2L, 0L, 0L);
    shares.getFirst().report(38);
    assertThat(budget.usedBytes()).isEqualTo(80);
    assertThat(shares.stream().map(CacheBudget.Share::surplus)).containsOnly(0L);
  }

  @Test
  void oneCache_mayTakeAllThatOthersLeave() {
    CacheBudget budget = new CacheBudget(100);
    CacheBudget.Share large = budget.open();
    CacheBudget.Share small = budget.open();
    large.report(95);
    small.report(5);
    assertThat(large.surplus()).isZero();
    small.report(6);
    assertThat(large.surplus()).isEqualTo(101 - (100 - 12));
    assertThat(small.surplus()).isZero();
  }

  @Test
  void whatAClosedShareTook_isFreeForOthers() {
    CacheBudget budget = new CacheBudget(100);
    CacheBudget.Share one = budget.open();
    CacheBudget.Share other = budget.open();
    one.report(90);
    other.report(60);
    assertThat(other.surplus()).isEqualTo(60 - 100 / 2);
    one.close();
    one.close();
    one.report(1_000);
    assertThat(budget.usedBytes()).isEqualTo(60);
    assertThat(other.surplus()).isZero();
    other.report(130);
    assertThat(other.surplus()).isEqualTo(130 - 100);
  }

  @Test
  void aBudgetIsPositive_andFollowsFromTheHeap() {
    assertThatThrownBy(() -> new CacheBudget(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(CacheBudget.ofHeap().bytes())
        .isBetween(
            Runtime.getRuntime().maxMemory() / 100 * 39,
            Runtime.getRuntime().maxMemory() / 100 * 41);
  }
}
