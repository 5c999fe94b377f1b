// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.PointSink.StoreUnavailable;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.points.JobWindowPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real InfluxDB that asks who is there: what a user may not do is said in one line. */
class ITInfluxUsers {
  private static final Buckets BUCKETS = Buckets.named("joulestream");

  @TempDir static Path folder;
  private static Influxd server;

  @BeforeAll
  static void start() throws IOException {
    server = Influxd.startWithUsers(folder);
    statement(InfluxAddress.NO_TOKEN, "CREATE USER admin WITH PASSWORD 'a' WITH ALL PRIVILEGES");
    statement("admin:a", "CREATE USER nobody WITH PASSWORD 'n'");
    statement("admin:a", "CREATE USER writer WITH PASSWORD 'w'");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static void statement(String token, String statement) throws IOException {
    try (InfluxHttp http = new InfluxHttp(server.url(), as(token).basic())) {
      InfluxAnswer answer =
          http.post("/query", Map.of("q", statement), "application/x-www-form-urlencoded", "");
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }
  }

  private static InfluxAddress as(String token) {
    return new InfluxAddress(server.url(), token, "unused");
  }

  private static StoreConnection connect(String token) throws IOException {
    return StoreConnection.to(as(token), null, BUCKETS);
  }

  @Test
  void whatAUserMayNotDo_isSaidInOneLine() throws IOException {
    assertThatThrownBy(() -> connect("nobody:wrong").prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("authorization failed")
        .hasMessageContaining(" -> ");
    assertThatThrownBy(() -> connect("nobody:n").prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("joulestream")
        .hasMessageContaining(" -> ")
        .hasMessageNotContaining("\n");

    assertThat(connect("admin:a").prepare()).hasSize(3);
    assertThatThrownBy(() -> connect("nobody:n").prepare())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("may not write into database joulestream");

    // one who may write, but not look, can do the writer's work
    statement("admin:a", "GRANT WRITE ON \"joulestream\" TO writer");
    statement("admin:a", "GRANT WRITE ON \"joulestream-years\" TO writer");
    statement("admin:a", "GRANT WRITE ON \"joulestream-devices\" TO writer");
    assertThat(connect("writer:w").prepare())
        .allSatisfy(note -> assertThat(note).contains("cannot be seen"));
    StorePoint point =
        JobWindowPoint.of(
            new JobWindow("s", "j", System.currentTimeMillis(), 10_000, Totals.ofJob()));
    try (PointSink sink = connect("writer:w").sink()) {
      sink.write(List.of(point));
    }
    try (ResultReader reader = connect("writer:w").reader()) {
      assertThatThrownBy(reader::jobEnergyMillijoules)
          .isInstanceOf(UncheckedIOException.class)
          .cause()
          .hasMessageContaining(
              "give --store-token-file of a user who may read database joulestream");
    }
    try (HistoryReader history = connect("writer:w").history()) {
      assertThatThrownBy(() -> history.firstHour("s"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageStartingWith("the store at " + server.url() + " cannot be read: ")
          .hasMessageContaining(
              "give --store-token-file of a user who may read database joulestream-years");
    }
    // and one whose rights are taken away later is no reason to lose anything
    statement("admin:a", "REVOKE ALL ON \"joulestream\" FROM writer");
    try (PointSink sink = connect("writer:w").sink()) {
      assertThatThrownBy(() -> sink.write(List.of(point)))
          .isInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("write into database joulestream");
    }
  }
}
