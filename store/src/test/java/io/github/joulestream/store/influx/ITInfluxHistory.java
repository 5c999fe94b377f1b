// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryContract;
import io.github.joulestream.store.history.HistoryReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** History out of a real InfluxDB. */
class ITInfluxHistory extends HistoryContract {
  @TempDir static Path folder;
  private Influxd server;
  private PointSink sink;
  private HistoryReader history;

  @BeforeAll
  void start() throws IOException {
    server = Influxd.shared(folder);
    StoreConnection connection = StoreConnection.to(server.address(), null, fresh());
    connection.prepare();
    sink = connection.sink();
    history = connection.history();
  }

  /** Buckets that nobody has, for points of any age. */
  private static Buckets fresh() {
    String name = "test-" + UUID.randomUUID();
    return new Buckets(
        new Bucket(Buckets.devicesName(name), Duration.ZERO),
        new Bucket(name, Duration.ZERO),
        new Bucket(Buckets.yearsName(name), Duration.ZERO));
  }

  @AfterAll
  void stop() {
    if (server != null) {
      history.close();
      sink.close();
      server.close();
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

  @Override
  protected HistoryReader ofEmptyStore() throws IOException {
    return StoreConnection.to(server.address(), null, fresh()).history();
  }

  @Override
  protected void awaitVisible() {
    // an answered write is visible
  }
}
