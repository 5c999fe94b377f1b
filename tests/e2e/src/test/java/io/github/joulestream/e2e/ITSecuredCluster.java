// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.joulestream.app.rights.Part;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that speaks to Kafka, against a broker that takes nobody without TLS and a password
 * or a certificate, and permits nothing that is not among the rights of the command's {@link Part}:
 * energy reaches the store, not one connection was tried in plain text, nothing was tried that is
 * not permitted, and nothing is permitted that is not needed.
 */
class ITSecuredCluster {
  private static final String SITE = "secured";
  private static final Duration PAST = Duration.ofMinutes(4);

  @TempDir Path folder;
  private SecuredInstallation secured;
  private EmbeddedQuestDb store;
  private QuestDbReader reader;

  @BeforeEach
  void start() throws Exception {
    secured = SecuredInstallation.start(folder.resolve("kafka"));
    store = EmbeddedQuestDb.start(folder.resolve("questdb"), FreePort.find());
    reader = new QuestDbReader(store.url());
  }

  @AfterEach
  void stop() {
    secured.close();
    reader.close();
    store.close();
  }

  private String run(String... args) throws IOException {
    return secured.run(args);
  }

  /** A run of MLPerf Training, of two minutes on one node. */
  private Path traces(long startEpochMillis) throws Exception {
    Path benchmark = folder.resolve("traces").resolve("system").resolve("bench");
    Path power = Files.createDirectories(benchmark.resolve("power").resolve("run_0"));
    long end = startEpochMillis + 120_000;
    Files.writeString(
        benchmark.resolve("run_0.lifecycle.txt"),
        line("run_start", startEpochMillis, "null", "{}")
            + line("run_stop", end, "null", "{\"status\": \"success\"}"));
    StringBuilder text = new StringBuilder();
    for (long time = startEpochMillis; time <= end; time += 2_000) {
      text.append(line("power_reading", time, "2000", "\"\""));
    }
    Files.writeString(power.resolve("node_0.txt"), text);
    return folder.resolve("traces");
  }

  private static String line(String key, long millis, String value, String metadata) {
    return ":::MLLOG {\"time_ms\": %d, \"key\": \"%s\", \"value\": %s, \"metadata\": %s}%n"
        .formatted(millis, key, value, metadata);
  }

  private static Alert alert() {
    long now = System.currentTimeMillis();
    return new Alert(
        Alert.fingerprint(SITE, Rule.POWER_BUDGET, Scope.SITE),
        new AlertSubject(Rule.POWER_BUDGET, SITE, "by-hand", Scope.SITE.text()),
        Severity.CRITICAL,
        AlertState.FIRING,
        new AlertMeasurement(1_210_000, 1_200_000, "W", 100, 10_000),
        new AlertTimes(now, now, AlertTimes.OPEN),
        List.of(),
        "too much",
        3,
        new AlertRouting("", "", ""));
  }

  @Test
  void everyCommandHonoursTheConfiguration_andNobodySpeaksInPlainText() throws Exception {
    secured.giveRights();
    assertThat(run("topics", "create", "--partitions", "2")).contains("created", "telemetry");
    run("topics", "check");
    secured
        .administration()
        .createTopics(List.of(new NewTopic(SecuredInstallation.SLURM, 1, (short) 1)))
        .all()
        .get();
    Path secret = Files.writeString(folder.resolve("secret"), "a secret that is long enough\n");
    Path jobs = Files.createDirectory(folder.resolve("jobs"));
    try (Inbox inbox = new Inbox()) {
      startPrograms(inbox, secret, jobs);
      run("job", "start", "of-the-folder", "--user", "ada", "--dir", jobs.toString());
      long published = publish();
      jobsByHand();
      budgetsAndAlerts();
      supply();
      theStoreHasIt(published);
      whatIsRefused();
      assertThat(secured.said("doctor", "--store-url", store.url().toString()).text())
          .contains("answers at " + secured.broker().bootstrap(), "are as they must be");
      nodes();
      assertThat(run("topics", "create", "--alter", "--dead-letter-limit", "2G"))
          .contains("altered " + RightsAudit.ALTERED);
      assertThat(run("site", "forget", SITE, "--yes")).contains("is forgotten");
      for (Map.Entry<String, Program> program : secured.programs().entrySet()) {
        HealthPort.assertWell(program.getKey(), program.getValue());
      }
      resets();
    }
    SecuredKafka broker = secured.broker();
    assertThat(secured.used()).as("commands that were tried").isEqualTo(secured.commands());
    assertThat(broker.successfulAuthentications()).isGreaterThan(secured.commands().size());
    assertThat(broker.failedAuthentications()).as("tried in plain text").isZero();
    RightsAudit audit = RightsAudit.now();
    ForbiddenAttempts forbidden = new ForbiddenAttempts(secured);
    assertAll(
        audit::assertNothingWasTriedWithoutTheRightToIt,
        audit::assertEachRightIsUsed,
        forbidden::whoIsNotKnown,
        forbidden::whatIsNotPermitted,
        forbidden::eachRightIsNeeded);
  }

  private void nodes() throws Exception {
    assertThat(run("node", "list")).contains("n1");
    Await.until(
        "the placement of a job is shown",
        () -> secured.said("job", "show", "by-hand", "--site", SITE).text().contains("node-001"));
    assertThat(run("node", "jobs", "node-001", "--site", SITE)).contains("node-001");
    assertThat(secured.said("node", "restore", "lab", "n1").text()).contains("is not set aside");
    run("node", "forget", "lab", "n1", "--yes");
  }

  /** Without those whose groups are reset. */
  private void resets() throws Exception {
    for (String name : List.of("store-writer", "streams")) {
      secured.end(name);
      assertThat(run("reset", name, "--yes")).contains("start " + name);
    }
  }

  private void startPrograms(Inbox inbox, Path secret, Path jobs) throws Exception {
    secured.startProgram("store-writer", "--store-url", store.url().toString());
    secured.startProgram(
        "alert-sender",
        "--webhook",
        inbox.url().resolve("/hook").toString(),
        "--webhook-secret-file",
        secret.toString());
    secured.startProgram("slurm-jobs", "--topic", SecuredInstallation.SLURM, "--site", SITE);
    secured.startProgram("serve", "--listen", "127.0.0.1:0", "--store-url", store.url().toString());
    secured.startProgram(
        "agent",
        "--site",
        "lab",
        "--node",
        "n1",
        "--jobs",
        jobs.toString(),
        "--spool",
        folder.resolve("spool").toString());
    secured
        .startProgram("streams", "--state", folder.resolve("state").toString(), "--instance", "it")
        .awaitLine("the topologies run");
  }

  /** Readings of a simulated site, of a trace, and what a scheduler says. */
  private long publish() throws Exception {
    long since = System.currentTimeMillis() - PAST.toMillis();
    String said =
        run(
            "simulate",
            "--site",
            SITE,
            "--nodes",
            "2",
            "--since",
            Instant.ofEpochMilli(since).toString(),
            "--for",
            PAST.toSeconds() + "s",
            "--end-jobs");
    Matcher published = Pattern.compile("([0-9,]+) readings published").matcher(said);
    assertThat(published.find()).as(said).isTrue();
    assertThat(run("replay", traces(since).toString(), "--site", "traced")).contains("published");
    secured.put(
        SecuredInstallation.SLURM,
        "77",
        """
        {"jobid": 77, "username": "ada", "state": "COMPLETED", "account": "lab",
         "@start": "2026-11-25T00:41:03Z", "@end": "2026-11-25T00:51:03Z"}
        """
            .getBytes(UTF_8));
    return Long.parseLong(published.group(1).replace(",", ""));
  }

  private void jobsByHand() throws Exception {
    run("job", "start", "by-hand", "--site", SITE, "--node", "node-001");
    run("job", "progress", "by-hand", "--site", SITE, "--done", "7", "--unit", "steps");
    run("job", "end", "by-hand", "--site", SITE, "--node", "node-001");
    run("job", "forget", "by-hand", "--site", SITE, "--yes");
  }

  private void budgetsAndAlerts() throws Exception {
    run("budget", "set", "whole", "--site", SITE, "--scope", "site", "--power", "900kW");
    Await.until("it is in force", () -> run("budget", "list").contains("whole"));
    Path more =
        Files.writeString(
            folder.resolve("budgets.yaml"),
            """
            budgets:
              - name: of-ada
                site: %s
                scope: user=ada
                power: 90kW
            """
                .formatted(SITE));
    run("budget", "import", more.toString());
    run("budget", "remove", "whole", "--site", SITE);
    Alert alert = alert();
    secured.put(
        Topic.ALERTS.topicName(),
        alert.id(),
        WireSerdes.alerts().serializer().serialize("alerts", alert));
    assertThat(run("alert", "list")).contains(alert.id());
    run("alert", "clear", alert.id());
    Await.until("it is over", () -> !run("alert", "list").contains(alert.id()));
  }

  private void supply() throws Exception {
    // not the simulated site, which has a supply of its own
    Path prices =
        Files.writeString(
            folder.resolve("prices.csv"),
            """
            from,to,kind,value,unit
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,81.5,EUR/MWh
            """);
    assertThat(run("grid", "import", prices.toString(), "--site", "lab")).contains("published 1:");
    assertThat(run("grid", "list", "--site", "lab")).contains("EUR/kWh");
    assertThat(run("grid", "gaps", "--site", "lab")).contains("no gaps in price");
    run(
        "grid",
        "withdraw",
        "--site",
        "lab",
        "--series",
        "price",
        "--from",
        "2026-10-18",
        "--to",
        "2026-10-19",
        "--yes");
  }

  private void theStoreHasIt(long published) throws Exception {
    Await.until(
        "energy of the simulated site is in the store",
        Duration.ofMinutes(2),
        () -> reader.applied() && SiteFigures.of(reader, SITE).readings() >= published);
    Await.until(
        "its books balance, and its jobs are there",
        () ->
            reader.applied()
                && SiteFigures.of(reader, SITE).differenceMillijoules() == 0
                && SiteFigures.of(reader, SITE).jobs().size() > 2);
    Await.until(
        "the agent's job, the trace's and the scheduler's are in the store",
        () ->
            reader.applied()
                && millijoules("of-the-folder") >= 0
                && reader.jobSummaries().stream()
                    .anyMatch(job ->
                        job.site().equals("traced")
                            && job.totals().get(JobAmount.TOTAL_MILLIJOULES) > 100_000_000)
                && reader.jobSummaries().stream().anyMatch(job -> job.job().equals("77")));
  }

  private long millijoules(String id) {
    return reader.jobSummaries().stream()
        .filter(job -> job.job().equals(id))
        .mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .findFirst()
        .orElse(-1);
  }

  private void whatIsRefused() throws Exception {
    RecordMetadata refused =
        secured.put(Topic.TELEMETRY.topicName(), SITE + "/node-001", "no Avro".getBytes(UTF_8));
    Await.until("its letter", () -> run("dead-letter", "list").contains("telemetry"));
    assertThat(
            run(
                "dead-letter",
                "show",
                refused.topic(),
                Integer.toString(refused.partition()),
                Long.toString(refused.offset())))
        .contains("not an Avro single object");
    assertThat(run("dead-letter", "replay", "--topic", RightsAudit.REPLAYED, "--yes"))
        .contains("1 record written again");
    Await.until(
        "it is refused again",
        () ->
            run("dead-letter", "list")
                    .lines()
                    .filter(line -> line.contains(RightsAudit.REPLAYED))
                    .count()
                > 1);
    assertThat(run("dead-letter", "replay", "--topic", RightsAudit.REPLAYED, "--yes"))
        .contains("0 records written again");
  }
}
