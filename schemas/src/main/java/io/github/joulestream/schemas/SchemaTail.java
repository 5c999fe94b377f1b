// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic {@code schemas} from its beginning and stays at its end, in a daemon thread of
 * its own, so that no thread that processes records reads it. What prevents that (no broker, no
 * topic, no permission) is logged once a minute, and it tries again.
 */
final class SchemaTail implements AutoCloseable {
  /** Schemas it holds: releases times kinds of records; further ones are refused. */
  static final int MAX_SCHEMAS = 1_000;

  /** Bytes of their JSON together: those of a release have less than 70 kB. */
  static final int MAX_BYTES = 16 << 20;

  private static final Logger log = LoggerFactory.getLogger(SchemaTail.class);
  private static final TopicPartition PARTITION = new TopicPartition(Topic.SCHEMAS.topicName(), 0);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final long LOG_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<Long, Schema> accepted = new ConcurrentHashMap<>();
  private final Supplier<Consumer<byte[], byte[]>> connector;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // all below is guarded by the lock
  private long asked;
  private long answered;
  private boolean closed;
  private @Nullable Consumer<byte[], byte[]> open;
  private @Nullable String trouble;

  // of the thread alone
  private final NanoClock clock = NanoClock.system();
  private long loggedNanos = clock.nanos() - LOG_NANOS;
  private int unlogged;
  private long bytes;

  /**
   * Starts it.
   *
   * @param connector makes a consumer that is assigned nothing
   */
  SchemaTail(Supplier<Consumer<byte[], byte[]>> connector) {
    this.connector = connector;
    this.thread = Thread.ofPlatform().daemon().name("schemas").unstarted(this::run);
    thread.start();
  }

  /** The schema with that fingerprint, or null if it was not read so far. */
  @Nullable Schema get(long fingerprint) {
    return accepted.get(fingerprint);
  }

  /**
   * Waits until everything was read that was in the topic when this was called.
   *
   * @return false if that was not done in time
   */
  boolean catchUp(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      long mine = ++asked;
      wakeUp();
      while (answered < mine && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return answered >= mine;
    } finally {
      lock.unlock();
    }
  }

  /** Why it could not read the topic the last time it tried, or null if it could. */
  @Nullable String trouble() {
    lock.lock();
    try {
      return trouble;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      wakeUp();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(CLOSE_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wakeUp() {
    Consumer<byte[], byte[]> consumer = open;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private void run() {
    long pause = MIN_PAUSE_NANOS;
    while (!isClosed()) {
      try (Consumer<byte[], byte[]> consumer = connector.get()) {
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
        setOpen(consumer);
        pause = MIN_PAUSE_NANOS;
        while (!isClosed()) {
          turn(consumer);
        }
      } catch (InterruptException e) {
        log.debug("stopped", e);
        return;
      } catch (KafkaException | IllegalStateException e) {
        failed(e);
        pause(pause);
        pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      } finally {
        setOpen(null);
      }
    }
  }

  /** Reads new schemas, and then answers the requests made before. */
  private void turn(Consumer<byte[], byte[]> consumer) {
    try {
      long upTo = unanswered();
      if (upTo == 0) {
        take(consumer.poll(POLL));
        return;
      }
      Long end = consumer.endOffsets(List.of(PARTITION), ANSWER_LIMIT).get(PARTITION);
      while (end != null && consumer.position(PARTITION, ANSWER_LIMIT) < end && !isClosed()) {
        take(consumer.poll(ANSWER_LIMIT));
      }
      answer(upTo);
    } catch (WakeupException e) {
      log.trace("Requested, or closed", e);
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() == null) {
        continue; // what was read with it once can be read with it still
      }
      try {
        if (record.key() == null) {
          throw new IllegalArgumentException("it has no key");
        }
        Schema schema = ForeignSchema.accept(record.key(), record.value());
        add(schema, record.value().length);
      } catch (RuntimeException | StackOverflowError e) {
        // whatever it is, it is of this entry: the others are read
        warn(
            "the entry at offset %d of the topic %s is left out: %s"
                .formatted(
                    record.offset(),
                    record.topic(),
                    e instanceof IllegalArgumentException ? e.getMessage() : e.toString()));
      }
    }
  }

  private void add(Schema schema, int size) {
    long fingerprint = KnownSchemas.fingerprint(schema);
    if (accepted.containsKey(fingerprint)) {
      return;
    }
    if (accepted.size() >= MAX_SCHEMAS || bytes + size > MAX_BYTES) {
      throw new IllegalArgumentException(
          "%d of %,d bytes are known already".formatted(accepted.size(), bytes));
    }
    accepted.put(fingerprint, schema);
    bytes += size;
  }

  private void failed(RuntimeException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    lock.lock();
    try {
      trouble = why;
    } finally {
      lock.unlock();
    }
    warn(
        "the topic %s cannot be read now, records of other releases may be refused: %s"
            .formatted(Topic.SCHEMAS.topicName(), Bounds.shown(why)));
  }

  /** Logs a line a minute. */
  private void warn(String line) {
    long now = clock.nanos();
    if (now - loggedNanos < LOG_NANOS) {
      unlogged++;
      return;
    }
    log.warn("{}{}", line, unlogged == 0 ? "" : " (and %d lines before)".formatted(unlogged));
    loggedNanos = now;
    unlogged = 0;
  }

  // ---- what others see of it

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void setOpen(@Nullable Consumer<byte[], byte[]> consumer) {
    lock.lock();
    try {
      open = consumer;
    } finally {
      lock.unlock();
    }
  }

  /** Number of the last request, or 0 if all are answered. */
  private long unanswered() {
    lock.lock();
    try {
      return asked > answered ? asked : 0;
    } finally {
      lock.unlock();
    }
  }

  private void answer(long upTo) {
    lock.lock();
    try {
      answered = Math.max(answered, upTo);
      trouble = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pause(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
