// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.schemas.Alert;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one target of alerts, in a thread of its own: one that is away does not keep others
 * waiting.
 */
abstract class AlertChannel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertChannel.class);

  final AlertConsumer feed;
  final Endpoint endpoint;
  private final String name;
  private final Thread thread;
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private final AtomicLong told = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong toldOffset = new AtomicLong(-1);

  /** Closes both at its end. */
  AlertChannel(String name, AlertConsumer feed, Endpoint endpoint) {
    this.name = name;
    this.feed = feed;
    this.endpoint = endpoint;
    this.thread = Thread.ofPlatform().name("alerts to " + name).unstarted(this::run);
  }

  /** Tells until the end is asked for. */
  abstract void tell();

  /**
   * Makes what the target would be sent of an alert, and drops it.
   *
   * @throws RuntimeException if that cannot be made: then the alert is refused
   */
  abstract void make(Alert alert);

  private void run() {
    try (feed;
        endpoint) {
      feed.subscribe(this::make, this::stopping);
      tell();
    } catch (Throwable e) {
      // whatever it is: a program that does nothing any more must not look well
      log.error("{} is told of nothing any more", name, e);
      failure.set(e);
    }
  }

  final void start() {
    thread.start();
  }

  final String name() {
    return name;
  }

  final boolean stopping() {
    return stopAsked.getCount() == 0;
  }

  final void countTold(long number) {
    told.addAndGet(number);
  }

  /** All before this offset was told of. */
  final void toldAllBefore(long offset) {
    toldOffset.set(offset);
  }

  final void isAway(Answer.Away away) {
    if (trouble.getAndSet(away.why()) == null) {
      log.warn("{} is away, trying until it is back: {}", name, away.why());
    }
    retries.incrementAndGet();
  }

  final void isThere() {
    if (trouble.getAndSet(null) != null) {
      log.warn("{} is back", name);
    }
  }

  /** Dead letters that Kafka will never take. */
  final long dropped() {
    return feed.dropped();
  }

  /** Says that it is stuck and since when, if it is. */
  final Optional<String> stuck() {
    return feed.stuck();
  }

  final @Nullable Throwable failure() {
    return failure.get();
  }

  final long toldOffset() {
    return toldOffset.get();
  }

  final AlertSender.Status status() {
    return new AlertSender.Status(name, told.get(), feed.refused(), retries.get(), trouble.get());
  }

  final void askToStop() {
    stopAsked.countDown();
  }

  @Override
  public final void close() {
    askToStop();
    if (thread.getState() == Thread.State.NEW) {
      feed.close();
      endpoint.close();
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      // it stops all the same; what it has not committed it tells again
      Thread.currentThread().interrupt();
    }
  }
}
