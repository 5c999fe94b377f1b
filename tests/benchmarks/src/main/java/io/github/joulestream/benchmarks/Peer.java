// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A peer that is written with Kafka Streams' DSL: the same broker, input, commit interval,
 * guarantee.
 */
@SuppressWarnings("EnumOrdinal") // state of a benchmark lives no longer than its process
final class Peer implements Contestant {
  static final String RESULTS = "peer-results";
  private static final String APPLICATION = "peer";
  private static final int COMMIT_MILLIS = 1_000;

  private final String bootstrap;
  private final Admin admin;
  private final KafkaStreams streams;

  Peer(String bootstrap, Path folder, int threads, Topology topology) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    config.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
    config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    config.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    this.streams = new KafkaStreams(topology, config);
  }

  @Override
  public void start() throws Exception {
    createResults(admin);
    streams.start();
  }

  static void createResults(Admin admin) throws ExecutionException, InterruptedException {
    int partitions =
        admin.describeTopics(List.of("telemetry")).allTopicNames().get().values().stream()
            .mapToInt(topic -> topic.partitions().size())
            .sum();
    admin.createTopics(List.of(new NewTopic(RESULTS, partitions, (short) 1))).all().get();
  }

  @Override
  public long done() throws Exception {
    return Topics.done(admin, APPLICATION);
  }

  @Override
  public long measuredMillijoules() {
    return measuredMillijoules(bootstrap);
  }

  /** Of the windows in the topic of results, each as last emitted. */
  static long measuredMillijoules(String bootstrap) {
    Map<String, Long> windows = new HashMap<>();
    Topics.read(
        bootstrap,
        RESULTS,
        record ->
            windows.put(
                new String(record.key(), StandardCharsets.UTF_8),
                ByteBuffer.wrap(record.value()).getLong()));
    return windows.values().stream().mapToLong(Long::longValue).sum() / 1_000;
  }

  @Override
  public long jobMillijoules() {
    return -1;
  }

  @Override
  public void stop() {
    streams.close();
    admin.close();
  }

  // ---- what both topologies use

  /** A reading by itself. */
  record Reading(String site, DeviceKind kind, long epochMillis, long microjoules) {}

  /** The last reading of a device, and by how much its counter rose then. */
  record Energy(
      String site, String kind, long epochMillis, long microjoules, long stepMicrojoules) {
    static final Energy NONE = new Energy("", "", 0, -1, 0);

    Energy next(Reading reading) {
      return new Energy(
          reading.site,
          reading.kind.name(),
          reading.epochMillis,
          reading.microjoules,
          microjoules < 0 ? 0 : reading.microjoules - microjoules);
    }

    /** With the step before and this one. */
    Energy plus(Reading reading) {
      Energy next = next(reading);
      return new Energy(
          next.site,
          next.kind,
          next.epochMillis,
          next.microjoules,
          stepMicrojoules + next.stepMicrojoules);
    }

    Energy emitted() {
      return new Energy(site, kind, epochMillis, microjoules, 0);
    }
  }

  /** The same of all devices of a node; the steps are those of the last batch. */
  record NodeEnergy(Map<String, Energy> devices) {
    static NodeEnergy empty() {
      return new NodeEnergy(Map.of());
    }

    NodeEnergy next(TelemetryBatch batch) {
      Map<String, Energy> all = new LinkedHashMap<>();
      devices.forEach((id, energy) -> all.put(id, energy.emitted()));
      each(
          batch,
          (device, reading) ->
              all.put(device.id(), all.getOrDefault(device.id(), Energy.NONE).plus(reading)));
      return new NodeEnergy(all);
    }
  }

  static void each(TelemetryBatch batch, BiConsumer<Device, Reading> taker) {
    for (DeviceSeries series : batch.devices()) {
      Readings readings = series.readings();
      for (int row = 0; row < readings.size(); row++) {
        taker.accept(
            series.device(),
            new Reading(
                batch.site(),
                series.device().kind(),
                readings.epochMillis()[row],
                readings.energy(row)));
      }
    }
  }

  /** The telemetry, at the time of each batch's first reading. */
  static KStream<String, TelemetryBatch> batches(StreamsBuilder builder) {
    return builder.stream(
        "telemetry",
        Consumed.with(Serdes.String(), telemetry()).withTimestampExtractor(byReading()));
  }

  private static TimestampExtractor byReading() {
    return (record, _) ->
        ((TelemetryBatch) record.value()).devices().getFirst().readings().epochMillis()[0];
  }

  static Serde<TelemetryBatch> telemetry() {
    return WireSerdes.telemetry();
  }

  static Serde<Reading> readings() {
    return serde(
        reading -> {
          byte[] site = reading.site.getBytes(StandardCharsets.UTF_8);
          return ByteBuffer.allocate(17 + site.length)
              .put((byte) reading.kind.ordinal())
              .putLong(reading.epochMillis)
              .putLong(reading.microjoules)
              .put(site)
              .array();
        },
        bytes -> {
          DeviceKind kind = DeviceKind.values()[bytes.get()];
          long time = bytes.getLong();
          long energy = bytes.getLong();
          return new Reading(rest(bytes, bytes.remaining()), kind, time, energy);
        });
  }

  static Serde<Energy> energies() {
    return serde(
        energy -> {
          ByteBuffer out = ByteBuffer.allocate(64 + energy.site.length());
          write(energy, out);
          return taken(out);
        },
        Peer::readEnergy);
  }

  static Serde<NodeEnergy> nodeEnergies() {
    return serde(
        node -> {
          ByteBuffer out = ByteBuffer.allocate(16 + 128 * node.devices.size());
          out.putInt(node.devices.size());
          node.devices.forEach((id, energy) -> {
            write(id, out);
            write(energy, out);
          });
          return taken(out);
        },
        bytes -> {
          Map<String, Energy> devices = new LinkedHashMap<>();
          for (int left = bytes.getInt(); left > 0; left--) {
            devices.put(rest(bytes, bytes.get()), readEnergy(bytes));
          }
          return new NodeEnergy(devices);
        });
  }

  private static void write(Energy energy, ByteBuffer out) {
    write(energy.site, out);
    write(energy.kind, out);
    out.putLong(energy.epochMillis).putLong(energy.microjoules).putLong(energy.stepMicrojoules);
  }

  private static void write(String text, ByteBuffer out) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.put((byte) bytes.length).put(bytes);
  }

  private static Energy readEnergy(ByteBuffer bytes) {
    return new Energy(
        rest(bytes, bytes.get()),
        rest(bytes, bytes.get()),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong());
  }

  private static String rest(ByteBuffer bytes, int length) {
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] taken(ByteBuffer out) {
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static <T> Serde<T> serde(Function<T, byte[]> writer, Function<ByteBuffer, T> reader) {
    return Serdes.serdeFrom(
        (_, value) -> value == null ? null : writer.apply(value),
        (_, bytes) -> bytes == null ? null : reader.apply(ByteBuffer.wrap(bytes)));
  }
}
