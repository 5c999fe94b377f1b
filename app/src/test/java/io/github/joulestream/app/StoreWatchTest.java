// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.runtime.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoreWatchTest {
  private final AtomicBoolean gone = new AtomicBoolean();
  private final AtomicLong nanos = new AtomicLong();

  private void read() {
    if (gone.get()) {
      throw new UncheckedIOException(new IOException("refused"));
    }
  }

  @Test
  void aStoreThatIsGone_isNotReady_andIsAgainWhenItAnswers() {
    try (StoreWatch watch = new StoreWatch(this::read, nanos::get)) {
      watch.ask();
      gone.set(true);
      nanos.addAndGet(StoreWatch.SILENCE.toNanos());
      watch.ask();
      assertThat(watch.of(Health.GOOD)).isEqualTo(Health.GOOD);
      assertThat(watch.words()).isEmpty();
      nanos.addAndGet(1);
      assertThat(watch.of(Health.GOOD)).isEqualTo(Health.starting("the store does not answer"));
      assertThat(watch.words()).isEqualTo("; the store does not answer");
      Health worse = Health.bad("stuck");
      assertThat(watch.of(worse)).isEqualTo(worse);
      gone.set(false);
      watch.ask();
      assertThat(watch.of(Health.GOOD)).isEqualTo(Health.GOOD);
    }
  }

  @Test
  void itAsksFromItsStartOn() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    try (StoreWatch watch = new StoreWatch(asked::countDown, nanos::get)) {
      watch.start();
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
