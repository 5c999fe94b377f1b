// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SharedStoreTest {
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch allTurns = new CountDownLatch(SharedStore.REQUESTS);
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private boolean closed;

  /** Answers when it may. */
  private final HistoryStore slow =
      new HistoryStore() {
        @Override
        public int requestsAtOnce() {
          return 7;
        }

        @Override
        public void read(Selection selection, Consumer<HistoryRow> rows) {
          most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
          allTurns.countDown();
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          underWay.decrementAndGet();
          answered.incrementAndGet();
        }

        @Override
        public SortedSet<String> sites(Measurement measurement) {
          read(any(), _ -> {});
          return new TreeSet<>();
        }

        @Override
        public OptionalLong firstMillis(Selection of) {
          throw new IllegalStateException("fails");
        }

        @Override
        public void close() {
          closed = true;
        }
      };

  private static Selection any() {
    return Selection.points(
        Measurement.LEDGER, List.of("x"), new TreeSet<>(), TimeRanges.EVERYTHING);
  }

  @Test
  void aFewRequestsAreUnderWay_andTheOthersWaitForTheirTurn() throws Exception {
    SharedStore store = new SharedStore(slow, Duration.ofMinutes(1));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        boolean isRead = i % 2 == 0;
        all.add(
            threads.submit(() -> {
              if (isRead) {
                store.read(any(), _ -> {});
              } else {
                assertThat(store.sites(Measurement.LEDGER)).isEmpty();
              }
            }));
      }
      allTurns.await();
      mayEnd.countDown();
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(answered).hasValue(100);
    assertThat(most).hasValue(SharedStore.REQUESTS);
    assertThat(store.requestsAtOnce()).isEqualTo(1);
    store.close();
    assertThat(closed).isTrue();
  }

  @Test
  void whoHasWaitedTooLong_hearsThatTheStoreIsBusy() throws Exception {
    SharedStore store = new SharedStore(slow, Duration.ofMillis(20));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SharedStore.REQUESTS; i++) {
        threads.execute(() -> store.read(any(), _ -> {}));
      }
      allTurns.await();
      assertThatThrownBy(() -> store.read(any(), _ -> {}))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("the store is busy: 12 requests are under way");
      Future<?> interrupted =
          threads.submit(() -> {
            Thread.currentThread().interrupt();
            store.read(any(), _ -> {});
          });
      assertThatThrownBy(interrupted::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("the store was not read");
      mayEnd.countDown();
    }
    assertThat(answered).hasValue(SharedStore.REQUESTS);
  }

  @Test
  void whoFindsTooManyWaiting_hearsItAtOnce() throws Exception {
    SharedStore store = new SharedStore(slow, Duration.ofMinutes(1));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SharedStore.REQUESTS + SharedStore.MOST_WAITING; i++) {
        threads.execute(() -> store.read(any(), _ -> {}));
      }
      while (store.waiting() < SharedStore.MOST_WAITING) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> store.read(any(), _ -> {}))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("384 wait for a turn");
      mayEnd.countDown();
    }
    assertThat(answered).hasValue(SharedStore.REQUESTS + SharedStore.MOST_WAITING);
  }

  @Test
  void aRequestThatFails_givesItsTurnBack() {
    SharedStore store = new SharedStore(slow, Duration.ofMillis(20));
    for (int i = 0; i < 10 * SharedStore.REQUESTS; i++) {
      assertThatThrownBy(() -> store.firstMillis(any())).hasMessage("fails");
    }
  }
}
