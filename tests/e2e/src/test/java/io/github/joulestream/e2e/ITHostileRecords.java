// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.e2e.HostileRecords.Hostile;
import io.github.joulestream.e2e.HostileWriter.Sent;
import io.github.joulestream.e2e.Jobs.Job;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every topic times every kind of record that is unusable or extreme, while all programs run as
 * processes: each lives on, what is refused is kept with its reason, and the figures of a site that
 * shares the topics are what they are without.
 */
class ITHostileRecords {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SLURM = "slurm";
  private static final String SEED = "5";
  private static final Duration PAST = Duration.ofMinutes(6);

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private EmbeddedQuestDb store;
  private QuestDbReader reader;
  private Map<String, Object> kafka = Map.of();
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private final long since = System.currentTimeMillis() - PAST.toMillis();

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    kafka = Map.of("bootstrap.servers", broker.bootstrap());
    store = EmbeddedQuestDb.start(folder.resolve("questdb"), FreePort.find());
    reader = new QuestDbReader(store.url());
    run("topics", "create", "--partitions", "2");
    try (Admin admin = Admin.create(kafka)) {
      admin.createTopics(List.of(new NewTopic(SLURM, 1, (short) 1))).all().get();
    }
  }

  @AfterEach
  void stop() {
    programs.values().forEach(Program::close);
    reader.close();
    store.close();
    broker.close();
  }

  /** A command to its end, which must be a good one; what it says. */
  private String run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    try (Program program = Program.start(all.toArray(String[]::new))) {
      assertThat(program.await()).as(program.output()).isZero();
      return program.output();
    }
  }

  private void startProgram(String name, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(name));
    args.addAll(List.of("--kafka", broker.bootstrap(), "--metrics-port", "0"));
    args.addAll(List.of(more));
    programs.put(name, Program.start(args.toArray(String[]::new)));
  }

  private void startStreams() throws Exception {
    startProgram(
        "streams", "--state", folder.resolve("state").toString(), "--instance", "streams-1");
    requireNonNull(programs.get("streams")).awaitLine("the topologies run");
  }

  /** A simulated site, all of it; readings that it published. */
  private long simulate(String site) throws Exception {
    String said =
        run(
            "simulate",
            "--site",
            site,
            "--nodes",
            "4",
            "--seed",
            SEED,
            "--since",
            Instant.ofEpochMilli(since).toString(),
            "--for",
            PAST.toSeconds() + "s",
            "--end-jobs",
            "--truth",
            folder.resolve(site + ".csv").toString());
    Matcher published = Pattern.compile("([0-9,]+) readings published").matcher(said);
    assertThat(published.find()).as(said).isTrue();
    return Long.parseLong(published.group(1).replace(",", ""));
  }

  private void assertAllWell() throws Exception {
    for (Map.Entry<String, Program> program : programs.entrySet()) {
      HealthPort.assertWell(program.getKey(), program.getValue());
    }
    assertThat(requireNonNull(programs.get("streams")).output())
        .as("no thread was lost")
        .doesNotContain("a thread of");
  }

  private SiteFigures awaitFigures(String site, long published) throws Exception {
    Await.until(
        "all of site %s is in the store".formatted(site),
        () -> reader.applied() && SiteFigures.of(reader, site).complete(published));
    return SiteFigures.of(reader, site);
  }

  /** What was booked to each job is what it really drew. */
  private void assertTrue(String site) throws Exception {
    Map<String, Long> booked = new TreeMap<>();
    for (JobSummary job : reader.jobSummaries()) {
      if (job.site().equals(site)) {
        booked.put(job.job(), job.totals().get(JobAmount.TOTAL_MILLIJOULES));
      }
    }
    for (Job real : Jobs.read(folder.resolve(site + ".csv"))) {
      // where a job begins or ends between two samples, the second is shared by time
      assertThat(requireNonNull(booked.get(real.text("job"))) / 1e3)
          .as(real.toString())
          .isCloseTo(
              real.number("energy_j"),
              within(
                  real.number("energy_j") * 0.001 + 2 * 8 * 5 * 600.0 + real.number("silent_j")));
    }
  }

  private List<Hostile> everything(long seed) {
    HostileRecords records = new HostileRecords("hostile", System.currentTimeMillis(), seed);
    List<Hostile> all = new ArrayList<>(records.all(List.of(SLURM)));
    all.addAll(records.aDeviceThatChangesItsKind());
    all.addAll(records.aSchemaThatContainsItself());
    all.addAll(records.aSchemaOfNothing());
    return all;
  }

  private void awaitLetters(List<Sent> sent, Letters letters) throws Exception {
    assertThat(sent.stream().filter(Letters::mustBeRefused)).hasSizeGreaterThan(100);
    Await.until(
        "a letter about each record that cannot be used",
        Duration.ofMinutes(2),
        () -> {
          programs.forEach((name, program) ->
              assertThat(program.isAlive())
                  .as(() -> "%s is alive: %s".formatted(name, program.output()))
                  .isTrue());
          return letters.read().missing(sent).isEmpty();
        },
        () -> "none about " + letters.missing(sent));
    letters.assertBounded(sent);
    letters.print(sent);
  }

  /** Fails unless each record about which there must be a letter is listed. */
  private void assertListed(List<Sent> sent) throws Exception {
    JsonNode root = JSON.readTree(run("dead-letter", "list", "--limit", "10000", "--json"));
    assertThat(root.get("more").asBoolean()).isFalse();
    Set<String> listed = new HashSet<>();
    for (JsonNode letter : root.get("dead_letters")) {
      listed.add(
          "%s-%d@%d"
              .formatted(
                  letter.get("topic").asText(),
                  letter.get("partition").asInt(),
                  letter.get("offset").asLong()));
    }
    for (Sent one : sent) {
      if (Letters.mustBeRefused(one)) {
        assertThat(listed).as(one.toString()).contains(one.place());
      }
    }
  }

  @Test
  void everyProgramLives_whatIsRefusedIsKept_andOthersFiguresAreRight() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "a secret that is long enough\n");
    try (Inbox inbox = new Inbox();
        HostileWriter writer = new HostileWriter(kafka);
        Letters letters = new Letters(kafka)) {
      startProgram("store-writer", "--store-url", store.url().toString());
      startProgram(
          "alert-sender",
          "--webhook",
          inbox.url().resolve("/hook").toString(),
          "--webhook-secret-file",
          secret.toString());
      startProgram("slurm-jobs", "--topic", SLURM);
      startStreams();
      // the same site twice: before anything hostile was said, and beside it
      long published = simulate("control");
      SiteFigures control = awaitFigures("control", published);
      assertTrue("control");

      List<Sent> first = writer.send(everything(1));
      assertThat(simulate("beside")).isEqualTo(published);
      awaitLetters(first, letters);
      assertThat(awaitFigures("beside", published)).isEqualTo(control);
      assertAllWell();

      // on the state that they left
      Program streams = requireNonNull(programs.get("streams"));
      streams.interrupt();
      streams.await();
      startStreams();
      List<Sent> second = writer.send(everything(2));
      assertThat(simulate("after")).isEqualTo(published);
      awaitLetters(second, letters);
      SiteFigures after = awaitFigures("after", published);
      assertThat(after).isEqualTo(control);
      assertThat(SiteFigures.of(reader, "control")).isEqualTo(control);
      assertAllWell();

      assertListed(first);
      assertListed(second);
      assertThat(run("dead-letter", "list", "--limit", "10000"))
          .as("a table that nothing in it can change the looks of")
          .doesNotContain("\u001b", "\u0000", "\r");
      after
          .row(
              "records that are unusable or extreme, of each kind in each topic",
              first.size() + second.size(),
              "each is refused, kept with its reason, or booked to its own site; programs continue",
              "all programs lived; another site's jobs and ledger are what they are without",
              control)
          .report();
    }
  }
}
