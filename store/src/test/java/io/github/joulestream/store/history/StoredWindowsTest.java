// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a store is asked for. */
class StoredWindowsTest {
  private static final long HOUR = 3_600_000;
  private static final TimeRange RANGE = new TimeRange(10 * HOUR, 12 * HOUR);

  private final List<Selection> asked = new ArrayList<>();
  private final List<HistoryRow> answer = new ArrayList<>();
  private long nanos;
  private long nanosOfARow;

  private final HistoryStore store =
      new HistoryStore() {
        @Override
        public int requestsAtOnce() {
          return 1;
        }

        @Override
        public void read(Selection selection, Consumer<HistoryRow> rows) {
          asked.add(selection);
          answer.forEach(row -> {
            nanos += nanosOfARow;
            rows.accept(row);
          });
        }

        @Override
        public SortedSet<String> sites(Measurement measurement) {
          throw new AssertionError();
        }

        @Override
        public OptionalLong firstMillis(Selection of) {
          throw new AssertionError();
        }

        @Override
        public void close() {
          // nothing to close
        }
      };
  private final StoredWindows windows = new StoredWindows(store, () -> nanos);

  @ParameterizedTest
  @CsvSource({
    "10000, 10s",
    "60000, 10s",
    "600000, 10s",
    "1200000, 10s",
    "900000, 15m",
    "1800000, 15m",
    "3600000, 1h",
    "7200000, 1h",
    "86400000, 1h"
  })
  void aSite_isReadOutOfTheLongestWindowsThatItsStepsAreSumsOf(int step, String window) {
    windows.sitePower("east", RANGE, step, 9, _ -> {});
    assertThat(asked)
        .singleElement()
        .satisfies(selection -> {
          assertThat(selection.measurement()).isEqualTo(Measurement.LEDGER);
          assertThat(selection.window()).isEqualTo(window);
          assertThat(selection.stepMillis()).isEqualTo(step);
          assertThat(selection.mostRows()).isEqualTo(10);
          assertThat(selection.names()).isEqualTo(Map.of("site", Set.of("east")));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "10000, JOB_WINDOW",
    "600000, JOB_WINDOW",
    "1200000, JOB_WINDOW",
    "900000, JOB_QUARTER_HOUR",
    "3600000, JOB_QUARTER_HOUR",
    "86400000, JOB_QUARTER_HOUR"
  })
  void aJob_isReadOutOfQuarters_whereItsStepsAreSumsOfThem(int step, Measurement measurement) {
    windows.jobPower("east", "a\\\n", RANGE, step, 9, _ -> {});
    assertThat(asked)
        .singleElement()
        .satisfies(selection -> {
          assertThat(selection.measurement()).isEqualTo(measurement);
          assertThat(selection.stepMillis()).isEqualTo(step);
        });
    Selection selection = asked.getFirst();
    if (measurement == Measurement.JOB_WINDOW) {
      // a tag
      assertThat(selection.names().get("job")).isEqualTo(Set.of("a⧵␊"));
      assertThat(selection.texts()).isEmpty();
    } else {
      // a field
      assertThat(selection.texts()).isEqualTo(Map.of("job", Set.of("a\\␊")));
      assertThat(selection.mostRows()).isZero();
    }
  }

  @Test
  void aNode_isAlwaysReadOutOfWindowsOfTenSeconds() {
    windows.nodePower("east", "n1", RANGE, (int) HOUR, 9, _ -> {});
    assertThat(asked)
        .singleElement()
        .satisfies(selection -> {
          assertThat(selection.window()).isEqualTo("10s");
          assertThat(selection.range()).isEqualTo(RANGE);
        });
  }

  @Test
  void ofMoreNamesThanARequestHolds_theStoreIsAskedForAll_withoutALimit() {
    SortedSet<String> some = new TreeSet<>(Set.of("ann", "a\\\n"));
    SortedSet<String> many = new TreeSet<>();
    for (int i = 0; i < 60; i++) {
      many.add("u" + i);
    }
    TreeSet<String> sites = new TreeSet<>(Set.of("east"));
    TreeSet<String> none = new TreeSet<>();
    windows.jobs(sites, RANGE, new JobFilter(false, some, none), 9, _ -> {});
    assertThat(asked.getLast().texts())
        .isEqualTo(Map.of("user", Set.of("ann", "a\\␊"), "project", Set.of()));
    assertThat(asked.getLast().mostRows()).isEqualTo(10);
    windows.jobs(sites, RANGE, new JobFilter(false, none, many), 9, _ -> {});
    assertThat(asked.getLast().texts()).isEmpty();
    assertThat(asked.getLast().mostRows()).isZero();
    SortedSet<String> long1 = new TreeSet<>(Set.of("x".repeat(5_000)));
    windows.jobs(sites, RANGE, new JobFilter(false, long1, none), 9, _ -> {});
    assertThat(asked.getLast().texts()).isEmpty();
    int before = asked.size();
    windows.jobs(sites, RANGE, new JobFilter(false, none, none), 9, _ -> {});
    windows.jobs(none, RANGE, JobFilter.ALL, 9, _ -> {});
    windows.jobQuarters("east", none, RANGE, 9, _ -> {});
    windows.alerts(none, RANGE, 9, _ -> {});
    assertThat(asked).hasSize(before);
    windows.jobQuarters("east", many, new TimeRange(10 * HOUR + 1, 12 * HOUR - 1), 9, _ -> {});
    assertThat(asked.subList(before, asked.size()))
        .extracting(selection -> selection.texts().get("job"))
        .satisfiesExactly(
            jobs -> assertThat(jobs).hasSize(50), jobs -> assertThat(jobs).hasSize(10));
    assertThat(asked.getLast().range()).isEqualTo(RANGE);
  }

  @Test
  void aJobThatIsNotKnown_isOneRequest_andOneThatIsKnownIsReadWhereItIs() {
    TimeRange years = new TimeRange(0, 20_000L * 24 * HOUR);
    windows.job("east", "c/17", years, 9, _ -> {});
    assertThat(asked).singleElement().returns(9 + 1, Selection::mostRows);
    asked.clear();
    answer.add(row("c/17"));
    windows.job("east", "c/17", years, 9, _ -> {});
    assertThat(asked)
        .extracting(Selection::range)
        .satisfiesExactly(
            whole -> assertThat(whole.to()).isGreaterThan(years.to()),
            day -> assertThat(day).isEqualTo(new TimeRange(0, 24 * HOUR)));
    assertThat(asked.getFirst().texts()).isEqualTo(asked.getLast().texts());
  }

  /** A row of a job, at the epoch. */
  private static HistoryRow row(String job) {
    HistoryRow row = new HistoryRow();
    row.header(List.of(), Map.of("job", job, "state", "RUNNING", "site", "east"));
    return row;
  }

  @Test
  void aRowOfAnotherName_isNotPassedOn_butCounts() {
    HistoryRow row = new HistoryRow();
    row.header(List.of(), Map.of("job", "C/17", "state", "RUNNING", "site", "east"));
    answer.add(row);
    windows.job(
        "east",
        "c/17",
        RANGE,
        1,
        _ -> {
          throw new AssertionError();
        });
    windows.placementsOfJob(
        "east",
        "c/17",
        RANGE,
        1,
        _ -> {
          throw new AssertionError();
        });
    assertThatThrownBy(() -> windows.job("east", "c/17", RANGE, 0, _ -> {}))
        .isInstanceOf(TooManyRows.class)
        .hasMessage("more than 0 rows");
  }

  @Test
  void aReadThatTakesTooLong_ends() {
    HistoryRow row = new HistoryRow();
    row.header(List.of(), Map.of("job", "c/17", "state", "RUNNING", "site", "east"));
    for (int i = 0; i < 31; i++) {
      answer.add(row);
    }
    // half of the time is over once its days are found
    nanosOfARow = 500_000_000;
    List<Object> read = new ArrayList<>();
    assertThatThrownBy(() -> windows.job("east", "c/17", RANGE, 99, read::add))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the store has not answered in full within 30 s");
    assertThat(read).hasSize(29);
  }
}
