// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.catalogue.Buckets.Bucket;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.PointSink.PointsRefused;
import io.github.joulestream.store.PointSink.StoreUnavailable;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.StoreContract;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real InfluxDB, found out to be what it is, and prepared as the store writer does it. */
class ITInflux extends StoreContract {
  @TempDir static Path folder;
  private static Influxd server;
  private static StoreConnection connection;
  private static PointSink sink;
  private static ResultReader reader;

  @BeforeAll
  static void start() throws IOException {
    server = Influxd.shared(folder);
    connection = StoreConnection.to(server.address(), null, fresh());
    assertThat(connection.differences()).hasSize(3).allMatch(note -> note.contains("there is no"));
    assertThat(connection.prepare()).hasSize(3).allMatch(note -> note.startsWith("made "));
    sink = connection.sink();
    reader = connection.reader();
  }

  /** Buckets that nobody has. */
  private static Buckets fresh() {
    return Buckets.named("test-" + UUID.randomUUID());
  }

  @AfterAll
  static void stop() {
    if (sink != null) {
      sink.close();
      reader.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected PointSink sink() {
    return sink;
  }

  @Override
  protected ResultReader reader() {
    return reader;
  }

  @Override
  protected void awaitVisible() {
    // an answered write is visible
  }

  @Test
  void whatIsThere_staysAsItIs_andIsSaid() throws IOException {
    Buckets buckets = fresh();
    StoreConnection first = StoreConnection.to(server.address(), null, buckets);
    assertThat(first.prepare()).hasSize(3);
    assertThat(first.prepare()).isEmpty();
    assertThat(first.differences()).isEmpty();
    Buckets others =
        new Buckets(
            new Bucket(buckets.days().name(), Duration.ofHours(36)),
            new Bucket(buckets.weeks().name(), Duration.ofDays(7)),
            new Bucket(buckets.years().name(), Duration.ZERO));
    StoreConnection second = StoreConnection.to(server.address(), null, others);
    List<String> notes = second.prepare();
    assertThat(notes)
        .containsExactlyElementsOf(second.differences())
        .satisfiesExactly(
            note -> assertThat(note).contains("keeps for 35 days, not for 7 days"),
            note -> assertThat(note).contains("keeps for 3,650 days, not for ever"),
            note -> assertThat(note).contains("keeps for 14 days, not for 36 hours"));
  }

  @Test
  void whatIsTooOldForTheBucket_isRefusedWithTheServersReason_andTheYearsTakeIt() {
    long old = START - Duration.ofDays(60).toMillis();
    List<StorePoint> points = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      points.add(
          JobWindowPoint.of(new JobWindow("old", "j", old + i * 10_000L, 10_000, Totals.ofJob())));
    }
    // the server says how many it dropped: if all, one request is enough to know
    assertThatThrownBy(() -> sink.write(points))
        .isInstanceOfSatisfying(
            PointsRefused.class,
            e ->
                assertThat(e.reasons())
                    .hasSize(100)
                    .allSatisfy((_, reason) -> assertThat(reason).contains("retention")));
    sink.write(List.of(JobSummaryPoint.of(summary("old", "long ago", 1_000, JobState.COMPLETED))));
  }

  @Test
  void aServerThatIsAway_isUnavailable_andHasEverythingWhenItIsBack(@TempDir Path own)
      throws Exception {
    try (Influxd mine = Influxd.start(own)) {
      StoreConnection store = StoreConnection.to(mine.address(), null, fresh());
      store.prepare();
      try (PointSink writes = store.sink();
          ResultReader reads = store.reader()) {
        StorePoint point =
            JobWindowPoint.of(
                new JobWindow("away", "j", START, 10_000, filled(Totals.ofJob(), 500)));
        writes.write(List.of(point));
        mine.kill();
        assertThatThrownBy(() -> writes.write(List.of(point)))
            .isInstanceOf(StoreUnavailable.class)
            .hasMessageContaining("no answer from " + mine.url());
        mine.startAgain();
        assertThat(reads.jobEnergyMillijoules()).isEqualTo(500);
        writes.write(List.of(point));
        assertThat(reads.jobEnergyMillijoules()).isEqualTo(500);
      }
    }
  }
}
