// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.Installation.Ledger;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of docs/operations.md, Backup: each row lost, and brought back as it says there. */
class ITBackup {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern WAITING =
      Pattern.compile("(?m)^joulestream_agent_waiting_records\\S* (\\S+)$");

  @TempDir Path folder;
  private Installation site;

  @BeforeEach
  void start() throws Exception {
    site = Installation.start(folder.resolve("installation"));
  }

  @AfterEach
  void stop() {
    site.close();
  }

  private void simulate(String name) throws Exception {
    site.run("simulate", "--site", name, "--nodes", "2", "--past", "3m", "--end-jobs");
  }

  private Program writer(URI store) throws IOException {
    return site.program("store-writer", "--store-url", store.toString(), "--metrics-port", "0");
  }

  /** Waits until the store has what the topics have. */
  private static void awaitStored(ResultReader reader, Callable<Boolean> isVisible, Ledger booked)
      throws Exception {
    Await.until(
        "the store has the ledger of the topics",
        LIMIT,
        () -> isVisible.call() && difference(reader, booked) == 0,
        () -> "%s instead of %s".formatted(sites(reader), booked.sites()));
  }

  private static Map<String, String> sites(ResultReader reader) {
    return Installation.compared(reader.ledger(0, ResultReader.END_EPOCH_MILLIS));
  }

  /** Sites and jobs of which the store has something else, and windows that do not balance. */
  private static long difference(ResultReader reader, Ledger booked) {
    return (sites(reader).equals(booked.sites()) ? 0L : 1L)
        + (Installation.jobs(reader.jobSummaries()).equals(booked.jobs()) ? 0L : 1L)
        + reader.unbalanced(0, ResultReader.END_EPOCH_MILLIS).size();
  }

  private static void row(String fault, Ledger stored) throws IOException {
    new FaultRow(
            fault,
            1,
            "`reset store-writer` writes again what Kafka has; points have keys",
            "%,d readings in the ledger of the topics and of the store"
                .formatted(stored.readings()),
            0,
            0,
            stored.differenceMillijoules())
        .report();
  }

  @Test
  void resultsOfQuestDb_areRestoredFromACopyOfItsFolder() throws Exception {
    Path data = folder.resolve("questdb");
    Path copy = folder.resolve("questdb-copy");
    Installation.awaitReady(site.streams("streams-1"));
    int port = FreePort.findLasting();
    URI url = URI.create("http://127.0.0.1:" + port);
    Program writer;
    Ledger after;
    try (Program store = questDb(data, port);
        QuestDbReader reader = new QuestDbReader(url)) {
      writer = writer(url);
      simulate("before");
      awaitStored(reader, reader::applied, site.settled());
      sql(url, "CHECKPOINT CREATE");
      Folders.copy(data, copy);
      sql(url, "CHECKPOINT RELEASE");
      simulate("after");
      after = site.settled();
      awaitStored(reader, reader::applied, after);
      store.kill();
    }
    writer.interruptAndAwait();
    Files.createFile(copy.resolve("_restore"));
    try (Program store = questDb(copy, port);
        QuestDbReader reader = new QuestDbReader(url)) {
      Await.until("the copy is visible", LIMIT, reader::applied);
      assertThat(sites(reader)).containsOnlyKeys("before");
      site.run("reset", "store-writer", "--yes");
      writer(url);
      awaitStored(reader, reader::applied, after);
      assertThat(store.isAlive()).isTrue();
      row("QuestDB lost, restored from a copy of its folder at a checkpoint", after);
    }
  }

  private static Program questDb(Path data, int port) throws Exception {
    Program store =
        Program.startMain(
            StoreMain.class.getName(), Map.of(), data.toString(), Integer.toString(port));
    store.awaitLine("the store runs");
    return store;
  }

  private static void sql(URI url, String statement) throws IOException, InterruptedException {
    URI exec = url.resolve("/exec?query=" + URLEncoder.encode(statement, StandardCharsets.UTF_8));
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(exec).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void stateBudgetsAndSpool_comeBack() throws Exception {
    stateThatIsLost();
    budgetsFromTheirFile();
    spoolOfAnotherDisk();
  }

  private void stateThatIsLost() throws Exception {
    Program streams = site.streams("streams-1");
    Installation.awaitReady(streams);
    simulate("before");
    site.settled();
    streams.kill();
    Folders.delete(site.state("streams-1"));
    simulate("after");
    Installation.awaitReady(site.streams("streams-1"));
    Ledger booked = site.settled();
    assertThat(booked.sites()).hasSize(2);
    reportBooked(
        "state folder of `streams` lost, with the process (kill -9)",
        "restored from the changelogs",
        booked);
  }

  private void reportBooked(String fault, String promised, Ledger booked) throws IOException {
    long sent = site.readingsSent();
    new FaultRow(
            fault,
            1,
            promised,
            "%,d readings sent and booked".formatted(sent),
            Math.max(0, sent - booked.readings()),
            Math.max(0, booked.readings() - sent),
            booked.differenceMillijoules())
        .report();
  }

  private void budgetsFromTheirFile() throws Exception {
    set("feed-a", "--power", "90kW");
    set("feed-b", "--energy", "5kWh", "--per", "day");
    String listed = site.run("budget", "list", "--json");
    Path file = Files.writeString(folder.resolve("budgets.json"), listed);
    for (String name : List.of("feed-a", "feed-b")) {
      site.run("budget", "remove", name, "--site", "before");
    }
    assertThat(site.run("budget", "list", "--json")).doesNotContain("feed-");
    assertThat(site.run("budget", "import", file.toString())).contains("2 budgets of");
    assertThat(site.run("budget", "list", "--json")).contains("feed-a").isEqualTo(listed);
  }

  private void set(String budget, String... limit) throws Exception {
    List<String> args = new ArrayList<>(List.of("budget", "set", budget));
    args.addAll(List.of("--site", "before", "--scope", "site"));
    args.addAll(List.of(limit));
    site.run(args.toArray(String[]::new));
  }

  private void spoolOfAnotherDisk() throws Exception {
    Path spool = folder.resolve("spool");
    Path copy = folder.resolve("spool-copy");
    Program away = agent(spool, "127.0.0.1:" + FreePort.find());
    Await.until("readings wait in the spool", LIMIT, () -> waiting(away) >= 5, away::output);
    away.kill();
    Folders.copy(spool, copy);
    Folders.delete(spool);
    Program agent = agent(copy, site.bootstrap());
    TreeSet<Long> sequences = new TreeSet<>();
    Await.until(
        "what waited is in the topic",
        LIMIT,
        () -> {
          sequences.clear();
          long[] epoch = {Long.MAX_VALUE};
          site.forEach(
              Topic.TELEMETRY,
              record -> {
                TelemetryBatch batch =
                    WireSerdes.telemetry()
                        .deserializer()
                        .deserialize(record.topic(), record.value());
                if (batch.node().equals("n1") && batch.agentEpoch() < epoch[0]) {
                  epoch[0] = batch.agentEpoch();
                  sequences.clear();
                }
                if (batch.node().equals("n1") && batch.agentEpoch() == epoch[0]) {
                  sequences.add(batch.sequence());
                }
              });
          return sequences.size() >= 3 && waiting(agent) == 0;
        },
        agent::output);
    assertThat(sequences.last() - sequences.first())
        .as("none is missing: %s", sequences)
        .isEqualTo(sequences.size() - 1);
    agent.interruptAndAwait();
    reportBooked(
        "an agent's disk replaced, its spool copied", "what waited is sent", site.settled());
  }

  private Program agent(Path spool, String kafka) throws IOException {
    return site.program(
        "agent",
        "--kafka",
        kafka,
        "--site",
        "lab",
        "--node",
        "n1",
        "--publish-interval",
        "1s",
        "--metrics-port",
        "0",
        "--spool",
        spool.toString());
  }

  private static double waiting(Program agent) throws Exception {
    Matcher waiting = WAITING.matcher(HealthPort.metrics(agent));
    assertThat(waiting.find()).as(agent.output()).isTrue();
    return Double.parseDouble(waiting.group(1));
  }
}
