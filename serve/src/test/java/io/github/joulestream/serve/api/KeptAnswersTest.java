// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.serve.stream.FakeSite;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What was read of the store is read again after its time, whatever the wall clock does. */
class KeptAnswersTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = FakeSite.NOW;

  private final FakeStore store = new FakeStore();
  private final AtomicLong nanos = new AtomicLong(-5 * SECOND);

  @Test
  void names_areAskedForOnceAMinute() {
    SiteNames names = new SiteNames(new FakeSite("west", 2, 2), store.history(), nanos::get);
    assertThat(names.all()).containsExactly("east", "west");
    nanos.addAndGet(60 * SECOND - 1);
    names.all();
    assertThat(store.reads).hasSize(1);
    nanos.addAndGet(1);
    names.all();
    assertThat(store.reads).hasSize(2);
  }

  @Test
  void energyOfABudget_isReadAgain_afterTheWallClockWasSetBack() {
    BudgetValues values = new BudgetValues(store.history(), store.windows(), nanos::get);
    Budget budget =
        Budget.of(
            "east",
            "b",
            Scope.SITE,
            Limit.of(Quantity.ENERGY_PER_DAY, 1_000, List.of(), CapMode.NONE));
    long hour = NOW / 3_600_000 * 3_600_000;
    store.hour(hour, 7);
    assertThat(values.millijoules(budget, NOW)).contains(BigInteger.valueOf(7));
    store.hour(hour, 5);
    nanos.addAndGet(10 * SECOND - 1);
    assertThat(values.millijoules(budget, NOW + 3_600_000)).contains(BigInteger.valueOf(7));
    nanos.addAndGet(1);
    assertThat(values.millijoules(budget, NOW - 1)).contains(BigInteger.valueOf(12));
  }
}
