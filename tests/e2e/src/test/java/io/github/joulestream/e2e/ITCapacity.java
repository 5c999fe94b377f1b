// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.PoolPeaks;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.WireSerdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is stranded, untouched and rentable at a site of four nodes whose figures are worked out
 * here: from telemetry and allocations, over a real broker and the program, to the topics.
 */
class ITCapacity {
  private static final String SITE = "dc1";
  private static final long GIBIBYTE = 1 << 30;
  private static final int GIB = 1 << 10;
  private static final int MINUTE = 60_000;
  private static final long[] NONE = {};
  private static final List<String> NODES = List.of("n0", "n1", "n2", "n3");

  /** Gibibytes of 100 that are used, of n0 to n2; n3 does not report it. */
  private static final long[] USED = {10, 80, 5};

  @TempDir Path folder;
  private EmbeddedKafka broker;
  private KafkaProducer<String, byte[]> producer;
  private KafkaConsumer<String, byte[]> consumer;
  private Program streams;
  private final List<Capacity> capacities = new ArrayList<>();
  private final List<PoolPeaks> peaks = new ArrayList<>();
  private final Map<String, Long> stated = new HashMap<>();
  // a whole minute, lately
  private final long start = System.currentTimeMillis() / MINUTE * MINUTE - 10 * MINUTE;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrap());
    try (Admin admin = Admin.create(kafka)) {
      new TopicAdmin(admin).create(2, (short) 1);
    }
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
    Map<String, Object> committed = new HashMap<>(kafka);
    committed.put("isolation.level", "read_committed");
    consumer =
        new KafkaConsumer<>(committed, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic : List.of(Topic.CAPACITY, Topic.POOL_PEAK, Topic.POWER_SNAPSHOT)) {
      partitions.add(new TopicPartition(topic.topicName(), 0));
      partitions.add(new TopicPartition(topic.topicName(), 1));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    streams =
        Program.start(
            "streams",
            "--kafka",
            broker.bootstrap(),
            "--state",
            folder.resolve("state").toString(),
            "--threads",
            "1",
            "--commit-interval",
            "100ms");
  }

  @AfterEach
  void stop() throws Exception {
    streams.close();
    consumer.close();
    producer.close();
    broker.close();
  }

  private <T> void send(Topic topic, String node, Serde<T> serde, T value) {
    var _ =
        producer.send(
            new ProducerRecord<>(
                topic.topicName(),
                Keys.node(SITE, node),
                serde.serializer().serialize(topic.topicName(), value))); // awaited as a result
  }

  private static DeviceSeries series(
      String id, DeviceKind kind, long capacity, long[] times, long used) {
    long[] power = new long[times.length];
    Arrays.fill(power, kind == DeviceKind.MEMORY ? 50_000 : 10_000);
    long[] usedAt = used < 0 ? NONE : new long[times.length];
    Arrays.fill(usedAt, used);
    return new DeviceSeries(
        Device.sensor(id, kind).withCapacityBytes(capacity),
        new Readings(times, power, NONE, NONE, usedAt, NONE, NONE));
  }

  /** Ten readings of a node, one a second. */
  private void read(int node, int batch) {
    long[] times = new long[10];
    for (int i = 0; i < times.length; i++) {
      times[i] = start + batch * 10_000L + i * 1_000L;
    }
    List<DeviceSeries> devices = new ArrayList<>();
    for (int gpu = 0; gpu < 2 && node < 3; gpu++) {
      devices.add(series("gpu" + gpu, DeviceKind.GPU, 0, times, -1));
    }
    devices.add(
        series(
            "memory",
            DeviceKind.MEMORY,
            100 * GIBIBYTE,
            times,
            node < 3 ? USED[node] * GIBIBYTE : -1));
    devices.add(series("nvme0", DeviceKind.STORAGE, 1_000 * GIBIBYTE, times, 100 * GIBIBYTE));
    send(
        Topic.TELEMETRY,
        NODES.get(node),
        WireSerdes.telemetry(),
        new TelemetryBatch(SITE, NODES.get(node), 1, batch, devices));
  }

  private void hold(String node, NodeShares shares, String... gpus) {
    List<DeviceShare> devices = new ArrayList<>();
    for (String gpu : gpus) {
      devices.add(DeviceShare.whole(gpu));
    }
    send(
        Topic.ALLOCATIONS,
        node,
        WireSerdes.allocations(),
        new AllocationEvent(
            SITE,
            node,
            "job-" + node,
            AllocationEvent.Action.HOLD,
            start - 1_000,
            devices,
            shares,
            2,
            AllocationEvent.Reporter.HOOK));
  }

  private void poll() {
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
      if (record.topic().equals(Topic.CAPACITY.topicName())) {
        assertThat(record.key()).isEqualTo(SITE);
        capacities.add(
            WireSerdes.capacities().deserializer().deserialize(record.topic(), record.value()));
      } else if (record.topic().equals(Topic.POOL_PEAK.topicName())) {
        peaks.add(
            WireSerdes.poolPeaks().deserializer().deserialize(record.topic(), record.value()));
      } else {
        PowerSnapshot snapshot =
            WireSerdes.powerSnapshot().deserializer().deserialize(record.topic(), record.value());
        snapshot
            .nodes()
            .forEach(node -> {
              if (node.capacity() != null) {
                stated.put(node.node(), node.epochMillis());
              }
            });
      }
    }
  }

  private Set<Integer> groups(DeviceKind resource, int size) {
    Set<Integer> groups = new HashSet<>();
    peaks.stream()
        .filter(one -> one.resource() == resource && one.size() == size)
        .forEach(one -> one.groups().forEach(group -> groups.add(group.index())));
    return groups;
  }

  private long need(DeviceKind resource, int size) {
    Map<Integer, Long> highest = new HashMap<>();
    peaks.stream()
        .filter(one -> one.resource() == resource && one.size() == size)
        .forEach(one ->
            one.groups()
                .forEach(group -> highest.merge(group.index(), group.peakMebibytes(), Math::max)));
    return highest.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aSite_hasWhatIsStranded_untouchedAndRentable() throws Exception {
    // all GPUs of n0 and a quarter of its memory; one GPU of n1 and, by it, half of its memory
    hold("n0", new NodeShares(2_500, 0, 0, 0), "gpu0", "gpu1");
    hold("n1", NodeShares.AS_GPUS, "gpu0");
    producer.flush();
    for (int batch = 0; batch < 15; batch++) {
      long last = start + batch * 10_000L + 9_000;
      for (int node = 0; node < NODES.size(); node++) {
        read(node, batch);
      }
      producer.flush();
      Await.until(
          "all nodes state what they have as of " + last,
          () -> {
            poll();
            return NODES.stream().allMatch(node -> stated.getOrDefault(node, 0L) == last);
          });
    }
    Await.until(
        "the second minute is there",
        () -> {
          poll();
          return capacities.stream()
              .anyMatch(one ->
                  one.windowMillis() == MINUTE && one.windowStartEpochMillis() == start + MINUTE);
        });
    Capacity minute =
        capacities.stream()
            .filter(one -> one.windowMillis() == MINUTE)
            .filter(one -> one.windowStartEpochMillis() == start + MINUTE)
            .findFirst()
            .orElseThrow();
    assertThat(minute.times()).isEqualTo(6);
    assertThat(minute.nodes()).isEqualTo(4);
    assertThat(minute.reportingNodes()).isEqualTo(4);
    assertThat(minute.gpus()).isEqualTo(6);
    assertThat(minute.gpusAllocatedBasisPoints()).isEqualTo(30_000);
    assertThat(minute.memory())
        .isEqualTo(
            new SiteCapacity(
                400 * GIB,
                (25 + 50) * GIB,
                // free where all GPUs are taken: n0
                75 * GIB,
                (50 + 100 + 100) * GIB,
                // n3 does not report its use
                300 * GIB,
                (10 + 80 + 5) * GIB,
                (10 + 80 + 5) * GIB,
                // of n0; what n1 uses beyond its half does not hide it
                15 * GIB,
                (30 + 5) * GIB,
                200_000));
    assertThat(minute.storage().strandedMebibytes()).isEqualTo(1_000 * GIB);
    assertThat(minute.storage().allocatedMebibytes()).isEqualTo(500 * GIB);
    assertThat(minute.storage().usedMebibytes()).isEqualTo(400 * GIB);
    assertThat(minute.storage().untouchedMebibytes()).isEqualTo(400 * GIB);
    assertThat(groups(DeviceKind.MEMORY, 1)).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(groups(DeviceKind.STORAGE, 1)).containsExactlyInAnyOrder(0, 1, 2, 3);
    for (int size : new int[] {1, 8, 16, PoolPeaks.ALL}) {
      assertThat(need(DeviceKind.MEMORY, size)).isEqualTo(95 * GIB);
      assertThat(need(DeviceKind.STORAGE, size)).isEqualTo(400 * GIB);
    }
  }
}
