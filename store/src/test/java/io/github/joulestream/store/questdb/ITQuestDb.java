// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.Answers;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.PointSink.StoreUnavailable;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.SampleDevices;
import io.github.joulestream.store.StoreContract;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.connect.StoreKind;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodePoint;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded store, which takes what InfluxDB 2.x takes and is read by SQL. */
class ITQuestDb extends StoreContract {
  @TempDir static Path folder;
  private static EmbeddedQuestDb store;
  private static InfluxSink sink;
  private static QuestDbReader reader;
  private static final Answers answers = new Answers();
  private static final long DAY = 86_400_000;

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    store = EmbeddedQuestDb.start(folder, port);
    sink = new InfluxSink(store.url(), "unused", "unused", "unused");
    reader = new QuestDbReader(store.url());
  }

  @AfterAll
  static void stop() {
    answers.close();
    reader.close();
    sink.close();
    store.close();
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
    awaitApplied(reader);
  }

  private static void awaitApplied(QuestDbReader of) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!of.applied()) {
      assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void itIsToldFromAnInfluxDb_andNeedsNoBuckets() throws IOException {
    StoreConnection connection =
        StoreConnection.to(
            new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"),
            null,
            Buckets.named("joulestream"));
    assertThat(connection.kind()).isEqualTo(StoreKind.QUESTDB);
    assertThat(connection.prepare()).isEmpty();
    assertThat(connection.differences()).isEmpty();
  }

  @Test
  void aPortThatIsTaken_isABindException_andAnotherStartWorks(@TempDir Path other)
      throws IOException {
    // the store itself throws an Error there, which nobody would catch
    assertThatThrownBy(() -> EmbeddedQuestDb.start(other, store.port()).close())
        .isInstanceOf(BindException.class)
        .hasMessageContaining("port " + store.port() + " is in use");
    try (EmbeddedQuestDb second = EmbeddedQuestDb.start(other, 0)) {
      assertThat(second.port()).isPositive().isNotEqualTo(store.port());
      assertThat(second.url().getPort()).isEqualTo(second.port());
    }
  }

  @Test
  void aStoreThatIsAway_isUnavailable() {
    try (InfluxSink nobody = new InfluxSink(URI.create("http://127.0.0.1:1"), "x", "x", "x")) {
      assertThatThrownBy(() -> nobody.write(List.of(wrong("away", 0))))
          .isInstanceOf(StoreUnavailable.class);
    }
  }

  private static DeviceWindow ofDay(String site, int daysAgo) {
    return new SampleDevices(daysAgo).window(site, "n1", START - daysAgo * DAY);
  }

  private static String rows(EmbeddedQuestDb at, String table) throws IOException {
    return answers
        .sql(at.url(), "SELECT count() rows FROM " + table)
        .getFirst()
        .getOrDefault("rows", "");
  }

  private static void awaitRows(EmbeddedQuestDb at, String table, String rows) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!rows(at, table).equals(rows)) {
      assertThat(System.nanoTime()).as("%s rows of %s in time", rows, table).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Devices are kept for 14 days behind the newest; a replay of something old is all there. */
  @Test
  void devices_areKeptForDays_behindTheNewest(@TempDir Path other) throws IOException {
    try (EmbeddedQuestDb own = EmbeddedQuestDb.start(other, 0);
        InfluxSink writes = new InfluxSink(own.url(), "x", "x", "x")) {
      writes.write(DeviceWindowPoints.of(ofDay("replay", 400)));
      writes.write(DeviceWindowPoints.of(ofDay("replay", 390)));
      awaitRows(own, "device_window", "30");
      writes.write(List.of(report(400)));
      // with these there are 45, until the first day is dropped
      writes.write(DeviceWindowPoints.of(ofDay("replay", 385)));
      writes.write(DeviceWindowPoints.of(ofDay("late", 390)));
      awaitRows(own, "device_window", "45");
      assertThat(
              answers
                  .sql(own.url(), "SELECT min(timestamp) AS timestamp FROM device_window")
                  .getFirst())
          .containsEntry("time", Instant.ofEpochMilli(START - 390 * DAY).toString());
      // the rest is kept
      writes.write(List.of(report(0)));
      awaitRows(own, "node", "2");
    }
  }

  private static StorePoint report(int daysAgo) {
    return NodePoint.of(
        new NodeRecord("replay", "n1", START - daysAgo * DAY, "1", Map.of(), 0, 0, List.of()));
  }

  @Test
  void aTableOfAnEarlierRelease_isGivenTheColumnsThatItLacks(@TempDir Path other)
      throws IOException {
    try (EmbeddedQuestDb before = EmbeddedQuestDb.start(other, 0);
        QuestDbReader reads = new QuestDbReader(before.url())) {
      answers.sql(before.url(), "ALTER TABLE ledger DROP COLUMN readings");
      answers.sql(before.url(), "ALTER TABLE alert DROP COLUMN summary");
      awaitApplied(reads);
    }
    try (EmbeddedQuestDb now = EmbeddedQuestDb.start(other, 0);
        QuestDbReader reads = new QuestDbReader(now.url());
        InfluxSink writes = new InfluxSink(now.url(), "x", "x", "x")) {
      writes.write(List.of(LedgerPoint.of(window("columns", 0, 10_000, 1_000))));
      awaitApplied(reads);
      assertThat(answers.sql(now.url(), "SELECT summary FROM alert")).isEmpty();
    }
  }
}
