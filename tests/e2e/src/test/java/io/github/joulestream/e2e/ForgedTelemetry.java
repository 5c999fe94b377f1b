// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.e2e.HostileRecords.Hostile;
import io.github.joulestream.e2e.HostileRecords.Kind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Batches in the name of a site's nodes, of the life of their agents, made from what these publish:
 * numbers that are still to come, with nothing in them; and numbers that have come, with other
 * values.
 */
final class ForgedTelemetry implements AutoCloseable {
  private static final int AHEAD = 20;
  private static final int FAR_AHEAD = 1_000_000;

  private final String site;
  private final Random random;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Set<ByteBuffer> forgeries = new HashSet<>();

  ForgedTelemetry(Map<String, Object> kafka, String site, long seed) {
    this.site = site;
    this.random = new Random(seed);
    consumer = new KafkaConsumer<>(kafka, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(Topic.TELEMETRY.topicName()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  /** Batches made from what came since the last time. */
  List<Hostile> next() {
    Map<String, TelemetryBatch> latest = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
      boolean own = record.value() != null && forgeries.contains(ByteBuffer.wrap(record.value()));
      if (!own && record.key() != null && record.key().startsWith(site + "/")) {
        latest.put(
            record.key(),
            WireSerdes.telemetry().deserializer().deserialize(record.topic(), record.value()));
      }
    }
    List<Hostile> forged = new ArrayList<>();
    for (TelemetryBatch batch : latest.values()) {
      if (random.nextInt(2) == 0) {
        forged.add(of(Kind.FORGED_REPEAT, batch, batch.sequence(), otherValues(batch)));
      }
      if (random.nextInt(4) == 0) {
        for (int ahead = 1; ahead <= AHEAD; ahead++) {
          forged.add(of(Kind.FORGED_AHEAD, batch, batch.sequence() + ahead, List.of()));
        }
        // what the node's batches held is not known any more
        forged.add(of(Kind.FORGED_AHEAD, batch, batch.sequence() + FAR_AHEAD, List.of()));
      }
    }
    forged.forEach(one -> forgeries.add(ByteBuffer.wrap(requireNonNull(one.value()))));
    return forged;
  }

  private static Hostile of(
      Kind kind, TelemetryBatch batch, long sequence, List<DeviceSeries> devices) {
    TelemetryBatch forged =
        new TelemetryBatch(batch.site(), batch.node(), batch.agentEpoch(), sequence, devices);
    return new Hostile(
        Topic.TELEMETRY.topicName(),
        kind,
        Keys.node(batch.site(), batch.node()).getBytes(UTF_8),
        WireSerdes.telemetry().serializer().serialize(Topic.TELEMETRY.topicName(), forged));
  }

  /** The same devices and times, half the power. */
  private static List<DeviceSeries> otherValues(TelemetryBatch batch) {
    List<DeviceSeries> series = new ArrayList<>();
    for (DeviceSeries each : batch.devices()) {
      long[] times = each.readings().epochMillis();
      long[] power = new long[times.length];
      for (int row = 0; row < times.length; row++) {
        power[row] = Math.max(0, each.readings().power(row) / 2);
      }
      series.add(new DeviceSeries(each.device(), Readings.ofPower(times, power)));
    }
    return series;
  }

  /** How many were made. */
  int made() {
    return forgeries.size();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
