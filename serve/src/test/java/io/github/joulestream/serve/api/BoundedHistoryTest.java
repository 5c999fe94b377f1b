// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.TooManyRows;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What one answer reads. */
class BoundedHistoryTest {
  private static final TimeRange RANGE = new TimeRange(0, 100 * 3_600_000L);

  private final FakeStore store = new FakeStore();
  private long nanos;

  private BoundedHistory bounded(int mostRows) {
    return new BoundedHistory(store.history(), mostRows, Duration.ofSeconds(1), () -> nanos);
  }

  private void read(BoundedHistory history, AtomicInteger rows) {
    history.siteSteps(
        new TreeSet<>(Set.of("east")), RANGE, 3_600_000, row -> rows.incrementAndGet());
  }

  @Test
  void rowsOfAllReads_areCounted() {
    for (int i = 0; i < 3; i++) {
      store.hour(i * 3_600_000L, 1);
    }
    BoundedHistory history = bounded(5);
    AtomicInteger rows = new AtomicInteger();
    read(history, rows);
    assertThatThrownBy(() -> read(history, rows)).isInstanceOf(TooManyRows.class);
    assertThat(rows).hasValue(5);
  }

  @Test
  void afterItsTime_nothingMoreIsRead() {
    BoundedHistory history = bounded(5);
    read(history, new AtomicInteger());
    nanos = 1_000_000_001L;
    assertThatThrownBy(() -> read(history, new AtomicInteger()))
        .isInstanceOf(BoundedHistory.TookTooLong.class);
  }
}
