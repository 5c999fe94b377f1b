// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.TopicWatch;
import io.github.joulestream.serve.LaterSites;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.LiveTopics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Live sites of a Kafka that may not be there yet: a thread waits for it, for as long as it takes.
 */
final class LiveFeed implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final KafkaOptions kafka;
  private final EpochClock clock;
  private final LaterSites sites = new LaterSites();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread = Thread.ofPlatform().name("live-feed").daemon().unstarted(this::run);
  private volatile @Nullable LiveTopics live;
  private volatile @Nullable TopicWatch watch;
  private volatile String trouble = "it is being connected to";

  /**
   * @param metrics get its figures
   */
  LiveFeed(KafkaOptions kafka, EpochClock clock, Metrics metrics) {
    this.kafka = kafka;
    this.clock = clock;
    metrics
        .show(Metric.SERVE_LIVE_REFUSED, () -> figure(LiveTopics::refused))
        .show(Metric.JOBS_RUNNING, () -> figure(LiveTopics::jobsRunning));
  }

  private long figure(ToLongFunction<LiveTopics> of) {
    LiveTopics known = live;
    return known == null ? 0 : of.applyAsLong(known);
  }

  /** What is known of them; nothing until Kafka is there. */
  LiveSites sites() {
    return sites;
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      do {
        if (connected()) {
          return;
        }
      } while (!ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // close() ends the waiting
    } catch (Throwable e) {
      failure.set(e);
    }
  }

  private boolean connected() throws InterruptedException {
    try {
      kafka.join();
      LiveTopics made = new LiveTopics(kafka.clients(), clock);
      synchronized (this) {
        if (ended.getCount() == 0) {
          made.close();
          return true;
        }
        watch = TopicWatch.ofRead(kafka.clients(), "serve", LiveTopics.topics()).start();
        live = made;
      }
      made.start();
      sites.become(made);
      return true;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      trouble = String.valueOf(cause.getMessage());
    } catch (UserError | KafkaException e) {
      trouble = String.valueOf(e.getMessage());
    }
    return false;
  }

  /** Alive while it waits, and ready once it has read what there was. */
  Health health() {
    LiveTopics known = live;
    TopicWatch watching = watch;
    if (known == null || watching == null) {
      return Health.starting("Kafka cannot be read: " + trouble);
    }
    Health health = known.health();
    return watching.with(
        health.ready() && !known.caughtUp()
            ? Health.starting("what is in the topics is being read")
            : health);
  }

  /** Why it gave up, if it did. */
  Optional<Throwable> failure() {
    LiveTopics known = live;
    TopicWatch watching = watch;
    Throwable own = failure.get();
    return own != null || known == null || watching == null
        ? Optional.ofNullable(own)
        : watching.failure().or(known::failure);
  }

  /** How it is, in a line. */
  String line() {
    LiveTopics known = live;
    if (known == null) {
      return "waiting for Kafka: " + trouble;
    }
    return String.format(
        Locale.ROOT,
        "%s%s%d sites, %,d jobs run",
        known.health().ready() ? "" : known.health().words() + "; ",
        known.caughtUp() ? "" : "reading what is in the topics; ",
        known.names().size(),
        known.jobsRunning());
  }

  /** What a line is printed for if it changes. */
  String state() {
    LiveTopics known = live;
    return known == null
        ? trouble
        : known.health().ready() + "," + known.caughtUp() + String.join(",", known.names());
  }

  @Override
  public void close() {
    LiveTopics known;
    TopicWatch watching;
    synchronized (this) {
      ended.countDown();
      known = live;
      watching = watch;
    }
    thread.interrupt();
    if (watching != null) {
      watching.close();
    }
    if (known != null) {
      known.close();
    }
  }
}
