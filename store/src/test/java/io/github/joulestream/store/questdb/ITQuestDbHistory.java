// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.Answers;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryContract;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** History out of the embedded store. */
class ITQuestDbHistory extends HistoryContract {
  @TempDir static Path folder;
  @TempDir static Path emptyFolder;
  private EmbeddedQuestDb store;
  private EmbeddedQuestDb empty;
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
    empty = EmbeddedQuestDb.start(emptyFolder, 0);
    try (Answers answers = new Answers()) {
      for (Measurement measurement : Measurement.values()) {
        if (measurement.ordinal() % 2 == 0) {
          answers.sql(empty.url(), "DROP TABLE " + measurement.measurementName());
        }
      }
    }
    return connection(empty).history();
  }

  @Override
  protected void awaitVisible() {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reader.applied()) {
      assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
