// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.serve.stream.FakeSite;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What running jobs cost so far. */
class JobChargesTest {
  private static final long HOUR = 3_600_000;
  private static final long NOW = FakeSite.NOW;
  private static final long THIS_HOUR = NOW / HOUR * HOUR;
  private static final long KILOWATT_HOUR = 3_600_000_000L;

  private final FakeSite live = new FakeSite("east", 2, 2);
  private final FakeStore store = new FakeStore();
  private final AtomicLong now = new AtomicLong(NOW);
  private final AtomicLong nanos = new AtomicLong(-7);
  private final JobCharges charges =
      new JobCharges(live, store.history(), store.windows(), now::get, nanos::get);

  private void pass(long millis) {
    now.addAndGet(millis);
    nanos.addAndGet(millis * 1_000_000);
  }

  private void price(long from, long nano) {
    store.grid.add(
        new GridInterval(
            "east",
            GridSeries.of(SeriesKind.PRICE),
            from,
            from + HOUR,
            nano,
            "EUR",
            GridQuality.MEASURED,
            NOW - 10 * HOUR,
            false,
            GridInterval.Origin.UNKNOWN));
  }

  private void start() {
    live.run("c/1", "ada", "", 1_000, 0);
    price(THIS_HOUR - HOUR, 100_000_000);
    price(THIS_HOUR, 300_000_000);
    store.hour(THIS_HOUR - HOUR, 5 * KILOWATT_HOUR);
    store.hour(THIS_HOUR, 5 * KILOWATT_HOUR);
    store.quarter("c/1", THIS_HOUR - 900_000, KILOWATT_HOUR);
    store.quarter("c/1", THIS_HOUR, 2 * KILOWATT_HOUR);
  }

  /** 1 kWh for 0.1, 2 kWh for 0.3, and 1 kWh that is not in the store yet for 0.3. */
  @Test
  void eachQuarter_hasThePriceOfItsHour_andTheRestTheLatest() {
    start();
    ChargeFigures figures = charges.awaited("east", "c/1", 4 * KILOWATT_HOUR);
    assertThat(figures.cost()).isEqualByComparingTo("1.0");
    assertThat(figures.currency()).isEqualTo("EUR");
    assertThat(figures.costKnownRatio()).isEqualByComparingTo("1");
    assertThat(figures.co2eLocationGrams()).isNull();
    assertThat(figures.co2eKnownRatio()).isEqualByComparingTo("0");
  }

  @Test
  void withoutAnHourOfTheLedger_itsPriceIsNotKnown() {
    start();
    store.hours.removeFirst();
    ChargeFigures figures = charges.awaited("east", "c/1", 4 * KILOWATT_HOUR);
    assertThat(figures.cost()).isEqualByComparingTo("0.9");
    assertThat(figures.costKnownRatio()).isEqualByComparingTo("0.75");
  }

  @Test
  void forAMinute_theStoreIsNotAskedAgain() {
    start();
    ChargeFigures first = charges.awaited("east", "c/1", 4 * KILOWATT_HOUR);
    int reads = store.reads.size();
    pass(59_000);
    assertThat(charges.of("east", "c/1", 4 * KILOWATT_HOUR)).isEqualTo(first);
    assertThat(charges.of("east", "c/1", 5 * KILOWATT_HOUR).cost()).isEqualByComparingTo("1.3");
    assertThat(store.reads).hasSize(reads);
  }

  /** As in the first minutes of a site. */
  @Test
  void beforeThereIsALedger_theStoreIsAskedAgainSoon() {
    live.run("c/1", "ada", "", 1_000, 0);
    assertThat(charges.awaited("east", "c/1", KILOWATT_HOUR).cost()).isNull();
    start();
    pass(5_000);
    awaitCost("1.0");
    assertThat(charges.of("east", "c/1", 4 * KILOWATT_HOUR).cost()).isEqualByComparingTo("1.0");
  }

  private void awaitCost(String cost) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    BigDecimal expected = new BigDecimal(cost);
    BigDecimal known;
    do {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
      known = charges.of("east", "c/1", 4 * KILOWATT_HOUR).cost();
    } while (known == null || known.compareTo(expected) != 0);
  }

  @Test
  void afterTheWallClockWasSetBack_theStoreIsAskedAgainInAMinute() {
    start();
    assertThat(charges.awaited("east", "c/1", 4 * KILOWATT_HOUR).cost())
        .isEqualByComparingTo("1.0");
    store.quarter("c/1", THIS_HOUR - 2 * 900_000, KILOWATT_HOUR);
    now.addAndGet(-600_000);
    pass(60_000);
    // 2 kWh for 0.1, 2 kWh for 0.3
    awaitCost("0.8");
  }

  @Test
  void beforeASiteWasRead_nothingIsKnown_andNobodyWaits() {
    store.isDown = true;
    live.run("c/1", "ada", "", 1_000, 0);
    assertThat(charges.of("east", "c/1", 1)).isEqualTo(ChargeFigures.UNKNOWN);
  }
}
