// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.Progress;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.kafka.KafkaTrouble;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
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
 * <p>What Kafka refuses until somebody acts is another thing than a Kafka that is away ({@link
 * KafkaTrouble}). If only one topic is refused, its records wait in a spool of their own ({@link
 * HeldTopics}) and those of other topics are sent.
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
  private final AtomicReference<@Nullable KafkaTrouble> trouble = new AtomicReference<>();
  private final Map<String, Long> refusalsByReason = new ConcurrentSkipListMap<>();
  private final HeldTopics held;
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

  SpoolingPublisher(Spool spool, HeldTopics held, String address, Connector connector) {
    this(spool, held, address, connector, RecordSigner.NONE);
  }

  SpoolingPublisher(
      Spool spool, HeldTopics held, String address, Connector connector, RecordSigner signer) {
    this.signer = signer;
    this.spool = spool;
    this.held = held;
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
    Spool spool = Spool.open(folder, limitBytes);
    return new SpoolingPublisher(
        spool,
        new HeldTopics(folder, spool, limitBytes, NanoClock.system()),
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
    retryHeld();
    if (chunk.isEmpty()) {
      return true;
    }
    List<Message> free =
        chunk.stream()
            .map(Spool.Entry::message)
            .filter(message -> !held.holds(message.topic()))
            .toList();
    SendFailure failure = free.isEmpty() ? null : send(free);
    if (failure == null) {
      answered(chunk, free.size());
    } else if (failure.isOfTopic()) {
      KafkaTrouble why = count(failure.cause());
      closeProducer();
      held.hold(failure.topic(), why); // the others of the chunk follow in the next turn
    } else if (failure.isOfRecord() && free.size() == 1) {
      refuse(free.getFirst(), failure.cause());
      answered(chunk, 0);
    } else if (failure.isOfRecord()) {
      carefulUntil = chunk.getLast().number() + 1;
    } else {
      failed(failure.cause());
      return stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
    return false;
  }

  /** Tries topics again that Kafka has refused, each from its oldest record on. */
  private void retryHeld() throws InterruptedException {
    for (String topic : held.due()) {
      boolean careful = false;
      boolean taken = true;
      while (taken && stop.getCount() > 0) {
        progress.turned();
        List<Spool.Entry> oldest = held.oldest(topic, CHUNK_BYTES, careful ? 1 : CHUNK_RECORDS);
        if (oldest.isEmpty()) {
          held.release(topic);
          break;
        }
        SendFailure failure = send(oldest.stream().map(Spool.Entry::message).toList());
        if (failure == null) {
          published.addAndGet(oldest.size());
          held.acknowledge(topic, oldest.getLast());
        } else if (failure.isOfRecord()) {
          if (oldest.size() == 1) {
            refuse(oldest.getFirst().message(), failure.cause());
            held.acknowledge(topic, oldest.getLast());
          }
          careful = true;
        } else {
          held.refusedAgain(topic, count(failure.cause()));
          closeProducer();
          taken = false;
        }
      }
    }
  }

  /** Null if Kafka has all of it. */
  @SuppressWarnings("FutureReturnValueIgnored") // the callback takes what comes of it
  private @Nullable SendFailure send(List<Message> messages) throws InterruptedException {
    AtomicReference<@Nullable SendFailure> first = new AtomicReference<>();
    String topic = messages.getFirst().topic();
    try {
      Producer<String, byte[]> to = producer.get();
      if (to == null) {
        to = connector.connect();
        producer.set(to);
      }
      // else the first one fails if Kafka does not answer, and later ones arrive before it
      for (String each : messages.stream().map(Message::topic).distinct().toList()) {
        topic = each;
        to.partitionsFor(each);
      }
      for (Message message : messages) {
        topic = message.topic();
        to.send(
            message.record(signer),
            (_, e) -> {
              if (e != null) {
                first.compareAndSet(null, new SendFailure(message.topic(), e));
              }
            });
      }
      to.flush();
      return first.get();
    } catch (InterruptException e) {
      throw e;
    } catch (ExecutionException e) {
      return new SendFailure(topic, e.getCause() instanceof Exception cause ? cause : e);
    } catch (KafkaException | IllegalStateException e) {
      return new SendFailure(topic, e); // also of a producer that close() has closed meanwhile
    }
  }

  /** What it is, counted by its reason. */
  private KafkaTrouble count(Exception e) {
    failures.incrementAndGet();
    KafkaTrouble what = KafkaTrouble.of(e);
    if (what.needsSomebody()) {
      refusalsByReason.merge(what.kind().label(), 1L, Long::sum);
    }
    return what;
  }

  private void refuse(Message message, Exception e) {
    refused.incrementAndGet();
    log.error(
        "Kafka refuses a record of {} bytes for topic {}, which is dropped: {}",
        message.value().length,
        message.topic(),
        e.getMessage());
  }

  /** All of the chunk is sent, or kept with its topic. */
  private void answered(List<Spool.Entry> chunk, int taken) {
    published.addAndGet(taken);
    for (Spool.Entry entry : chunk) {
      if (held.holds(entry.message().topic())) {
        held.add(entry.message());
      }
    }
    if (taken > 0 && trouble.getAndSet(null) != null) {
      log.warn(
          "Kafka at {} takes records again; {} records in the spool", address, spool.waiting());
    }
    spool.acknowledge(chunk.getLast().number() + 1);
  }

  private void failed(Exception e) {
    KafkaTrouble what = count(e);
    KafkaTrouble before = trouble.getAndSet(what);
    boolean said = before != null && before.kind() == what.kind();
    if (!said && stop.getCount() > 0) {
      if (what.needsSomebody()) {
        log.error("Records wait in the spool until this is mended: {}", what.words());
      } else {
        log.warn("Cannot reach Kafka at {}, records wait in the spool: {}", address, what.words());
      }
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
    return spool.waiting() + held.waiting();
  }

  @Override
  public long dropped() {
    return spool.dropped() + held.dropped();
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
        .show(Metric.SPOOL_BYTES, () -> spool.diskBytes() + held.diskBytes())
        .show(Metric.DROPPED_RECORDS, this::dropped)
        .show(Metric.REFUSED_RECORDS, this::refused)
        .show(Metric.SEND_FAILURES, failures::get)
        .show(Metric.DAMAGED_SEGMENTS, spool::damaged)
        .showIf(Metric.KAFKA_REACHABLE, () -> kafkaTrouble().isEmpty())
        .show(Metric.KAFKA_REFUSALS, "reason", () -> Map.copyOf(refusalsByReason))
        .show(Metric.HELD_RECORDS, "topic", held::waitingByTopic)
        .showIf(Metric.SPOOL_WRITABLE, () -> spoolTrouble().isEmpty());
  }

  /** Why it stopped, if it did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * Its health: bad if it stopped or is stuck; good while Kafka is away; alive and not ready while
   * Kafka refuses what only somebody can mend.
   */
  public Health health() {
    Throwable e = failure.get();
    return e == null
        ? progress.or(refusal().map(Health::needsSomebody).orElse(Health.GOOD))
        : Health.bad("the publisher stopped: " + e.getMessage());
  }

  /** Why Kafka did not take the last records, if so. */
  public Optional<String> kafkaTrouble() {
    return Optional.ofNullable(trouble.get()).map(KafkaTrouble::words);
  }

  /** What keeps records from being sent until somebody acts, and what to do, if so. */
  public Optional<String> refusal() {
    KafkaTrouble all = trouble.get();
    if (all != null && all.needsSomebody()) {
      return Optional.of(all.words());
    }
    Map<String, KafkaTrouble> byTopic = held.troubles();
    return byTopic.isEmpty()
        ? Optional.empty()
        : Optional.of(
            byTopic.entrySet().stream()
                .map(entry ->
                    "records of topic %s wait: %s"
                        .formatted(entry.getKey(), entry.getValue().words()))
                .collect(Collectors.joining("; ")));
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
                .formatted(waiting(), refusal().or(this::kafkaTrouble).orElse("it is slow")));
      }
      if (held.waiting() > 0) {
        throw new UserError(refusal().orElse("records of a topic wait for Kafka"));
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
    long left = waiting();
    spool.close();
    held.close();
    if (left > 0) {
      log.warn("{} records stay in the spool until the next start", left);
    }
  }
}
