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
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reader.applied()) {
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

  private String rows(String table, String site) throws IOException {
    return answers
        .sql(store.url(), "SELECT count() rows FROM %s WHERE site = '%s'".formatted(table, site))
        .getFirst()
        .getOrDefault("rows", "");
  }

  /** Devices are kept for 14 days behind the newest; a replay of something old is all there. */
  @Test
  void devices_areKeptForDays_behindTheNewest() throws IOException {
    sink.write(DeviceWindowPoints.of(ofDay("replay", 400)));
    sink.write(DeviceWindowPoints.of(ofDay("replay", 390)));
    awaitVisible();
    assertThat(rows("device_window", "replay")).isEqualTo("30");
    sink.write(DeviceWindowPoints.of(ofDay("replay", 385)));
    awaitVisible();
    long end = System.nanoTime() + 20_000_000_000L;
    while (!rows("device_window", "replay").equals("30")) {
      assertThat(System.nanoTime()).as("the first day is dropped in time").isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
    // the rest is years
    long old = START - 400 * DAY;
    sink.write(
        List.of(NodePoint.of(new NodeRecord("replay", "n1", old, "1", Map.of(), 0, 0, List.of()))));
    sink.write(
        List.of(
            NodePoint.of(new NodeRecord("replay", "n1", START, "1", Map.of(), 0, 0, List.of()))));
    awaitVisible();
    assertThat(rows("node", "replay")).isEqualTo("2");
  }

  @Test
  void aTableOfAnEarlierRelease_isGivenTheColumnsThatItLacks(@TempDir Path other)
      throws IOException {
    try (EmbeddedQuestDb before = EmbeddedQuestDb.start(other, 0)) {
      answers.sql(before.url(), "ALTER TABLE ledger DROP COLUMN readings");
      answers.sql(before.url(), "ALTER TABLE alert DROP COLUMN summary");
    }
    try (EmbeddedQuestDb now = EmbeddedQuestDb.start(other, 0);
        InfluxSink writes = new InfluxSink(now.url(), "x", "x", "x")) {
      writes.write(List.of(LedgerPoint.of(window("columns", 0, 10_000, 1_000))));
      assertThat(answers.sql(now.url(), "SELECT summary FROM alert")).isEmpty();
    }
  }
}
