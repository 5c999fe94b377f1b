// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.Answers;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryContract;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.SiteStep;
import io.github.joulestream.store.history.TimeRange;
import io.github.joulestream.store.history.UsageQuery;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** History out of the embedded store. */
class ITQuestDbHistory extends HistoryContract {
  @TempDir static Path folder;
  @TempDir static Path emptyFolder;
  private EmbeddedQuestDb store;
  private @Nullable EmbeddedQuestDb empty;
  private PointSink sink;
  private HistoryReader history;
  private QuestDbReader reader;

  @BeforeAll
  void start() throws IOException {
    store = EmbeddedQuestDb.start(folder, 0);
    sink = connection(store).sink();
    history = connection(store).history();
    reader = new QuestDbReader(store.url());
  }

  private static StoreConnection connection(EmbeddedQuestDb to) throws IOException {
    return StoreConnection.to(
        new InfluxAddress(to.url(), InfluxAddress.NO_TOKEN, "-"), null, Buckets.named("x"));
  }

  @AfterAll
  void stop() {
    reader.close();
    history.close();
    sink.close();
    store.close();
    if (empty != null) {
      empty.close();
    }
  }

  @Override
  protected PointSink sink() {
    return sink;
  }

  @Override
  protected HistoryReader history() {
    return history;
  }

  /** One that even has no tables, as one of an earlier release lacks some. */
  @Override
  protected HistoryReader ofEmptyStore() throws IOException {
    EmbeddedQuestDb started = EmbeddedQuestDb.start(emptyFolder, 0);
    empty = started;
    try (Answers answers = new Answers()) {
      List<Measurement> all = List.of(Measurement.values());
      for (int i = 0; i < all.size(); i += 2) {
        answers.sql(started.url(), "DROP TABLE " + all.get(i).measurementName());
      }
    }
    return connection(started).history();
  }

  /** As a store elsewhere that an operator has not upgraded. */
  @Test
  void aColumnThatAnEarlierReleaseLacks_isZero(@TempDir Path other) throws IOException {
    try (EmbeddedQuestDb before = EmbeddedQuestDb.start(other, 0);
        QuestDbReader waits = new QuestDbReader(before.url());
        HistoryReader reads = connection(before).history();
        Answers answers = new Answers()) {
      answers.sql(before.url(), "ALTER TABLE ledger DROP COLUMN water_millilitres");
      answers.sql(before.url(), "ALTER TABLE job_quarter_hour DROP COLUMN nodes_held");
      answers.sql(
          before.url(),
          "INSERT INTO ledger (timestamp, site, window, measured_total_millijoules)"
              + " VALUES ('2026-01-01T01:00:00Z', 'old', '1h', 17)");
      answers.sql(
          before.url(),
          "INSERT INTO job_quarter_hour (timestamp, site, job, total_millijoules)"
              + " VALUES ('2026-01-01T01:07:00Z', 'old', 'j', 18)");
      awaitApplied(waits);
      SortedSet<String> old = new TreeSet<>(Set.of("old"));
      long hour = Instant.parse("2026-01-01T01:00:00Z").toEpochMilli();
      TimeRange range = new TimeRange(hour, hour + Windows.HOUR_MILLIS);
      List<SiteStep> steps = new ArrayList<>();
      reads.siteSteps(old, range, Windows.HOUR_MILLIS, steps::add);
      assertThat(steps)
          .singleElement()
          .satisfies(step ->
              assertThat(step.totals().toString()).isEqualTo("{MEASURED_TOTAL_MILLIJOULES=17}"));
      for (UsageQuery.Detail detail : UsageQuery.Detail.values()) {
        List<String> rows = new ArrayList<>();
        reads.usage(
            new UsageQuery(
                old,
                range,
                Windows.HOUR_MILLIS,
                detail,
                Set.of(""),
                Set.of(),
                EnumSet.of(JobAmount.TOTAL_MILLIJOULES, JobAmount.NODES_HELD)),
            row -> rows.add(row.job() + row.stepStart() + row.labels() + row.totals()));
        assertThat(rows)
            .containsExactly(
                (detail == UsageQuery.Detail.JOB ? "j" : "") + hour + "{}{TOTAL_MILLIJOULES=18}");
      }
    }
  }

  @Override
  protected void awaitVisible() {
    awaitApplied(reader);
  }

  private static void awaitApplied(QuestDbReader reader) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reader.applied()) {
      assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
