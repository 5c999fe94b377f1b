// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.streams.StreamsConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Broker, topologies, store writer and the site's publisher as processes, killed with -9 at random
 * moments and started again; afterwards the store says the same as after a run without kills, to
 * the millijoule. {@code -Dcrash.kills=30} makes it long, {@code -Dcrash.seed=N} another one.
 */
class ITCrash {
  private static final int KILLS = Integer.getInteger("crash.kills", 6);
  private static final long SEED = Long.getLong("crash.seed", 1);
  private static final int NODES = 6;
  private static final Duration SETTLE = Duration.ofMinutes(3);
  private static final String SITE = "site";

  /** What depends on how often something was sent, and on when it arrived. */
  private static final List<SiteAmount> NOT_COMPARED =
      List.of(SiteAmount.REPEATED_READINGS, SiteAmount.CLOCK_AHEAD_READINGS);

  @TempDir Path folder;

  /** What the store says of jobs and sites. */
  private record Books(Map<String, String> jobs, Map<String, String> sites, long differences) {}

  /** The parts as processes, and a store. */
  private final class Pipeline implements AutoCloseable {
    final Path data;
    final int kafkaPort;
    final EmbeddedQuestDb store;
    final QuestDbReader reader;
    final Map<String, Program> running = new LinkedHashMap<>();
    final String since;
    final Duration length;

    Pipeline(String name, String since, Duration length) throws Exception {
      this.data = Files.createDirectories(folder.resolve(name));
      this.kafkaPort = FreePort.findLasting();
      this.store = EmbeddedQuestDb.start(data.resolve("questdb"), FreePort.findLasting());
      this.reader = new QuestDbReader(store.url());
      this.since = since;
      this.length = length;
      start("broker");
      program("broker").awaitLine("the broker runs");
      try (Program topics = Program.start("topics", "create", "--kafka", kafka())) {
        assertThat(topics.await()).as(topics.output()).isZero();
      }
      start("streams");
      start("store-writer");
      start("simulate");
    }

    private String kafka() {
      return "127.0.0.1:" + kafkaPort;
    }

    private Program program(String part) {
      return requireNonNull(running.get(part), part);
    }

    void start(String part) throws IOException {
      running.put(
          part,
          switch (part) {
            case "broker" ->
                Program.startMain(
                    BrokerMain.class.getName(),
                    Map.of(),
                    data.resolve("kafka").toString(),
                    Integer.toString(kafkaPort));
            case "streams" ->
                Program.start(
                    "streams",
                    "--kafka",
                    kafka(),
                    "--state",
                    data.resolve("state").toString(),
                    "--instance",
                    "streams-1");
            case "store-writer" ->
                Program.start(
                    "store-writer", "--kafka", kafka(), "--store-url", store.url().toString());
            case "simulate" ->
                Program.start(
                    "simulate",
                    "--kafka",
                    kafka(),
                    "--site",
                    SITE,
                    "--nodes",
                    Integer.toString(NODES),
                    "--seed",
                    Long.toString(SEED),
                    "--since",
                    since,
                    "--for",
                    length.toSeconds() + "s",
                    "--end-jobs",
                    // whatever does not depend on when something arrives
                    "--faults",
                    "skew=0,outages=0");
            default -> throw new IllegalArgumentException(part);
          });
    }

    /** Starts again what could not start because the broker was away; all else must live on. */
    void supervise() throws IOException {
      for (Map.Entry<String, Program> entry : List.copyOf(running.entrySet())) {
        Program program = entry.getValue();
        if (!program.isAlive() && !(entry.getKey().equals("simulate") && finished())) {
          assertThat(program.output())
              .as("%s ended by itself with %d", entry.getKey(), program.exitStatus())
              .contains("cannot reach Kafka");
          start(entry.getKey());
        }
      }
    }

    private boolean finished() {
      Program simulation = program("simulate");
      return !simulation.isAlive() && simulation.exitStatus() == 0;
    }

    void kill(String part) throws Exception {
      program(part).kill();
      start(part);
    }

    /** Waits until the simulation is over and all that it said is in the store. */
    Books settle() throws Exception {
      Await.until(
          "the simulation ends",
          length.plus(SETTLE),
          () -> {
            supervise();
            return finished();
          });
      Matcher said =
          Pattern.compile("([0-9,]+) readings published").matcher(program("simulate").output());
      assertThat(said.find()).as(program("simulate").output()).isTrue();
      long published = Long.parseLong(said.group(1).replace(",", ""));
      List<Books> last = new ArrayList<>();
      long[] since = {System.nanoTime()};
      Await.until(
          "the books settle",
          SETTLE,
          () -> {
            supervise();
            if (!reader.applied() || booked(SiteAmount.READINGS) < published * 9 / 10) {
              return false;
            }
            Books books = books();
            boolean asBefore = !last.isEmpty() && last.getFirst().equals(books);
            last.clear();
            last.add(books);
            // topologies that are being put together stand still too, and jobs are emitted after
            // sites
            if (!asBefore || books.differences != 0 || lag() != 0) {
              since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > 15_000_000_000L;
          });
      return last.getFirst();
    }

    /** Records of the topics that the topologies read which they have not committed yet. */
    private long lag() throws Exception {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka()))) {
        Map<TopicPartition, OffsetAndMetadata> committed =
            admin
                .listConsumerGroupOffsets(StreamsConfigs.ACCOUNTING_ID)
                .partitionsToOffsetAndMetadata()
                .get();
        List<String> inputs =
            Stream.of(Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS)
                .map(Topic::topicName)
                .toList();
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (TopicDescription topic : admin.describeTopics(inputs).allTopicNames().get().values()) {
          topic
              .partitions()
              .forEach(partition ->
                  asked.put(
                      new TopicPartition(topic.name(), partition.partition()),
                      OffsetSpec.latest()));
        }
        long lag = 0;
        for (var end : admin.listOffsets(asked).all().get().entrySet()) {
          OffsetAndMetadata done = committed.get(end.getKey());
          lag += end.getValue().offset() - (done == null ? 0 : done.offset());
        }
        return lag;
      }
    }

    private long booked(SiteAmount amount) {
      return reader.ledger(0, ResultReader.END_EPOCH_MILLIS).values().stream()
          .mapToLong(totals -> totals.get(amount))
          .sum();
    }

    /** What the parts of the nodes' windows add up to. */
    private Totals<SiteAmount> nodesBooks() {
      Totals<SiteAmount> sum = Totals.ofSite();
      forEach(
          Topic.NODE_WINDOW,
          WireSerdes.nodeWindows().deserializer(),
          windows -> windows.windows().forEach(window -> sum.addAll(window.totals())));
      return sum;
    }

    /** What the windows of devices add up to: energy in all and by kind. */
    private Totals<SiteAmount> devicesBooks() {
      Totals<SiteAmount> sum = Totals.ofSite();
      forEach(
          Topic.DEVICE_WINDOW,
          WireSerdes.deviceWindows().deserializer(),
          window ->
              window
                  .devices()
                  .forEach(device -> {
                    Totals<DeviceAmount> totals = device.totals();
                    sum.add(
                        SiteAmount.MEASURED_TOTAL_MILLIJOULES,
                        totals.get(DeviceAmount.TOTAL_MILLIJOULES));
                    sum.add(
                        SiteAmount.measured(device.kind()),
                        totals.get(DeviceAmount.KIND_MILLIJOULES));
                  }));
      return sum;
    }

    private <T> void forEach(Topic topic, Deserializer<T> deserializer, Consumer<T> taker) {
      try (KafkaConsumer<String, T> consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", kafka(), "isolation.level", "read_committed"),
              new StringDeserializer(),
              deserializer)) {
        List<TopicPartition> partitions =
            consumer.partitionsFor(topic.topicName()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (ends.entrySet().stream().anyMatch(end -> isBefore(consumer, end))) {
          for (var record : consumer.poll(Duration.ofMillis(100))) {
            taker.accept(record.value());
          }
        }
      }
    }

    private static boolean isBefore(
        KafkaConsumer<?, ?> consumer, Map.Entry<TopicPartition, Long> end) {
      return consumer.position(end.getKey()) < end.getValue();
    }

    private Books books() throws IOException {
      Map<String, String> jobs = new TreeMap<>();
      long ofJobs = 0;
      for (JobSummary job : reader.jobSummaries()) {
        ofJobs += job.totals().get(JobAmount.TOTAL_MILLIJOULES);
        jobs.put(
            job.job(),
            "%s %s %s %d to %d, peak %d mW, work %s, %s"
                .formatted(
                    job.details().user(),
                    job.details().project(),
                    job.state(),
                    job.times().startEpochMillis(),
                    job.times().endEpochMillis(),
                    job.peakMilliwatts(),
                    job.work().amount(),
                    job.totals()));
      }
      Map<String, String> sites = new TreeMap<>();
      Totals<SiteAmount> nodes = nodesBooks();
      Totals<SiteAmount> devices = devicesBooks();
      long differences = reader.unbalanced(0, ResultReader.END_EPOCH_MILLIS).size();
      for (DeviceKind kind : DeviceKind.values()) {
        SiteAmount measured = SiteAmount.measured(kind);
        differences += Math.abs(nodes.get(measured) - devices.get(measured));
      }
      differences +=
          Math.abs(
              nodes.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                  - devices.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
      for (var site : reader.ledger(0, ResultReader.END_EPOCH_MILLIS).entrySet()) {
        Totals<SiteAmount> totals = site.getValue().copy();
        differences += Math.abs(totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES) - ofJobs);
        differences += Math.abs(reader.jobEnergyMillijoules() - ofJobs);
        if (!totals.equals(nodes)) {
          differences++;
        }
        NOT_COMPARED.forEach(amount -> totals.set(amount, 0));
        sites.put(site.getKey(), totals.toString());
      }
      Map<String, Object> kafka = Map.of("bootstrap.servers", kafka());
      differences += QuarterBooks.ofTopics(kafka).differences().size();
      differences += QuarterBooks.ofStore(store.url()).differences().size();
      return new Books(jobs, sites, differences);
    }

    @Override
    public void close() {
      List<Program> programs = new ArrayList<>(running.values());
      Collections.reverse(programs);
      programs.forEach(Program::close);
      reader.close();
      store.close();
    }
  }

  @Test
  void killedAtRandomMoments_theStoreSaysTheSame() throws Exception {
    System.out.printf("ITCrash: %d kills, seed %d%n", KILLS, SEED);
    Random random = new Random(SEED);
    String since = Instant.ofEpochMilli(System.currentTimeMillis()).toString();
    Duration length = Duration.ofSeconds(20 + KILLS * 6L);
    List<String> parts = List.of("broker", "streams", "store-writer", "simulate");
    Books killed;
    try (Pipeline pipeline = new Pipeline("killed", since, length)) {
      pipeline.program("streams").awaitLine("the topologies run");
      List<String> victims = new ArrayList<>();
      for (int kill = 0; kill < KILLS; kill++) {
        // a random moment: there is nothing to wait for
        long at = System.nanoTime() + (long) (random.nextDouble() * 10e9);
        while (System.nanoTime() < at) {
          pipeline.supervise();
          LockSupport.parkNanos(10_000_000);
        }
        if (victims.isEmpty()) {
          victims.addAll(parts);
          Collections.shuffle(victims, random);
        }
        String victim = victims.removeLast();
        System.out.printf(
            Locale.ROOT,
            "kill %d: %s, %,d readings booked%n",
            kill + 1,
            victim,
            pipeline.booked(SiteAmount.READINGS));
        pipeline.kill(victim);
      }
      killed = pipeline.settle();
    }
    Books undisturbed;
    try (Pipeline pipeline = new Pipeline("undisturbed", since, length)) {
      undisturbed = pipeline.settle();
    }
    System.out.printf("%d jobs; %s%n", killed.jobs.size(), killed.sites);
    assertThat(undisturbed.differences).isZero();
    assertThat(killed.differences).isZero();
    assertThat(undisturbed.jobs).isNotEmpty();
    assertThat(killed.jobs).isEqualTo(undisturbed.jobs);
    assertThat(killed.sites).isEqualTo(undisturbed.sites);
  }
}
