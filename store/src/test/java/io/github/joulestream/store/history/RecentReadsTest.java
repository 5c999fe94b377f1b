// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RecentReadsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private int rows = 3;
  private boolean fails;
  private CountDownLatch begun = new CountDownLatch(0);
  private CountDownLatch mayEnd = new CountDownLatch(0);

  /** Answers with as many rows, whose number is that of the request times 1,000 plus the row's. */
  private final HistoryStore store =
      new HistoryStore() {
        @Override
        public int requestsAtOnce() {
          return 7;
        }

        @Override
        public void read(Selection selection, Consumer<HistoryRow> each) {
          int request = requests.incrementAndGet();
          begun.countDown();
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          HistoryRow row = new HistoryRow();
          for (int i = 0; i < rows; i++) {
            // a series of its own for each, as InfluxDB sends them
            row.header(List.of("number", "real", "nothing"), Map.of("text", "t" + i));
            row.set(0, request * 1_000L + i);
            row.setReal(1, i + 0.5);
            row.setNothing(2);
            each.accept(row);
          }
          if (fails) {
            throw new UncheckedIOException(new IOException("torn"));
          }
        }

        @Override
        public SortedSet<String> sites(Measurement measurement) {
          return new TreeSet<>();
        }

        @Override
        public OptionalLong firstMillis(Selection of) {
          return OptionalLong.of(7);
        }

        @Override
        public void close() {}
      };

  private final RecentReads reads = new RecentReads(store, nanos::get);

  private static Selection of(int first) {
    return Selection.points(
        Measurement.LEDGER, List.of("x"), new TreeSet<>(), new TimeRange(first, first + 1L));
  }

  private List<String> read(int first) {
    List<String> read = new ArrayList<>();
    reads.read(
        of(first),
        row ->
            read.add(
                "%d %s %s %s"
                    .formatted(
                        row.number("number"),
                        row.real("real"),
                        row.text("text"),
                        row.has("nothing"))));
    return read;
  }

  @Test
  void anAnswer_isGivenAgain_forTwoSeconds() {
    List<String> first = read(1);
    assertThat(first)
        .containsExactly("1000 0.5 t0 false", "1001 1.5 t1 false", "1002 2.5 t2 false");
    nanos.set(RecentReads.KEPT.toNanos() - 1);
    assertThat(read(1)).isEqualTo(first);
    assertThat(requests).hasValue(1);
    assertThat(read(2).getFirst()).startsWith("2000 ");
    nanos.set(RecentReads.KEPT.toNanos());
    assertThat(read(1).getFirst()).startsWith("3000 ");
  }

  @Test
  void whoAsksForWhatIsBeingAnswered_waitsForThatAnswer() throws Exception {
    begun = new CountDownLatch(1);
    mayEnd = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> all = new ArrayList<>();
      all.add(threads.submit(() -> read(1)));
      begun.await();
      // longer than an answer is kept
      nanos.set(3 * RecentReads.KEPT.toNanos());
      for (int i = 0; i < 20; i++) {
        all.add(threads.submit(() -> read(1)));
      }
      mayEnd.countDown();
      for (Future<List<String>> one : all) {
        assertThat(one.get()).hasSize(3);
      }
    }
    // those that came when it had ended asked again
    assertThat(requests.get()).isBetween(1, 2);
  }

  @Test
  void answersThatFail_areNotKept() {
    fails = true;
    assertThatThrownBy(() -> read(1)).isInstanceOf(UncheckedIOException.class);
    fails = false;
    assertThat(read(1).getFirst()).startsWith("2000 ");
    assertThatThrownBy(() ->
            reads.read(
                of(2),
                _ -> {
                  throw new TooManyRows(1);
                }))
        .isInstanceOf(TooManyRows.class);
    assertThat(read(2)).hasSize(3).first().asString().startsWith("4000 ");
  }

  @Test
  void largeAnswers_areNotKept_andAllTogetherHaveABound() {
    rows = RecentReads.MOST_ROWS + 1;
    assertThat(read(1)).hasSize(rows);
    assertThat(reads.rowsKept()).isZero();
    assertThat(read(1).getFirst()).startsWith("2000 ");
    rows = RecentReads.MOST_ROWS;
    for (int i = 0; i < 30; i++) {
      assertThat(read(i)).hasSize(rows);
      assertThat(reads.rowsKept()).isBetween(1, RecentReads.MOST_ROWS_IN_ALL);
    }
    int before = requests.get();
    assertThat(read(29)).hasSize(rows);
    assertThat(requests).hasValue(before);
    // the oldest went
    read(0);
    assertThat(requests).hasValue(before + 1);
  }
}
