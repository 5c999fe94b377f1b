// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * How many records of nodes the watch over a site takes in with thousands of budgets: a site whose
 * nodes say every second what they draw, all of it on the topic before the watch begins, so that it
 * works as fast as it can. One site is one task, and so one thread.
 */
final class Alerting {
  private static final String SITE = "site";
  private static final int RACK = 32;
  private static final int JOB_NODES = 2;
  private static final int USERS = 2_500;
  private static final int PROJECTS = 500;
  private static final int PER_RECORD = 2_000;
  private static final String END = "the-end";

  private final Settings settings;
  private final Random random = new Random(1);

  private Alerting(Settings settings) {
    this.settings = settings;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("How many records of nodes the watch over budgets takes in.")
            .with("nodes", "10000", "nodes of the site, each with records every second")
            .with("budgets", "10000", "of racks, jobs, users and projects, and one of the site")
            .with("seconds", "120", "of the site's time")
            .with("warmup", "20", "of these that are not measured")
            .with("partitions", "4", "of the topics")
            .withCommon()
            .read(args);
    new Alerting(settings).run();
  }

  private void run() throws Exception {
    try (Bench bench = new Bench(settings)) {
      String bootstrap = bench.broker();
      int nodes = settings.number("nodes");
      int seconds = settings.number("seconds");
      int warmup = settings.number("warmup");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        new TopicAdmin(admin).create(settings.number("partitions"), (short) 1);
      }
      int set = preload(bootstrap, nodes, seconds, warmup);
      StreamsSettings streams =
          StreamsSettings.of(KafkaClients.of(bootstrap), bench.folder("alerts"))
              .commitInterval(Duration.ofMillis(200));
      NanoClock clock = NanoClock.system();
      try (StreamsApplication program = StreamsApplication.alerts(streams);
          Ends ends = new Ends(bootstrap)) {
        program.start();
        program.awaitReady();
        ends.await("job=" + END + "-warm");
        long beganNanos = clock.nanos();
        long beganCpu = cpuNanos();
        ends.await("job=" + END);
        double wall = (clock.nanos() - beganNanos) / 1e9;
        double cpu = (cpuNanos() - beganCpu) / 1e9;
        long records = (long) nodes * (seconds - warmup);
        ObjectNode result = Bench.object();
        result.put("nodes", nodes);
        result.put("budgets", set);
        result.put("records", records);
        result.put("wall_s", wall);
        result.put("cpu_s", cpu);
        result.put("records_per_s", records / wall);
        result.put("records_per_cpu_s", records / cpu);
        result.put("alerts", ends.alerts());
        Bench.say(
            "%,d nodes, %,d budgets: %,d records of nodes in %.1f s (%.1f s CPU): %,.0f/s, %.1f times"
                + " real time; %,d alerts emitted",
            nodes,
            set,
            records,
            wall,
            cpu,
            records / wall,
            (seconds - warmup) / wall,
            ends.alerts());
        bench.report(result);
      }
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  // ---- what is on the topics

  private int preload(String bootstrap, int nodes, int seconds, int warmup) {
    try (Feed feed = new Feed(bootstrap)) {
      int jobs = nodes / JOB_NODES;
      int racks = (nodes + RACK - 1) / RACK;
      List<Scope> scopes = new ArrayList<>(List.of(Scope.SITE));
      for (int rack = 0; rack < racks; rack++) {
        scopes.add(Scope.nodes("rack", "r" + rack));
      }
      for (int job = 0; job < jobs; job++) {
        scopes.add(Scope.job("job-" + job));
        send(feed, job("job-" + job, job));
      }
      for (int i = 0; scopes.size() < settings.number("budgets"); i++) {
        scopes.add(i % 2 == 0 ? Scope.user("user-" + i / 2) : Scope.project("project-" + i / 2));
      }
      int set = Math.min(scopes.size(), settings.number("budgets"));
      for (int i = 0; i < set; i++) {
        send(feed, budget("budget-" + i, scopes.get(i), limit(scopes.get(i), nodes)));
      }
      send(feed, budget("warm", Scope.job(END + "-warm"), 1));
      send(feed, budget("end", Scope.job(END), 1));
      for (int node = 0; node < nodes; node++) {
        NodeRecord record =
            new NodeRecord(
                SITE, "n" + node, 0, "", Map.of("rack", "r" + node / RACK), 0, 0, List.of());
        feed.send(
            Topic.NODES,
            Keys.node(SITE, record.node()),
            WireSerdes.nodes().serializer().serialize("nodes", record));
      }
      feed.flush();
      long start = EpochClock.system().epochMillis() - 1_000L * seconds;
      for (int second = 0; second < seconds; second++) {
        long now = start + 1_000L * second;
        for (int from = 0; from < nodes; from += PER_RECORD) {
          List<NodePower> records = new ArrayList<>();
          for (int node = from; node < Math.min(nodes, from + PER_RECORD); node++) {
            records.add(power("n" + node, now, "job-" + node / JOB_NODES));
          }
          if (from + PER_RECORD >= nodes && second == warmup) {
            records.add(power("warm", now, END + "-warm"));
          }
          if (from + PER_RECORD >= nodes && second == seconds - 1) {
            records.add(power("end", now, END));
          }
          PowerSnapshot live = new PowerSnapshot(SITE, 0, now, records);
          feed.send(
              Topic.POWER_SNAPSHOT,
              SITE,
              WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live));
        }
      }
      feed.flush();
      return set;
    }
  }

  private NodePower power(String node, long now, String job) {
    long gpus = 4_000_000L + random.nextInt(1_000_000);
    long rest = 600_000;
    return new NodePower(
        node,
        now,
        gpus + rest,
        List.of(gpus, rest / 2, rest / 4, rest / 4, 0L, 0L),
        rest,
        List.of(new JobPower(job, gpus, 80_000, 72_000)),
        List.of());
  }

  /**
   * A fifth more than what a scope draws on the mean; of one in ten, and of the site, just that.
   */
  private static long limit(Scope scope, int nodes) {
    long job = JOB_NODES * 4_500_000L;
    long mean =
        switch (scope.kind()) {
          case SITE -> nodes * 5_100_000L;
          case NODES -> RACK * 5_100_000L;
          case USER -> Math.max(1, nodes / JOB_NODES / USERS) * job;
          case PROJECT -> Math.max(1, nodes / JOB_NODES / PROJECTS) * job;
          default -> job;
        };
    boolean tight =
        scope.kind() == Scope.Kind.SITE || Math.floorMod(scope.name().hashCode(), 10) == 0;
    return tight ? mean : mean * 13 / 10;
  }

  private static Budget budget(String id, Scope scope, long milliwatts) {
    return Budget.of(SITE, id, scope, new PowerLimit(milliwatts));
  }

  private static void send(Feed feed, Budget budget) {
    feed.send(
        Topic.BUDGETS,
        Keys.budget(SITE, budget.id()),
        WireSerdes.budgets().serializer().serialize("budgets", budget));
  }

  private static JobRecord job(String job, int number) {
    return new JobRecord(
        SITE,
        job,
        new JobDetails("user-" + number % USERS, "project-" + number % PROJECTS, "", "", Map.of()),
        JobSpan.openSince(0),
        JobState.RUNNING,
        JobWork.NONE,
        0);
  }

  private static void send(Feed feed, JobRecord job) {
    feed.send(
        Topic.JOBS,
        Keys.job(SITE, job.job()),
        WireSerdes.jobs().serializer().serialize("jobs", job));
  }

  /** Sends, and does not let a failure pass. */
  private static final class Feed implements AutoCloseable {
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final KafkaProducer<String, byte[]> producer;

    Feed(String bootstrap) {
      producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", bootstrap, "compression.type", "lz4", "linger.ms", 20),
              new StringSerializer(),
              new ByteArraySerializer());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
    void send(Topic topic, String key, byte[] value) {
      producer.send(
          new ProducerRecord<>(topic.topicName(), key, value),
          (_, e) -> {
            if (e != null) {
              failure.set(e);
            }
          });
    }

    void flush() {
      producer.flush();
      Exception e = failure.get();
      if (e != null) {
        throw new IllegalStateException("a record was not sent", e);
      }
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  /** Waits for alerts that say how far the watch is. */
  private static final class Ends implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(7);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Set<String> scopes = new HashSet<>();
    private long alerts;

    Ends(String bootstrap) {
      Map<String, Object> config = new HashMap<>();
      config.put("bootstrap.servers", bootstrap);
      config.put("isolation.level", "read_committed");
      consumer =
          new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      List<TopicPartition> partitions = List.of(new TopicPartition(Topic.ALERTS.topicName(), 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    void await(String scope) {
      NanoClock clock = NanoClock.system();
      long end = clock.nanos() + LIMIT.toNanos();
      while (!scopes.contains(scope)) {
        if (clock.nanos() - end > 0) {
          throw new IllegalStateException("no alert for " + scope + " within " + LIMIT);
        }
        consumer
            .poll(Duration.ofMillis(50))
            .forEach(record -> {
              Alert alert = WireSerdes.alerts().deserializer().deserialize("", record.value());
              alerts++;
              scopes.add(alert.scope());
            });
      }
    }

    long alerts() {
      return alerts;
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
