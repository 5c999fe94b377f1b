// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The limit: one thread that reads the batches, and with Avro's generic reader decodes them. */
final class BareConsumer implements Contestant {
  private static final int HEADER = 10;
  private static final Duration POLL = Duration.ofMillis(100);

  private final boolean decoding;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicLong done = new AtomicLong();
  private final Thread thread = Thread.ofPlatform().name("consumer").unstarted(this::run);
  private volatile boolean stopping;

  BareConsumer(String bootstrap, boolean decoding) {
    this.decoding = decoding;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed",
                "max.poll.records",
                5_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  @Override
  public void start() {
    thread.start();
  }

  private void run() {
    try (consumer) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("telemetry").stream()
              .map(info -> new TopicPartition("telemetry", info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema());
      GenericRecord reused = null;
      BinaryDecoder decoder = null;
      while (!stopping) {
        long count = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (decoding) {
            decoder =
                DecoderFactory.get()
                    .binaryDecoder(record.value(), HEADER, record.value().length - HEADER, decoder);
            reused = reader.read(reused, decoder);
          }
          count++;
        }
        done.addAndGet(count);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Schema schema() throws IOException {
    try (InputStream in =
        BareConsumer.class.getResourceAsStream("/io/github/joulestream/schemas/telemetry.avsc")) {
      return new Schema.Parser().parse(in);
    }
  }

  @Override
  public long done() {
    return done.get();
  }

  @Override
  public long measuredMillijoules() {
    return -1;
  }

  @Override
  public long jobMillijoules() {
    return -1;
  }

  @Override
  public void stop() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
