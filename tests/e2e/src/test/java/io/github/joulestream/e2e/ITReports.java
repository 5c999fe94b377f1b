// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.influx.InfluxAddress;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Reports out of the embedded store. */
class ITReports extends ReportsContract {
  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedQuestDb store;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedQuestDb empty;

  @SuppressWarnings("NullAway.Init") // by start
  private QuestDbReader reader;

  @Override
  protected void start() throws IOException {
    store = EmbeddedQuestDb.start(folder.resolve("store"), 0);
    empty = EmbeddedQuestDb.start(folder.resolve("empty"), 0);
    reader = new QuestDbReader(store.url());
  }

  @AfterAll
  void stop() {
    reader.close();
    empty.close();
    store.close();
  }

  @Override
  protected StoreConnection connection() throws IOException {
    return StoreConnection.to(
        new InfluxAddress(store.url(), InfluxAddress.NO_TOKEN, "-"), null, Buckets.named("x"));
  }

  @Override
  protected List<String> options() {
    return List.of("--store-url", store.url().toString());
  }

  @Override
  protected List<String> ofEmptyStore() {
    return List.of("--store-url", empty.url().toString());
  }

  @Override
  protected URI url() {
    return store.url();
  }

  @Override
  protected void awaitVisible() {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reader.applied()) {
      assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** As Ctrl-C while a report is being written: to a pipe that nobody reads. */
  @Test
  void aProcessThatIsInterrupted_leavesNoFile() throws Exception {
    Path pipe = folder.resolve("pipe.html");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path archive = folder.resolve("archive-of-a-pipe");
    try (Program program =
        Program.start(
            "report",
            "director",
            "--period",
            "2026-10",
            "--store-url",
            store.url().toString(),
            "--out",
            pipe.toString(),
            "--archive",
            archive.toString())) {
      program.awaitLine("writing the report");
      assertThat(archive.toFile().list()).anyMatch(name -> name.endsWith(".unfinished"));
      program.interrupt();
      assertThat(program.await()).isEqualTo(130);
    }
    assertThat(archive.toFile().list()).containsExactly(".lock");
  }

  @Test
  void aStoreThatDoesNotAnswer_isSaidToBeWaitedFor() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Program program =
            Program.start(
                "report",
                "director",
                "--period",
                "2026-10",
                "--store-url",
                "http://127.0.0.1:" + silent.getLocalPort(),
                "--store-api",
                "questdb",
                "--out",
                folder.resolve("silent.html").toString())) {
      program.awaitLine("sites of the store");
      program.interrupt();
      assertThat(program.await()).isEqualTo(130);
    }
    assertThat(folder.resolve("silent.html")).doesNotExist();
  }
}
