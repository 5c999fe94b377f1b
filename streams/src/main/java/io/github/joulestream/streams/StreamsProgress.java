// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.streams.KafkaStreams;

/**
 * Whether a topology gets on, by its own figures: a state alone says nothing of a thread that
 * hangs, of a group that never settles, or of records that nobody takes. Asked now and then; what
 * has not changed between two questions has stood still. Safe for many threads.
 */
final class StreamsProgress {
  /** A thread asks Kafka several times a second, also where there is nothing. */
  static final Duration THREAD_LIMIT = Duration.ofMinutes(2);

  /** With records waiting, some are taken. */
  static final Duration LAG_LIMIT = Duration.ofMinutes(5);

  /** While tasks move, groups settle or state is restored. */
  static final Duration REBALANCE_LIMIT = Duration.ofMinutes(10);

  private final String name;
  private final NanoClock clock;
  private final Map<String, Mark> threads = new HashMap<>();
  private final Mark processed = new Mark();
  private final Mark restored = new Mark();

  /**
   * Figures at one moment.
   *
   * @param polls by thread, how often it has asked Kafka for records since it began
   * @param processed records taken by all threads
   * @param read records read by all consumers, also those that restore
   * @param lag records that wait
   */
  record Figures(
      KafkaStreams.State state,
      Map<String, Double> polls,
      double processed,
      double read,
      double lag) {}

  private static final class Mark {
    double value = Double.NaN;
    long changedNanos;

    Duration stoodStill(double now, long nanos) {
      if (now != value) {
        value = now;
        changedNanos = nanos;
      }
      return Duration.ofNanos(nanos - changedNanos);
    }

    void touch(long nanos) {
      changedNanos = nanos;
    }
  }

  StreamsProgress(String name, NanoClock clock) {
    this.name = name;
    this.clock = clock;
  }

  /** How it is. */
  synchronized Health health(Figures figures) {
    long now = clock.nanos();
    Duration unread = restored.stoodStill(figures.read, now);
    if (figures.state != KafkaStreams.State.RUNNING) {
      threads.clear();
      processed.touch(now);
      return switch (figures.state) {
        case CREATED, REBALANCING ->
            unread.compareTo(REBALANCE_LIMIT) >= 0
                ? Health.bad(
                    "%s is %s, and nothing was read or restored for %d min"
                        .formatted(name, figures.state, unread.toMinutes()))
                : Health.starting("starting: %s is %s".formatted(name, figures.state));
        default -> Health.bad(name + " is " + figures.state);
      };
    }
    threads.keySet().retainAll(figures.polls.keySet());
    for (Map.Entry<String, Double> thread : figures.polls.entrySet()) {
      Duration still =
          threads
              .computeIfAbsent(thread.getKey(), _ -> new Mark())
              .stoodStill(thread.getValue(), now);
      if (still.compareTo(THREAD_LIMIT) >= 0) {
        return Health.bad(
            "thread %s hangs: it has not asked Kafka for records for %d min"
                .formatted(thread.getKey(), still.toMinutes()));
      }
    }
    Duration still = processed.stoodStill(figures.processed, now);
    if (figures.lag <= 0) {
      processed.touch(now);
    } else if (still.compareTo(LAG_LIMIT) >= 0) {
      return Health.bad(
          "%s has taken none of %.0f records that wait for %d min"
              .formatted(name, figures.lag, still.toMinutes()));
    }
    return Health.GOOD;
  }
}
