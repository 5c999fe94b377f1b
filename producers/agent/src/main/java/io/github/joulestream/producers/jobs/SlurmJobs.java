// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.AtLeastOnceConsumer;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the completion records of Slurm's plugin {@code jobcomp/kafka} and publishes them as
 * jobs. Offsets are committed after Kafka has acknowledged the jobs, so after a crash some are
 * published once more, which changes nothing. What is not such a record is refused and kept in
 * {@code dead-letter}, with the reason. Used by one thread.
 */
public final class SlurmJobs implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SlurmJobs.class);

  /** The consumer group of all instances. */
  public static final String GROUP = "joulestream-slurm-jobs";

  /** Kafka has two minutes to acknowledge what is sent, and one to commit. */
  private static final Duration STUCK = Duration.ofMinutes(4);

  private final String site;
  private final RecordSigner signer;
  private final AtLeastOnceConsumer consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Progress progress = new Progress("slurm-jobs", STUCK);
  private boolean committed = true;
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong neverRan = new AtomicLong();

  /**
   * @param kafka configuration of clients of the cluster with the topics and the jobs
   * @param topics where the plugin writes
   * @param signer signs the jobs
   */
  public SlurmJobs(KafkaClients kafka, String site, List<String> topics, RecordSigner signer) {
    this.signer = signer;
    this.site = site;
    consumer =
        new AtLeastOnceConsumer(
            kafka,
            GROUP,
            // the plugin's topic may be made by its first job
            Map.of(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 10_000),
            progress,
            log::warn);
    producer = kafka.producer(GROUP, new ByteArraySerializer(), new ByteArraySerializer());
    consumer.subscribe(topics, AtLeastOnceConsumer.RebalanceListener.NONE);
  }

  /** A record of the plugin, and the acknowledgement of the job made of it. */
  private record Sent(ConsumerRecord<byte[], byte[]> origin, Future<RecordMetadata> job) {}

  /**
   * Consumes the records that are there; waits for at most this long if there are none.
   *
   * @param stopAsked true when what waits for Kafka is to give up; then nothing is committed
   * @throws IllegalStateException if Kafka does not acknowledge a job
   */
  public void turn(Duration wait, BooleanSupplier stopAsked) {
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
        consumer.refuse(record, e);
      }
    }
    sent.forEach(this::await);
    if (!consumer.awaitDeadLetters(stopAsked)) {
      return;
    }
    if (!committed) {
      committed = consumer.commit();
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
      published.incrementAndGet();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RecordTooLargeException
          || e.getCause() instanceof RecordBatchTooLargeException
          || e.getCause() instanceof InvalidRecordException) {
        consumer.refuse(
            sent.origin, "Kafka never accepts the job made of it: " + e.getCause().getMessage());
      } else {
        throw new IllegalStateException("Kafka did not accept a job: " + e.getMessage(), e);
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private ProducerRecord<byte[], byte[]> record(JobRecord job) {
    String topic = Topic.JOBS.topicName();
    String key = Keys.job(job.site(), job.job());
    byte[] value = WireSerdes.jobs().serializer().serialize(topic, job);
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
    signer.sign(topic, key, value, record.headers());
    return record;
  }

  /** Records of jobs that were published. */
  public long published() {
    return published.get();
  }

  /** Records of jobs that were cancelled before they ran. */
  public long neverRan() {
    return neverRan.get();
  }

  /** Records that are none. */
  public long refused() {
    return consumer.refusals().refused();
  }

  /** How it is: bad if it is stuck. */
  public Health health() {
    return progress.or(consumer.refusals().health().orElse(Health.GOOD));
  }

  /** Dead letters of these that Kafka will never accept. */
  public long lettersDropped() {
    return consumer.refusals().dropped();
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
  }
}
