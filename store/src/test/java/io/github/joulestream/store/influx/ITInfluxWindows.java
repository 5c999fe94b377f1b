// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.BoundedWindowContract;
import io.github.joulestream.store.history.WindowReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Single sites, nodes and jobs out of a real InfluxDB. */
class ITInfluxWindows extends BoundedWindowContract {
  @TempDir static Path folder;
  private Influxd server;
  private PointSink sink;
  private WindowReader windows;

  @BeforeAll
  void start() throws IOException {
    server = Influxd.shared(folder);
    String name = "test-" + UUID.randomUUID();
    StoreConnection connection =
        StoreConnection.to(
            server.address(),
            null,
            // for points of any age
            new Buckets(
                new Bucket(Buckets.devicesName(name), Duration.ZERO),
                new Bucket(name, Duration.ZERO),
                new Bucket(Buckets.yearsName(name), Duration.ZERO)));
    connection.prepare();
    sink = connection.sink();
    windows = connection.windows();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      windows.close();
      sink.close();
      server.close();
    }
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
    // an answered write is visible
  }
}
