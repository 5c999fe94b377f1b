// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.catalogue.Buckets;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.store.Influxd;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.SampleDevices;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.connect.StoreConnection;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.SiteWindowPoint;
import io.github.joulestream.store.writer.StoreWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How fast points come from their topics into a real InfluxDB, against the same points written by
 * the client alone, in turns. A benchmark: only with {@code -Dthroughput.points=200000}.
 */
class ITWriterThroughput {
  private static final int POINTS = Integer.getInteger("throughput.points", 20_000);
  private static final int ROUNDS = Integer.getInteger("throughput.rounds", 3);
  private static final boolean MEASURED = System.getProperty("throughput.points") != null;
  private static final int PARTITIONS = 4;
  private static final int NODES = Integer.getInteger("throughput.nodes", 1_000);
  private static final int BATCH = 5_000;
  private static final long START = System.currentTimeMillis() / 10_000 * 10_000 - 86_400_000;

  @TempDir Path folder;

  private final Random random = new Random(11);

  private <A extends Enum<A>> Totals<A> filled(Totals<A> totals, int amounts) {
    for (int i = 0; i < amounts; i++) {
      totals.set(i, i % 3 == 2 ? 0 : random.nextLong(8_000_000));
    }
    return totals;
  }

  /** Of a site with 200 jobs: in each window of 10 s one of each job and two of the site. */
  private void publish(Map<String, Object> kafka, List<StorePoint> points) {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; points.size() < POINTS; i++) {
        long time = START + i / 200 * 10_000L;
        JobWindow job =
            new JobWindow(
                "site",
                "job" + i % 200,
                time,
                10_000,
                filled(Totals.ofJob(), JobAmount.values().length));
        points.add(JobWindowPoint.of(job));
        send(
            producer,
            Topic.JOB_WINDOW,
            "site/" + job.job(),
            WireSerdes.jobWindows().serializer().serialize("", JobWindows.of(job)));
        if (i % 200 == 0) {
          SiteWindow site =
              new SiteWindow(
                  "site", time, 10_000, filled(Totals.ofSite(), SiteAmount.values().length));
          byte[] value = WireSerdes.siteWindows().serializer().serialize("", site);
          points.add(SiteWindowPoint.of(site));
          send(producer, Topic.SITE_WINDOW, "site", value);
          points.add(LedgerPoint.of(site));
          send(producer, Topic.LEDGER, "site", value);
        }
      }
    }
  }

  /** Of a site with 1,000 nodes: in each window of 10 s one of each node, and of its devices. */
  private void publishNodes(
      Map<String, Object> kafka, List<StorePoint> points, boolean withDevices) {
    SampleDevices samples = new SampleDevices(11);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; points.size() < POINTS; i++) {
        long time = START + i / NODES * 10_000L;
        NodeWindow node =
            new NodeWindow(
                "site",
                "node" + i % NODES,
                time,
                10_000,
                filled(Totals.ofSite(), SiteAmount.values().length),
                i);
        points.add(NodeWindowPoint.of(node));
        send(
            producer,
            Topic.NODE_WINDOW,
            "site/" + node.node(),
            WireSerdes.nodeWindows().serializer().serialize("", NodeWindows.of(node)));
        if (withDevices) {
          DeviceWindow devices = samples.window("site", node.node(), time);
          points.addAll(DeviceWindowPoints.of(devices));
          send(
              producer,
              Topic.DEVICE_WINDOW,
              "site/" + node.node(),
              WireSerdes.deviceWindows().serializer().serialize("", devices));
        }
      }
    }
  }

  /**
   * What the writer and the store need for a point of a node, and of a node and its 15 devices:
   * 1,000 nodes have 100 points a second, and 1,600. The first window makes the series and is not
   * counted. Processor time depends less than the rate on who else uses the machine.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nodesAndDevices_areWrittenNearlyAsFastAsByTheClientAlone(boolean withDevices)
      throws Exception {
    assumeThat(MEASURED).as("a benchmark: -Dthroughput.points=200000 runs it").isTrue();
    int window = NODES * (withDevices ? 1 + SampleDevices.DEVICES : 1);
    assertThat(POINTS).as("more than the first window").isGreaterThan(window + BATCH);
    try (Influxd server = Influxd.start(folder.resolve("influx"));
        EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
      try (Admin admin = Admin.create(kafka)) {
        new TopicAdmin(admin).create(PARTITIONS, (short) 1);
      }
      List<StorePoint> points = new ArrayList<>();
      publishNodes(kafka, points, withDevices);
      double secondsAlone = 0;
      double secondsFromTopics = 0;
      for (int round = 0; round < ROUNDS; round++) {
        double alone = alone(server, points, Math.max(BATCH, window));
        Duration own = ownProcessorTime();
        Duration servers = server.processorTime();
        double written = fromTopics(server, kafka, points.size(), window);
        System.out.printf(
            "%,d points of %,d nodes%s: client alone %,.0f/s, from topics %,.0f/s, ratio %.2f; "
                + "processor time, us per point: writer and broker %.0f, InfluxDB %.0f%n",
            points.size(),
            NODES,
            withDevices ? " and their devices" : "",
            alone,
            written,
            written / alone,
            microseconds(own, ownProcessorTime()) / points.size(),
            microseconds(servers, server.processorTime()) / points.size());
        secondsAlone += 1 / alone;
        secondsFromTopics += 1 / written;
      }
      assertThat(secondsAlone / secondsFromTopics).isGreaterThanOrEqualTo(0.6);
    }
  }

  private static Duration ownProcessorTime() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static double microseconds(Duration from, Duration to) {
    return to.minus(from).toNanos() / 1e3;
  }

  private static void send(
      KafkaProducer<String, byte[]> producer, Topic topic, String key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic.topicName(), key, value));
  }

  private static StoreConnection connect(Influxd server) throws IOException {
    StoreConnection connection =
        StoreConnection.to(server.address(), null, Buckets.named("test-" + UUID.randomUUID()));
    connection.prepare();
    return connection;
  }

  /** Points per second. */
  private static double alone(Influxd server, List<StorePoint> points, int uncounted)
      throws IOException {
    try (PointSink sink = connect(server).sink()) {
      // the start of both
      for (int from = 0; from < uncounted; from += BATCH) {
        sink.write(points.subList(from, Math.min(uncounted, from + BATCH)));
      }
      long start = System.nanoTime();
      for (int from = uncounted; from < points.size(); from += BATCH) {
        sink.write(points.subList(from, Math.min(points.size(), from + BATCH)));
      }
      return (points.size() - uncounted) * 1e9 / (System.nanoTime() - start);
    }
  }

  /**
   * Points per second.
   *
   * @param uncounted points that are stored before the time is taken
   */
  private static double fromTopics(
      Influxd server, Map<String, Object> kafka, int points, int uncounted) throws Exception {
    try (StoreWriter writer =
        new StoreWriter(
            KafkaClients.of(kafka), "throughput", connect(server).sink(), EpochClock.system())) {
      writer.start();
      Await.until("it begins", Duration.ofMinutes(5), () -> writer.pointsWritten() > uncounted);
      long first = writer.pointsWritten();
      long start = System.nanoTime();
      Await.until(
          "all is stored",
          Duration.ofMinutes(5),
          () -> {
            assertThat(writer.failure()).isEmpty();
            return writer.pointsWritten() >= points;
          });
      assertThat(writer.pointsWritten()).isEqualTo(points);
      return (points - first) * 1e9 / (System.nanoTime() - start);
    } finally {
      fromTheStart(kafka);
    }
  }

  /** As if nobody had read the topics. */
  private static void fromTheStart(Map<String, Object> kafka) throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      admin
          .removeMembersFromConsumerGroup(
              StoreWriter.GROUP, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get();
      Map<TopicPartition, OffsetAndMetadata> zero = new HashMap<>();
      for (Topic topic :
          List.of(
              Topic.JOB_WINDOW,
              Topic.SITE_WINDOW,
              Topic.LEDGER,
              Topic.NODE_WINDOW,
              Topic.DEVICE_WINDOW)) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
          zero.put(new TopicPartition(topic.topicName(), partition), new OffsetAndMetadata(0));
        }
      }
      admin.alterConsumerGroupOffsets(StoreWriter.GROUP, zero).all().get();
    }
  }

  @Test
  void fromTopicsToTheStore_isNearlyAsFastAsTheClientAlone() throws Exception {
    assumeThat(MEASURED).as("a benchmark: -Dthroughput.points=200000 runs it").isTrue();
    try (Influxd server = Influxd.shared(folder.resolve("influx"));
        EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
      try (Admin admin = Admin.create(kafka)) {
        new TopicAdmin(admin).create(PARTITIONS, (short) 1);
      }
      List<StorePoint> points = new ArrayList<>();
      publish(kafka, points);
      double secondsAlone = 0;
      double secondsFromTopics = 0;
      for (int round = 0; round < ROUNDS; round++) {
        double alone = alone(server, points, BATCH);
        double written = fromTopics(server, kafka, points.size(), 0);
        secondsAlone += 1 / alone;
        secondsFromTopics += 1 / written;
        System.out.printf(
            "%,d points: client alone %,.0f/s, from topics %,.0f/s, ratio %.2f%n",
            points.size(), alone, written, written / alone);
      }
      double ratio = secondsAlone / secondsFromTopics;
      System.out.printf("from topics to the store against the client alone: %.2f%n", ratio);
      assertThat(ratio).isGreaterThanOrEqualTo(0.8);
    }
  }
}
