// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to Kafka by way of a spool on disk, for agents: records are written there, and sent by
 * a thread of its own, in order, also after Kafka was away. Publishing never waits and never fails.
 * Safe for use by many threads.
 *
 * <p>A record may be sent twice: after a crash, or when Kafka's answer was lost. That is harmless;
 * batches carry their agent's epoch and sequence. It is never overtaken by one that was published
 * later: what is in flight at a time fits in one batch of the producer for each partition, which
 * Kafka appends completely or not at all.
 */
public final class SpoolingPublisher implements Publisher {
  private static final Logger log = LoggerFactory.getLogger(SpoolingPublisher.class);
  private static final int CHUNK_BYTES = 192 << 10;
  private static final int CHUNK_RECORDS = 2_000;
  private static final int BUFFER_BYTES = 4 << 20;
  private static final int REACH_MILLIS = 5_000;
  private static final int DELIVERY_MILLIS = 10_000;
  private static final int RECONNECT_MILLIS = 3_000;
  private static final long PAUSE_MILLIS = 1_000;
  private static final long MAX_PAUSE_MILLIS = 30_000;
  // to connect and to put the schemas there may take Kafka's clients a minute each
  private static final Duration STUCK = Duration.ofMinutes(5);
  private static final Duration FLUSH_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Spool spool;
  private final String address;
  private final Connector connector;
  private final RecordSigner signer;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Progress progress = new Progress("the publisher", STUCK);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable String> away = new AtomicReference<>();
  private final AtomicReference<@Nullable Producer<String, byte[]>> producer =
      new AtomicReference<>();
  private final Thread thread = Thread.ofPlatform().name("publish").unstarted(this::run);
  // records before this one are sent one by one, to find the one that Kafka refuses
  private long carefulUntil;
  private int mistakes;

  /** Makes a producer; called again after it failed, and when a producer is of no more use. */
  interface Connector {
    Producer<String, byte[]> connect() throws ExecutionException, InterruptedException;
  }

  SpoolingPublisher(Spool spool, String address, Connector connector) {
    this(spool, address, connector, RecordSigner.NONE);
  }

  SpoolingPublisher(Spool spool, String address, Connector connector, RecordSigner signer) {
    this.signer = signer;
    this.spool = spool;
    this.address = address;
    this.connector = connector;
    thread.start();
  }

  /**
   * Opens the spool, and begins to send what the last run left in it. Kafka need not be there.
   *
   * @param kafka how to reach the cluster
   * @param clientId begins with {@link KafkaClients#NAME_PREFIX}
   * @param folder of the spool
   * @param limitBytes its greatest size on disk
   * @throws UserError if another agent uses the folder, or if the settings are such that no record
   *     could be sent however long it waits
   */
  public static SpoolingPublisher open(
      KafkaClients kafka, String clientId, Path folder, long limitBytes) {
    return open(kafka, clientId, folder, limitBytes, RecordSigner.NONE);
  }

  /** As {@link #open(KafkaClients, String, Path, long)}; signs each record when it is sent. */
  public static SpoolingPublisher open(
      KafkaClients kafka, String clientId, Path folder, long limitBytes, RecordSigner signer) {
    KafkaClients own = ofProducer(kafka);
    Compressions.check(own.producerConfig(clientId));
    return new SpoolingPublisher(
        Spool.open(folder, limitBytes),
        kafka.bootstrap(),
        () -> own.producer(clientId, new StringSerializer(), new ByteArraySerializer()),
        signer);
  }

  private static KafkaClients ofProducer(KafkaClients kafka) {
    // the JDK's own: others unpack a library of their own into the temporary folder
    return KafkaPublisher.ofProducers(
            kafka.withDefault(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip"))
        // no batch is closed before flush(): see the order that is promised above
        .with(ProducerConfig.LINGER_MS_CONFIG, 1_000)
        .with(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES)
        .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, REACH_MILLIS)
        .with(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REACH_MILLIS)
        .with(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS)
        .with(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS)
        // they are not used, and cost more than the readings
        .with(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "")
        .with(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
  }

  // ---- in

  @Override
  public void publish(TelemetryBatch batch) {
    spool.append(Message.of(batch));
  }

  @Override
  public void publish(AllocationEvent event) {
    spool.append(Message.of(event));
  }

  @Override
  public void publish(JobRecord job) {
    spool.append(Message.of(job));
  }

  @Override
  public void publish(NodeRecord node) {
    spool.append(Message.of(node));
  }

  // ---- out

  private void run() {
    try {
      boolean ended = false;
      while (!ended) {
        try {
          ended = turn();
          mistakes = 0;
        } catch (InterruptException e) {
          throw e;
        } catch (RuntimeException e) {
          // a defect must not stop the sending
          log.error("Records cannot be sent", e);
          failed(e);
          ended = stop.await(pauseMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      log.debug("Stopped while waiting for Kafka", e);
    } catch (Throwable e) {
      // of any kind: an agent that has stopped sending must not report good health
      log.error("Publisher stopped", e);
      failure.set(e);
    } finally {
      closeProducer();
    }
  }

  private long pauseMillis() {
    return Math.min(MAX_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(mistakes++, 10));
  }

  /** Sends a chunk; true if there will be no more. */
  private boolean turn() throws InterruptedException {
    progress.idle();
    List<Spool.Entry> chunk =
        spool.await(CHUNK_BYTES, spool.head() < carefulUntil ? 1 : CHUNK_RECORDS);
    progress.turned();
    if (chunk.isEmpty()) {
      return true;
    }
    Exception e = send(chunk);
    if (e == null) {
      answered(chunk, chunk.size());
    } else if (isRefusal(e) && chunk.size() == 1) {
      refuse(chunk.getFirst().message(), e);
      answered(chunk, 0);
    } else if (isRefusal(e)) {
      carefulUntil = chunk.getLast().number() + 1;
    } else {
      failed(e);
      return stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return false;
  }

  /** Why Kafka did not accept all of it, or null. */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
  private @Nullable Exception send(List<Spool.Entry> chunk) throws InterruptedException {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try {
      Producer<String, byte[]> to = producer.get();
      if (to == null) {
        to = connector.connect();
        producer.set(to);
      }
      // else the first one fails if Kafka does not answer, and later ones arrive before it
      chunk.stream().map(entry -> entry.message().topic()).distinct().forEach(to::partitionsFor);
      for (Spool.Entry entry : chunk) {
        Message message = entry.message();
        to.send(
            message.record(signer),
            (_, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
      }
      to.flush();
      return failure.get();
    } catch (InterruptException e) {
      throw e;
    } catch (ExecutionException e) {
      return e.getCause() instanceof Exception cause ? cause : e;
    } catch (KafkaException | IllegalStateException e) {
      return e; // also of a producer that close() has closed meanwhile
    }
  }

  private static boolean isRefusal(Exception e) {
    return e instanceof RecordTooLargeException
        || e instanceof RecordBatchTooLargeException
        || e instanceof InvalidRecordException
        || e instanceof InvalidTopicException; // what was in the spool was not of this program
  }

  private void refuse(Message message, Exception e) {
    refused.incrementAndGet();
    log.error(
        "Kafka refuses a record of {} bytes for topic {}, which is dropped: {}",
        message.value().length,
        message.topic(),
        e.getMessage());
  }

  private void answered(List<Spool.Entry> chunk, int taken) {
    published.addAndGet(taken);
    if (away.getAndSet(null) != null) {
      log.warn(
          "Kafka at {} can be reached again; {} records in the spool", address, spool.waiting());
    }
    spool.acknowledge(chunk.getLast().number() + 1);
  }

  private void failed(Exception e) {
    failures.incrementAndGet();
    // of a producer that cannot be made the cause has the reason
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    if (away.getAndSet(why) == null && stop.getCount() > 0) {
      log.warn("Cannot reach Kafka at {}, records wait in the spool: {}", address, why);
    }
    spool.force();
    if (!(e instanceof RetriableException)) {
      closeProducer();
    }
  }

  private void closeProducer() {
    Producer<String, byte[]> old = producer.getAndSet(null);
    if (old != null) {
      old.close(Duration.ZERO);
    }
  }

  // ---- figures

  /** Records that Kafka has acknowledged. */
  public long published() {
    return published.get();
  }

  @Override
  public long waiting() {
    return spool.waiting();
  }

  @Override
  public long dropped() {
    return spool.dropped();
  }

  /** Records that Kafka will never accept. */
  public long refused() {
    return refused.get();
  }

  /** Adds its metrics. */
  public void showIn(Metrics metrics) {
    metrics
        .show(Metric.PUBLISHED_RECORDS, this::published)
        .show(Metric.WAITING_RECORDS, this::waiting)
        .show(Metric.SPOOL_BYTES, spool::diskBytes)
        .show(Metric.DROPPED_RECORDS, this::dropped)
        .show(Metric.REFUSED_RECORDS, this::refused)
        .show(Metric.SEND_FAILURES, failures::get)
        .show(Metric.DAMAGED_SEGMENTS, spool::damaged)
        .showIf(Metric.KAFKA_REACHABLE, () -> kafkaTrouble().isEmpty())
        .showIf(Metric.SPOOL_WRITABLE, () -> spoolTrouble().isEmpty());
  }

  /** Why it stopped, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Its health: bad if it stopped or is stuck; good while Kafka is away. */
  public Health health() {
    Throwable e = failure.get();
    return e == null
        ? progress.or(Health.GOOD)
        : Health.bad("the publisher stopped: " + e.getMessage());
  }

  /** Why Kafka could not be reached the last time, if so. */
  public Optional<String> kafkaTrouble() {
    return Optional.ofNullable(away.get());
  }

  /** Why the spool's folder cannot be written to, if so. */
  public Optional<String> spoolTrouble() {
    return spool.trouble();
  }

  /**
   * Returns when Kafka has everything published so far.
   *
   * @throws UserError if it has not within two minutes; the rest stays in the spool
   */
  @Override
  public void flush() {
    try {
      if (!spool.awaitEmpty(FLUSH_LIMIT)) {
        throw new UserError(
            "%d records still wait for Kafka: %s"
                .formatted(spool.waiting(), kafkaTrouble().orElse("it is slow")));
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** Sends for a few seconds what still waits; the rest stays in the spool for the next start. */
  @Override
  public void close() {
    spool.finish();
    try {
      if (!thread.join(kafkaTrouble().isPresent() ? Duration.ofMillis(1) : CLOSE_LIMIT)) {
        stop.countDown();
        closeProducer(); // ends a call that waits for it
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long left = spool.waiting();
    spool.close();
    if (left > 0) {
      log.warn("{} records stay in the spool until the next start", left);
    }
  }
}
