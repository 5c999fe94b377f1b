// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the topic of Slurm's plugin {@code jobcomp/kafka} to {@code jobs}: what the scheduler says
 * of each job. Offsets are committed after Kafka has taken what was made of the records, so after a
 * crash some are told once more, which changes nothing. What is not such a record is kept in {@code
 * dead-letter}, with the reason. Used by one thread.
 */
public final class SlurmJobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SlurmJobs.class);
  private static final String GROUP = "joulestream-slurm-jobs";

  private final String site;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private boolean committed = true;
  private long told;
  private long neverRan;
  private long refused;

  /**
   * @param kafka how to reach the cluster that has the topics and takes the jobs
   * @param topics where the plugin writes
   */
  public SlurmJobs(Map<String, Object> kafka, String site, List<String> topics) {
    this.site = site;
    Map<String, Object> reading = new HashMap<>(kafka);
    reading.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
    reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    reading.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // the plugin's topic may be made by its first job
    reading.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    reading.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000);
    consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    Map<String, Object> writing = new HashMap<>(kafka);
    writing.put(ProducerConfig.ACKS_CONFIG, "all");
    writing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    producer = new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
    consumer.subscribe(topics);
  }

  /**
   * Takes what has come, for at most this long if nothing has.
   *
   * @throws IllegalStateException if Kafka does not take what was made of it
   */
  public void turn(Duration wait) {
    List<Future<?>> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
      sent.addAll(take(record));
      committed = false;
    }
    try {
      for (Future<?> one : sent) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka did not take a job: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    if (!committed) {
      try {
        consumer.commitSync();
        committed = true;
      } catch (CommitFailedException | RetriableException e) {
        // the next commit says as much, or whoever has the partitions now tells it again
        log.info("offsets not committed yet: {}", e.getMessage());
      }
    }
  }

  private List<Future<?>> take(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    try {
      if (value == null) {
        throw new IllegalArgumentException("empty record");
      }
      Optional<JobRecord> job = SlurmRecord.parse(site, value);
      if (job.isEmpty()) {
        neverRan++;
        return List.of();
      }
      told++;
      return List.of(producer.send(record(job.get())));
    } catch (IllegalArgumentException e) {
      if (refused++ == 0) {
        log.warn(
            "refused a record of {}, partition {} offset {}: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            e.getMessage());
      }
      ProducerRecord<byte[], byte[]> letter =
          new ProducerRecord<>(Topic.DEAD_LETTER.topicName(), record.key(), value);
      letter
          .headers()
          .add("reason", String.valueOf(e.getMessage()).getBytes(UTF_8))
          .add("topic", record.topic().getBytes(UTF_8))
          .add("partition", Integer.toString(record.partition()).getBytes(UTF_8))
          .add("offset", Long.toString(record.offset()).getBytes(UTF_8));
      return List.of(producer.send(letter));
    }
  }

  private static ProducerRecord<byte[], byte[]> record(JobRecord job) {
    String topic = Topic.JOBS.topicName();
    return new ProducerRecord<>(
        topic,
        Keys.job(job.site(), job.job()).getBytes(UTF_8),
        WireSerdes.jobs().serializer().serialize(topic, job));
  }

  /** Records of jobs that were passed on. */
  public long told() {
    return told;
  }

  /** Records of jobs that were cancelled before they ran. */
  public long neverRan() {
    return neverRan;
  }

  /** Records that are none. */
  public long refused() {
    return refused;
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
