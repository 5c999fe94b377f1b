// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import io.github.joulestream.runtime.Backoff;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.schemas.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers alerts to one target, in a thread of its own: a target that is unavailable does not
 * delay others.
 */
abstract class AlertChannel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AlertChannel.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(15);

  final AlertConsumer consumer;
  final TargetEndpoint endpoint;
  private final String name;
  private final Thread thread;
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable String> unavailability = new AtomicReference<>();
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong deliveredOffset = new AtomicLong(-1);

  /** Closes consumer and endpoint at its end. */
  AlertChannel(String name, AlertConsumer consumer, TargetEndpoint endpoint) {
    this.name = name;
    this.consumer = consumer;
    this.endpoint = endpoint;
    this.thread = Thread.ofPlatform().name("alerts to " + name).unstarted(this::run);
  }

  /** Delivers until the end is asked for. */
  abstract void deliver();

  /**
   * Makes the request for an alert without sending it.
   *
   * @throws RuntimeException if it cannot be made: then the alert is refused
   */
  abstract void make(Alert alert);

  /** Pauses between tries: from 0.5 s to 15 s. */
  static Backoff newBackoff() {
    return new Backoff(FIRST_PAUSE, MAX_PAUSE, new Random());
  }

  private void run() {
    try (consumer;
        endpoint) {
      consumer.subscribe(this::make, this::stopping);
      deliver();
    } catch (Throwable e) {
      // whatever it is: a channel that has stopped must be reported as failed
      log.error("Alert delivery to {} stopped", name, e);
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

  final void countDelivered(long number) {
    delivered.addAndGet(number);
  }

  /** All before this offset was delivered. */
  final void deliveredAllBefore(long offset) {
    deliveredOffset.set(offset);
  }

  final void noteUnavailable(Answer.Unavailable answer) {
    if (unavailability.getAndSet(answer.reason()) == null) {
      log.warn("{} unavailable, retrying: {}", name, answer.reason());
    }
    retries.incrementAndGet();
  }

  final void noteAvailable() {
    if (unavailability.getAndSet(null) != null) {
      log.warn("{} available again", name);
    }
  }

  /** Dead letters that Kafka rejected. */
  final long dropped() {
    return consumer.dropped();
  }

  /** Bad if it stopped or is stuck; not ready if it waits until somebody acts. */
  final Health health() {
    Throwable e = failure.get();
    return e != null
        ? Health.bad("the alert sender stopped: " + e.getMessage())
        : consumer.health().orElse(Health.GOOD);
  }

  /** What is to be known of a channel that works. */
  final List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    String unavailable = unavailability.get();
    if (unavailable != null) {
      remarks.add("%s is unavailable: %s".formatted(name, unavailable));
    }
    long refused = consumer.refused();
    if (refused > 0) {
      remarks.add(
          "%s not delivered to %s since the start; see joulestream dead-letter list --topic alerts"
              .formatted(Quantities.count(refused, "alert"), name));
    }
    return remarks;
  }

  final @Nullable Throwable failure() {
    return failure.get();
  }

  final long deliveredOffset() {
    return deliveredOffset.get();
  }

  final AlertSender.Status status() {
    return new AlertSender.Status(
        name, delivered.get(), consumer.refused(), retries.get(), unavailability.get());
  }

  final void askToStop() {
    stopAsked.countDown();
  }

  @Override
  public final void close() {
    askToStop();
    if (thread.getState() == Thread.State.NEW) {
      consumer.close();
      endpoint.close();
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      // it stops all the same; alerts that are not committed are sent again
      Thread.currentThread().interrupt();
    }
  }
}
