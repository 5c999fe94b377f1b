// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.github.joulestream.app.Main;
import io.github.joulestream.app.rights.Part;
import io.github.joulestream.app.rights.Right;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command that speaks to Kafka, against a broker that takes nobody without TLS and a password
 * or a certificate, and permits nothing that is not among the rights of the command's {@link Part}:
 * energy reaches the store, not one connection was tried in plain text, nothing was tried that is
 * not permitted, and nothing is permitted that is not needed.
 */
class ITSecuredCluster {
  private static final String SLURM = "slurm";
  private static final String SITE = "secured";
  private static final Duration PAST = Duration.ofMinutes(4);

  /** Rights to what the course of this test does not reach, or not for certain. */
  private static final Set<String> NOT_REACHED =
      Set.of(
          // an Alertmanager; records that cannot be used
          "alert-sender: Read of group joulestream-alerts-alertmanager",
          "alert-sender: Write of topic dead-letter",
          "slurm-jobs: Write of topic dead-letter",
          "store-writer: Write of topic dead-letter",
          "doctor: Read of topic joulestream-nodes-set-aside-changelog",
          "operator: Read of topic joulestream-nodes-set-aside-changelog",
          // a job that has a summary and no record; a node that is set aside
          "job-hooks: Read of topic job-summary",
          "operator: Write of topic job-summary",
          "operator: Write of topic allocations",
          // an alert that fires, a cap, and ends of quarters of an hour
          "streams: Write of topic alerts",
          "streams: Write of topic cap-advice",
          "streams: Write of topic pool-peak",
          "streams: Write of topic capacity",
          "streams: Write of topic job-quarter-hour",
          // records that are signed
          "streams: Read of topic dead-letter",
          // copies are looked at where there are several brokers
          "doctor: Describe of topic __consumer_offsets",
          "doctor: Describe of topic __transaction_state",
          "doctor: DescribeConfigs of each topic that begins with joulestream-",
          "doctor: DescribeConfigs of topic __consumer_offsets",
          "doctor: DescribeConfigs of topic __transaction_state",
          "setup: Describe of topic __consumer_offsets",
          "setup: Describe of topic __transaction_state",
          "setup: DescribeConfigs of topic __consumer_offsets",
          "setup: DescribeConfigs of topic __transaction_state");

  /** Topics with letters that are written again here: one of the topics that may be refused. */
  private static final String REPLAYED = Topic.TELEMETRY.topicName();

  /** The topic whose configuration is changed here: one of all. */
  private static final String ALTERED = Topic.DEAD_LETTER.topicName();

  @TempDir Path folder;
  private SecuredKafka broker;
  private Admin administration;
  private EmbeddedQuestDb store;
  private QuestDbReader reader;
  private final Map<String, Program> programs = new LinkedHashMap<>();
  private final SortedSet<String> commands = new TreeSet<>();
  private final SortedSet<String> used = new TreeSet<>();

  @BeforeEach
  void start() throws Exception {
    broker = SecuredKafka.start(folder.resolve("kafka"));
    administration = Admin.create(broker.client(SecuredKafka.ADMIN));
    store = EmbeddedQuestDb.start(folder.resolve("questdb"), FreePort.find());
    reader = new QuestDbReader(store.url());
    withKafkaConfig(new CommandLine(new Main()), "", commands);
  }

  @AfterEach
  void stop() {
    programs.values().forEach(Program::close);
    reader.close();
    store.close();
    administration.close(Duration.ZERO);
    broker.close();
  }

  /** The names of all commands that take {@code --kafka-config}. */
  private static void withKafkaConfig(CommandLine command, String name, SortedSet<String> into) {
    if (command.getSubcommands().isEmpty()
        && command.getCommandSpec().findOption("--kafka-config") != null) {
      into.add(name.strip());
    }
    command.getSubcommands().forEach((word, sub) -> withKafkaConfig(sub, name + " " + word, into));
  }

  /** The command as the principal of its part. */
  private String[] secured(String... args) throws IOException {
    String two = args.length > 1 ? args[0] + " " + args[1] : args[0];
    String command = commands.contains(two) ? two : args[0];
    used.add(command);
    String user = Part.ofCommand(command).orElseThrow().label();
    return SecuredKafka.CERTIFIED_USERS.contains(user)
        ? with(broker.certifiedBootstrap(), broker.certifiedClientFile(user), args)
        : with(broker.bootstrap(), broker.clientFile(user), args);
  }

  private static String[] with(String bootstrap, @Nullable Path configFile, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", bootstrap));
    if (configFile != null) {
      all.addAll(List.of("--kafka-config", configFile.toString()));
    }
    return all.toArray(String[]::new);
  }

  private Program startProgram(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--metrics-port", "0"));
    Program program = Program.start(secured(all.toArray(String[]::new)));
    programs.put(args[0], program);
    // one after the other: each has a few seconds to reach the broker
    program.awaitLine("/metrics and /health");
    return program;
  }

  /** Runs a command in this process, which must end well; what it says. */
  private String run(String... args) throws IOException {
    Said said = said(args);
    assertThat(said.status).as("%s: %s", String.join(" ", args), said.text).isZero();
    return said.text;
  }

  private record Said(int status, String text) {}

  private Said said(String... args) throws IOException {
    return saidBy(secured(args));
  }

  private static Said saidBy(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(bytes, true, UTF_8);
    System.setOut(both);
    System.setErr(both);
    int status;
    try {
      status = Main.run(args);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return new Said(status, bytes.toString(UTF_8).strip());
  }

  private RecordMetadata put(String topic, String key, byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.client(SecuredKafka.ADMIN), new StringSerializer(), new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
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
    giveRights();
    assertThat(run("topics", "create", "--partitions", "2")).contains("created", "telemetry");
    run("topics", "check");
    administration.createTopics(List.of(new NewTopic(SLURM, 1, (short) 1))).all().get();
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
      assertThat(said("doctor", "--store-url", store.url().toString()).text())
          .contains("answers at " + broker.bootstrap(), "are as they must be");
      nodes();
      assertThat(run("topics", "create", "--alter", "--dead-letter-limit", "2G"))
          .contains("altered " + ALTERED);
      assertThat(run("site", "forget", SITE, "--yes")).contains("is forgotten");
      for (Map.Entry<String, Program> program : programs.entrySet()) {
        HealthPort.assertWell(program.getKey(), program.getValue());
      }
      resets();
    }
    assertThat(used).as("commands that were tried").isEqualTo(commands);
    assertThat(broker.successfulAuthentications()).isGreaterThan(commands.size());
    assertThat(broker.failedAuthentications()).as("tried in plain text").isZero();
    Set<RecordingAuthorizer.Use> refused = new HashSet<>(RecordingAuthorizer.refused());
    // the lag of slurm-jobs, which reads a topic of the plugin's
    refused.removeIf(
        use -> use.principal().equals(user(Part.STORE_WRITER)) && use.name().equals(SLURM));
    SortedSet<String> unused = unused();
    assertAll(
        () -> assertThat(refused).as("tried without the right to it").isEmpty(),
        () -> assertThat(unused).as("rights that nothing needs").isSubsetOf(NOT_REACHED),
        this::whoIsNotKnown,
        this::whatIsNotPermitted,
        this::eachRightIsNeeded);
  }

  private void giveRights() throws Exception {
    String administrator = Part.ADMINISTRATOR.label();
    Said said =
        saidBy(
            with(
                broker.bootstrap(),
                broker.clientFile(SecuredKafka.ADMIN),
                "topics",
                "acl",
                "--part",
                administrator,
                "--principal",
                "User:" + administrator,
                "--apply"));
    assertThat(said.status).as(said.text).isZero();
    for (Part part : Part.values()) {
      if (part != Part.ADMINISTRATOR) {
        assertThat(acl(part, "--apply").text).contains("has the rights of " + part.label());
      }
    }
    for (Part part : Part.values()) {
      Await.until("the broker knows the rights of " + part, () -> acl(part, "--check").status == 0);
    }
  }

  private Said acl(Part part, String action) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of("topics", "acl", "--part", part.label(), "--principal", user(part), action));
    if (part == Part.SLURM_JOBS) {
      args.addAll(List.of("--topic", SLURM));
    }
    return said(args.toArray(String[]::new));
  }

  private static String user(Part part) {
    return "User:" + part.label();
  }

  /** Rights of parts that were not made use of. */
  private static SortedSet<String> unused() {
    Set<RecordingAuthorizer.Use> uses = RecordingAuthorizer.permitted();
    SortedSet<String> unused = new TreeSet<>();
    for (Part part : Part.values()) {
      for (Right right : part.rights(part == Part.SLURM_JOBS ? List.of(SLURM) : List.of())) {
        if (uses.stream().noneMatch(use -> use.principal().equals(user(part)) && is(use, right))) {
          if (!isOfAnotherTopic(part, right)) {
            unused.add(part.label() + ": " + right);
          }
        }
      }
    }
    return unused;
  }

  /** What is done with one topic here is not done with all to which the right is given. */
  private static boolean isOfAnotherTopic(Part part, Right right) {
    String name = right.pattern().name();
    return switch (part) {
      case SETUP -> right.operation() == AclOperation.ALTER_CONFIGS && !name.equals(ALTERED);
      case DEAD_LETTERS ->
          (right.operation() == AclOperation.WRITE || right.operation() == AclOperation.READ)
              && right.pattern().resourceType() == ResourceType.TOPIC
              && !List.of(REPLAYED, Topic.DEAD_LETTER.topicName(), Topic.SCHEMAS.topicName())
                  .contains(name);
      default -> false;
    };
  }

  private static boolean is(RecordingAuthorizer.Use use, Right right) {
    String name = right.pattern().name();
    return use.operation() == right.operation()
        && use.type() == right.pattern().resourceType()
        && (right.pattern().patternType() == PatternType.PREFIXED
            ? use.name().startsWith(name)
            : use.name().equals(name));
  }

  private void whoIsNotKnown() throws Exception {
    for (Path file :
        List.of(
            broker.clientFile("nobody", "of-nobody"),
            broker.clientFile(Part.OPERATOR.label(), "wrong"))) {
      Said said = saidBy(with(broker.bootstrap(), file, "alert", "list"));
      assertThat(said.status).isEqualTo(1);
      assertThat(said.text.lines().filter(line -> line.startsWith("joulestream: ")))
          .singleElement(STRING)
          .contains("Kafka does not accept who this is", "invalid credentials", "--kafka-config");
    }
    // one listener wants a password, the other a certificate
    Said said =
        saidBy(
            with(
                broker.certifiedBootstrap(),
                broker.clientFile(Part.OPERATOR.label()),
                "alert",
                "list"));
    assertThat(said.status).isEqualTo(1);
  }

  private void whatIsNotPermitted() throws Exception {
    for (Topic topic :
        List.of(Topic.BUDGETS, Topic.SCHEMAS, Topic.SITE_WINDOW, Topic.ALERTS, Topic.GRID)) {
      assertRefused(Part.AGENT, topic, this::write);
    }
    for (Topic topic : List.of(Topic.TELEMETRY, Topic.SITE_WINDOW, Topic.JOB_SUMMARY)) {
      assertRefused(Part.AGENT, topic, this::read);
      assertRefused(Part.STORE_WRITER, topic, this::write);
    }
    assertRefused(Part.STORE_WRITER, Topic.TELEMETRY, this::read);
    assertRefused(Part.SERVE, Topic.ALERTS, this::write);
    // the part of another command; of a topic that one may not see Kafka does not say that it is
    Said said =
        saidBy(with(broker.bootstrap(), broker.clientFile(Part.AGENT.label()), "budget", "list"));
    assertThat(said.status).isEqualTo(1);
    assertThat(said.text).contains("has no topic schemas", "joulestream topics acl");
  }

  /** Does something with a topic as the principal of a part. */
  @FunctionalInterface
  private interface Attempt {
    void make(Part part, Topic topic) throws Exception;
  }

  private static void assertRefused(Part part, Topic topic, Attempt attempt) {
    assertThatThrownBy(() -> attempt.make(part, topic))
        .as("%s, %s", part, topic)
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(AuthorizationException.class),
            e -> assertThat(e).hasCauseInstanceOf(AuthorizationException.class));
  }

  private void write(Part part, Topic topic) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            broker.client(part.label()), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic.topicName(), "lab/n1", new byte[1])).get();
    }
  }

  private void read(Part part, Topic topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            broker.client(part.label()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> first = List.of(new TopicPartition(topic.topicName(), 0));
      consumer.assign(first);
      consumer.seekToBeginning(first);
      consumer.poll(Duration.ofSeconds(30));
    }
  }

  /** Without one of its rights a command fails, and says of what. */
  private void eachRightIsNeeded() throws Exception {
    String[] set = {
      "budget", "set", "whole", "--site", SITE, "--scope", "site", "--power", "900kW"
    };
    without(Part.OPERATOR, "Write of topic budgets", "budgets", set);
    without(
        Part.OPERATOR,
        "Write of transactional id joulestream-budgets",
        "does not permit this",
        set);
    without(Part.GRID_IMPORT, "Read of topic schemas", "schemas", "grid", "list", "--site", "lab");
    without(
        Part.SIMULATOR,
        "Write of topic telemetry",
        "authorization failed",
        "simulate",
        "--site",
        SITE,
        "--nodes",
        "1",
        "--for",
        "2s");
  }

  private void without(Part part, String right, String says, String... args) throws Exception {
    AclBinding binding =
        part.rights().stream()
            .filter(one -> one.toString().equals(right))
            .findFirst()
            .orElseThrow()
            .binding(user(part), "*");
    assertThat(administration.deleteAcls(List.of(binding.toFilter())).all().get())
        .containsExactly(binding);
    // the broker learns of it a moment later
    Await.until(
        "%s fails without %s".formatted(String.join(" ", args), right),
        () -> {
          Said said = said(args);
          return said.status == 1 && said.text.contains(says);
        });
    administration.createAcls(List.of(binding)).all().get();
  }

  private void nodes() throws Exception {
    assertThat(run("node", "list")).contains("n1");
    Await.until(
        "the placement of a job is shown",
        () -> said("job", "show", "by-hand", "--site", SITE).text().contains("node-001"));
    assertThat(run("node", "jobs", "node-001", "--site", SITE)).contains("node-001");
    assertThat(said("node", "restore", "lab", "n1").text()).contains("is not set aside");
    run("node", "forget", "lab", "n1", "--yes");
  }

  /** Without those whose groups are reset. */
  private void resets() throws Exception {
    for (String name : List.of("store-writer", "streams")) {
      requireNonNull(programs.remove(name)).interruptAndAwait();
      assertThat(run("reset", name, "--yes")).contains("start " + name);
    }
  }

  private void startPrograms(Inbox inbox, Path secret, Path jobs) throws Exception {
    startProgram("store-writer", "--store-url", store.url().toString());
    startProgram(
        "alert-sender",
        "--webhook",
        inbox.url().resolve("/hook").toString(),
        "--webhook-secret-file",
        secret.toString());
    startProgram("slurm-jobs", "--topic", SLURM, "--site", SITE);
    startProgram("serve", "--listen", "127.0.0.1:0", "--store-url", store.url().toString());
    startProgram(
        "agent",
        "--site",
        "lab",
        "--node",
        "n1",
        "--jobs",
        jobs.toString(),
        "--spool",
        folder.resolve("spool").toString());
    startProgram("streams", "--state", folder.resolve("state").toString(), "--instance", "it")
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
    put(
        SLURM,
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
    put(
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
        put(Topic.TELEMETRY.topicName(), SITE + "/node-001", "no Avro".getBytes(UTF_8));
    Await.until("its letter", () -> run("dead-letter", "list").contains("telemetry"));
    assertThat(
            run(
                "dead-letter",
                "show",
                refused.topic(),
                Integer.toString(refused.partition()),
                Long.toString(refused.offset())))
        .contains("not an Avro single object");
    assertThat(run("dead-letter", "replay", "--topic", REPLAYED, "--yes"))
        .contains("1 record written again");
    Await.until(
        "it is refused again",
        () ->
            run("dead-letter", "list").lines().filter(line -> line.contains(REPLAYED)).count() > 1);
    assertThat(run("dead-letter", "replay", "--topic", REPLAYED, "--yes"))
        .contains("0 records written again");
  }
}
