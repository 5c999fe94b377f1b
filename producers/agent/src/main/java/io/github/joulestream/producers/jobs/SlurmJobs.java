// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.kafka.ConsumerRefusals;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
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

  /** Kafka has two minutes to take what is sent, and one to commit. */
  private static final Duration STUCK = Duration.ofMinutes(4);

  private static final Duration LETTER_PAUSE = Duration.ofSeconds(1);

  private final String site;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ConsumerRefusals refusals;
  private final Progress progress = new Progress("slurm-jobs", STUCK);
  private boolean committed = true;
  private final AtomicLong told = new AtomicLong();
  private final AtomicLong neverRan = new AtomicLong();

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
    refusals = new ConsumerRefusals(kafka, log::warn);
    consumer.subscribe(topics);
  }

  /** A record of the plugin's, and what becomes of the job made of it. */
  private record Sent(ConsumerRecord<byte[], byte[]> origin, Future<RecordMetadata> job) {}

  /**
   * Takes what has come, for at most this long if nothing has.
   *
   * @param stopAsked true when what waits for Kafka is to give up; then nothing is committed
   * @throws IllegalStateException if Kafka does not take what was made of it
   */
  public void turn(Duration wait, BooleanSupplier stopAsked) {
    progress.turned();
    List<Sent> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
      committed = false;
      try {
        JobRecord job = parse(record);
        if (job == null) {
          neverRan.incrementAndGet();
        } else {
          sent.add(new Sent(record, producer.send(record(job))));
        }
      } catch (RuntimeException | StackOverflowError e) {
        refusals.refuse(record, e);
      }
    }
    sent.forEach(this::await);
    if (!refusals.await(() -> keepPlace(stopAsked))) {
      return;
    }
    consumer.resume(consumer.paused());
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

  /** Null of a job that never ran. */
  private @Nullable JobRecord parse(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      throw new SerializationException("empty record");
    }
    return SlurmRecord.parse(site, record.value()).orElse(null);
  }

  private void await(Sent sent) {
    try {
      sent.job.get();
      told.incrementAndGet();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RecordTooLargeException
          || e.getCause() instanceof RecordBatchTooLargeException
          || e.getCause() instanceof InvalidRecordException) {
        refusals.refuse(
            sent.origin, "Kafka never takes the job made of it: " + e.getCause().getMessage());
      } else {
        throw new IllegalStateException("Kafka did not take a job: " + e.getMessage(), e);
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Waits a moment without reading on, and lets the group know that this one lives. */
  private boolean keepPlace(BooleanSupplier stopAsked) {
    progress.turned();
    consumer.pause(consumer.assignment());
    ConsumerRecords<byte[], byte[]> early = consumer.poll(LETTER_PAUSE);
    // partitions that came with a new assignment are not paused: what they gave is read again
    early
        .partitions()
        .forEach(
            partition -> consumer.seek(partition, early.records(partition).getFirst().offset()));
    return !stopAsked.getAsBoolean();
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
    return told.get();
  }

  /** Records of jobs that were cancelled before they ran. */
  public long neverRan() {
    return neverRan.get();
  }

  /** Records that are none. */
  public long refused() {
    return refusals.refused();
  }

  /** How it is: bad if it is stuck. */
  public Health health() {
    return progress.or(
        refusals
            .trouble()
            .map(why -> Health.good("Kafka does not take dead letters: " + why))
            .orElse(Health.GOOD));
  }

  /** Dead letters of these that Kafka will never take. */
  public long lettersDropped() {
    return refusals.dropped();
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
    refusals.close();
  }
}
