// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.BoundedWindowContract;
import io.github.joulestream.store.history.WindowReader;
import io.github.joulestream.store.influx.InfluxAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Single sites, nodes and jobs out of the embedded store. */
class ITQuestDbWindows extends BoundedWindowContract {
  @TempDir static Path folder;
  private EmbeddedQuestDb store;
  private PointSink sink;
  private WindowReader windows;
  private QuestDbReader reader;

  @BeforeAll
  void start() throws IOException {
    store = EmbeddedQuestDb.start(folder, 0);
    StoreConnection connection =
        StoreConnection.to(
            new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"), null, Buckets.named("x"));
    sink = connection.sink();
    windows = connection.windows();
    reader = new QuestDbReader(store.url());
  }

  @AfterAll
  void stop() {
    reader.close();
    windows.close();
    sink.close();
    store.close();
  }

  @Override
  protected PointSink sink() {
    return sink;
  }

  @Override
  protected WindowReader windows() {
    return windows;
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
