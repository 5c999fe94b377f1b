// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.connect.StoreConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** Reports out of a real InfluxDB. */
class ITReportsInflux extends ReportsContract {
  private @Nullable Influxd server;
  private final String bucket = "reports-" + UUID.randomUUID();

  @Override
  protected void start() throws IOException {
    server = Influxd.shared(folder.resolve("influx"));
    Files.writeString(folder.resolve("store.token"), server().address().token());
    connection().prepare();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private Influxd server() {
    return requireNonNull(server);
  }

  /** Buckets for points of any age. */
  private static Buckets buckets(String name) {
    return new Buckets(
        new Bucket(Buckets.devicesName(name), Duration.ZERO),
        new Bucket(name, Duration.ZERO),
        new Bucket(Buckets.yearsName(name), Duration.ZERO));
  }

  @Override
  protected StoreConnection connection() throws IOException {
    return StoreConnection.to(server().address(), null, buckets(bucket));
  }

  @Override
  protected List<String> options() {
    return options(bucket);
  }

  private List<String> options(String of) {
    return List.of(
        "--store-url",
        server().url().toString(),
        "--store-token-file",
        folder.resolve("store.token").toString(),
        "--org",
        server().address().org(),
        "--bucket",
        of);
  }

  @Override
  protected List<String> ofEmptyStore() throws IOException {
    String name = "reports-" + UUID.randomUUID();
    StoreConnection.to(server().address(), null, buckets(name)).prepare();
    return options(name);
  }

  @Override
  protected URI url() {
    return server().url();
  }

  @Override
  protected void awaitVisible() {
    // an answered write is visible
  }
}
