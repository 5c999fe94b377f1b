// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.streams.StreamsConfigs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * State restored onto an empty disk, for longer than the start time-out: the time-out counts only
 * time without progress. The broker's quota makes the restoration last, so that the test does not
 * depend on the speed of the machine.
 *
 * <p>At size: {@code -Drestore.nodes=20000 -Drestore.start-timeout=20 -Drestore.over=0}.
 */
@EnabledIfSystemProperty(
    named = "restore.nodes",
    matches = "[0-9]+",
    disabledReason =
        "how long a broker holds back a client over its quota is not even enough to be asserted in"
            + " every build; run it with -Drestore.nodes=16, or 20000")
class ITRestore {
  private static final int NODES = Integer.getInteger("restore.nodes", 16);
  private static final Duration PAST =
      Duration.ofSeconds(Integer.getInteger("restore.past-seconds", 180));

  /** Start time-out, seconds; by default twice what a start without state takes here. */
  private static final int LIMIT = Integer.getInteger("restore.start-timeout", 0);

  /**
   * A client over its quota gets nothing for some seconds, which must not pass for a standstill.
   */
  private static final int MIN_LIMIT = 12;

  /** Seconds over which the broker spreads the changelogs; 0 for no quota, -1 for the default. */
  private static final int OVER = Integer.getInteger("restore.over", -1);

  /** What a client may fetch at once, in seconds of its quota: ten windows of the broker's. */
  private static final int BURST = 10;

  private static final Duration FILL_LIMIT = Duration.ofMinutes(NODES > 1_000 ? 20 : 2);
  private static final int PARTITIONS = 2;
  private static final Pattern METRIC = Pattern.compile("(?m)^(joulestream_\\w+)\\S* (\\S+)$");
  private static final Pattern RESTORING =
      Pattern.compile(
          "200 restoring (\\d+) %: [0-9,]+ of [0-9,]+ records, [0-9,]+ records/s, .+ remaining");

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  private void run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", broker.bootstrap()));
    try (Program program = Program.start(all.toArray(String[]::new))) {
      Await.until("the end of " + args[0], FILL_LIMIT, () -> !program.isAlive());
      assertThat(program.await()).as(program.output()).isZero();
    }
  }

  private Program streams(Duration startTimeout) throws IOException {
    // small fetches, so that a quota is kept evenly
    Path config =
        Files.writeString(
            folder.resolve("clients"), "fetch.max.bytes=16384\nmax.poll.records=10\n");
    List<String> args =
        new ArrayList<>(
            List.of(
                "streams",
                "--kafka",
                broker.bootstrap(),
                "--state",
                folder.resolve("state").toString(),
                "--threads",
                "1",
                "--instance",
                "streams-1",
                "--commit-interval",
                "10ms", // small entries of changelogs: a fetch returns at least one
                "--start-timeout",
                startTimeout.toSeconds() + "s",
                "--metrics-port",
                "0"));
    if (OVER != 0) {
      args.addAll(List.of("--kafka-config", config.toString()));
    }
    return Program.start(args.toArray(String[]::new));
  }

  /** State of a site, in the changelogs alone; what a start without state took. */
  private Duration fill() throws Exception {
    run("topics", "create", "--partitions", Integer.toString(PARTITIONS));
    run(
        "simulate",
        "--nodes",
        Integer.toString(NODES),
        "--since",
        Instant.now().minus(PAST).toString(),
        "--for",
        PAST.toSeconds() + "s",
        "--end-jobs");
    Duration start;
    long begin = System.nanoTime();
    try (Program first = streams(Duration.ofMinutes(2))) {
      first.awaitLine("the topologies run");
      start = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(HealthPort.health(first)).isEqualTo("200 ok");
      Await.until("all telemetry is booked", FILL_LIMIT, () -> waiting() == 0);
      first.interrupt();
      first.await();
    }
    deleteState();
    return start;
  }

  private long waiting() throws Exception {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of("telemetry", "allocations")) {
      for (int i = 0; i < PARTITIONS; i++) {
        partitions.add(new TopicPartition(topic, i));
      }
    }
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(StreamsConfigs.ACCOUNTING_ID)
            .partitionsToOffsetAndMetadata()
            .get();
    var ends = admin.listOffsets(latest).all().get();
    long waiting = 0;
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata done = committed.get(partition);
      waiting += requireNonNull(ends.get(partition)).offset() - (done == null ? 0 : done.offset());
    }
    return waiting;
  }

  private long changelogBytes() throws Exception {
    int id = admin.describeCluster().nodes().get().iterator().next().id();
    long bytes = 0;
    for (var disk :
        requireNonNull(admin.describeLogDirs(List.of(id)).allDescriptions().get().get(id))
            .values()) {
      for (var replica : disk.replicaInfos().entrySet()) {
        if (replica.getKey().topic().endsWith("-changelog")) {
          bytes += replica.getValue().size();
        }
      }
    }
    return bytes;
  }

  private void deleteState() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> {
            try {
              Files.delete(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  /** Each client of the broker may fetch so many bytes a second. */
  private void quota(long bytesPerSecond) throws Exception {
    Map<String, String> everyClient = new HashMap<>();
    everyClient.put(ClientQuotaEntity.CLIENT_ID, null);
    admin
        .alterClientQuotas(
            List.of(
                new ClientQuotaAlteration(
                    new ClientQuotaEntity(everyClient),
                    List.of(
                        new ClientQuotaAlteration.Op(
                            "consumer_byte_rate", (double) bytesPerSecond)))))
        .all()
        .get();
  }

  private static double metric(Program program, String name) throws Exception {
    double sum = 0;
    Matcher lines = METRIC.matcher(HealthPort.metrics(program));
    while (lines.find()) {
      if (lines.group(1).equals(name)) {
        sum += Double.parseDouble(lines.group(2));
      }
    }
    return sum;
  }

  @Test
  void aRestoration_mayLastLongerThanTheStartTimeout_asLongAsItMakesProgress() throws Exception {
    Duration start = fill();
    long bytes = changelogBytes();
    Duration limit = Duration.ofSeconds(LIMIT > 0 ? LIMIT : MIN_LIMIT + start.toSeconds() * 2);
    if (OVER != 0) {
      quota(1);
      try (Program without = streams(Duration.ofSeconds(2))) {
        assertThat(without.await()).isEqualTo(1);
        assertThat(without.output())
            .contains("did not start: it is REBALANCING, and made no progress for 2 s");
      }
      deleteState();
      quota(bytes / (OVER > 0 ? OVER : limit.toSeconds() * 3 / 2 + BURST));
    }

    Set<String> seen = new LinkedHashSet<>();
    Duration longest = FILL_LIMIT.plus(limit.multipliedBy(5));
    long begin = System.nanoTime();
    try (Program again = streams(limit)) {
      Await.until(
          "all state is restored",
          longest,
          () -> {
            try {
              String health = HealthPort.health(again);
              if (RESTORING.matcher(health).matches()) {
                seen.add(health);
                assertThat(HealthPort.ready(again))
                    .as("while %s", health)
                    .satisfiesAnyOf(
                        answer -> assertThat(answer).startsWith("503 "),
                        answer -> assertThat(answer).isEqualTo("200 ok"));
              }
              return HealthPort.ready(again).startsWith("200");
            } catch (ConnectException e) {
              again.await();
              throw new AssertionError("it ended: " + again.output(), e);
            }
          },
          again::output);
      again.awaitLine("the topologies run");
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.printf(
          "ITRestore: %,d nodes, %,d bytes of changelogs, time-out %s, restored and ready after %s%n%s%n%s%n",
          NODES, bytes, limit, took, String.join("\n", seen), again.output());
      assertThat(took).as("more than the time-out: %s", again.output()).isGreaterThan(limit);
      assertThat(seen).as(again.output()).hasSizeGreaterThan(1);
      assertThat(again.output()).contains("restoring ");
      assertThat(HealthPort.health(again)).isEqualTo("200 ok");
      assertThat(metric(again, "joulestream_streams_restored_records_total"))
          .isGreaterThanOrEqualTo(NODES);
      assertThat(metric(again, "joulestream_streams_restore_remaining_records")).isZero();
      assertThat(metric(again, "joulestream_streams_restoring_changelogs")).isZero();
      assertThat(metric(again, "joulestream_streams_restored_ratio")).isEqualTo(1);
      assertThat(metric(again, "joulestream_streams_running")).isEqualTo(2);
      assertThat(metric(again, "joulestream_streams_failed_threads_total")).isZero();
      assertThat(waiting()).isZero();
    }
  }
}
