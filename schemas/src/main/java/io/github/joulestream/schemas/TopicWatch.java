// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.kafka.OpenTransactions;
import io.github.joulestream.schemas.kafka.TopicMark;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the topics of a program that runs are still those that it began with. Kafka's clients go
 * on with a topic that was deleted and made again, or was given partitions: with offsets of the old
 * one, and with keys in other partitions than their state. The program ends instead; its next start
 * begins with what is right. In a thread of its own; safe for many threads.
 *
 * <p>A topic that is gone is waited for, and the program is not ready meanwhile. The same holds for
 * a partition in which a transaction stays open: its records cannot be read.
 */
public final class TopicWatch implements AutoCloseable {
  /** Where operators find what to do. */
  public static final String PAGE = "see docs/operations.md, A topic that was deleted or changed";

  private static final String TRANSACTIONS_PAGE =
      "see docs/operations.md, A transaction that Kafka has left open";

  private static final Logger log = LoggerFactory.getLogger(TopicWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int INTERVALS_PER_LOOK_AT_TRANSACTIONS = 3;

  private final Admin admin;
  private final Names names;
  private final Set<String> written;
  private final Consumer<Map<String, TopicMark>> keeper;
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<@Nullable UserError> failure = new AtomicReference<>();
  private final Thread thread;
  private Map<String, TopicMark> known = Map.of();
  private volatile Set<String> gone = Set.of();
  private final OpenTransactions transactions = new OpenTransactions(NanoClock.system());
  private volatile Set<String> open = Set.of();

  /** Which topics there are to look at. */
  @FunctionalInterface
  public interface Names {
    Collection<String> of(Admin admin) throws ExecutionException, InterruptedException;
  }

  /**
   * Looks at nothing before {@link #start}.
   *
   * @param program names its client
   * @param written topics that are only written to: of these another one is as good
   * @param keeper is given the marks of all topics whenever they change
   */
  public TopicWatch(
      KafkaClients kafka,
      String program,
      Names names,
      Set<String> written,
      Consumer<Map<String, TopicMark>> keeper) {
    this.admin = kafka.admin(KafkaClients.NAME_PREFIX + "-" + program + "-topics");
    this.names = names;
    this.written = Set.copyOf(written);
    this.keeper = keeper;
    this.thread = Thread.ofPlatform().name("topic-watch").daemon().unstarted(this::run);
  }

  /** Of topics that are read. */
  public static TopicWatch ofRead(KafkaClients kafka, String program, Collection<String> topics) {
    return new TopicWatch(kafka, program, _ -> topics, Set.of(), _ -> {});
  }

  public TopicWatch start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      long looks = 0;
      do {
        try {
          look();
          if (looks++ % INTERVALS_PER_LOOK_AT_TRANSACTIONS == 0) {
            lookAtTransactions();
          }
        } catch (ExecutionException | KafkaException e) {
          log.debug("Topics could not be looked at", e); // Kafka is away: others say so
        }
      } while (failure.get() == null && !closed.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (UserError e) {
      failure.set(e);
    } catch (Throwable e) {
      failure.set(new UserError("topics cannot be watched: " + e, e));
    }
  }

  private void look() throws ExecutionException, InterruptedException {
    Map<String, TopicMark> now = TopicMark.of(admin, names.of(admin));
    Map<String, TopicMark> next = new TreeMap<>(known);
    Set<String> missing = new TreeSet<>(known.keySet());
    missing.removeAll(now.keySet());
    now.forEach((name, mark) -> {
      TopicMark before = known.get(name);
      if (before != null && mark.partitions() != before.partitions()) {
        fail(
            "topic %s has %d partitions now and had %d: its keys are in other partitions than before; %s"
                .formatted(name, mark.partitions(), before.partitions(), PAGE));
      } else if (before != null && !mark.id().equals(before.id())) {
        if (!written.contains(name)) {
          fail(
              "topic %s was deleted and made again: restart, to read it from its first record; what the old one held and was not read is lost; %s"
                  .formatted(name, PAGE));
        }
        log.warn(
            "Topic {} was deleted and made again: what it held is gone, results from now on are in the new one; {}",
            name,
            PAGE);
      }
      if (!written.contains(name)) {
        checkSingle(name, mark.partitions());
      }
      next.put(name, mark);
    });
    for (String name : missing) {
      errors.warn(name, "Kafka has no topic %s any more; %s".formatted(name, PAGE));
    }
    gone = missing;
    if (failure.get() == null && !next.equals(known)) {
      known = next;
      keeper.accept(next);
    }
  }

  private void lookAtTransactions() throws ExecutionException, InterruptedException {
    SortedMap<String, String> found =
        transactions.look(
            admin,
            known.entrySet().stream()
                .filter(
                    topic -> !written.contains(topic.getKey()) && !gone.contains(topic.getKey()))
                // an import into it may take minutes, and other users cannot see that it is at work
                .filter(topic -> !topic.getKey().equals(Topic.GRID.topicName()))
                .flatMap(topic -> partitions(topic.getKey(), topic.getValue()))
                .toList());
    found.forEach((partition, words) ->
        errors.warn(
            partition,
            "In %s a transaction stays open, %s: what follows cannot be read; %s"
                .formatted(partition, words, TRANSACTIONS_PAGE)));
    open = found.keySet();
  }

  private static Stream<TopicPartition> partitions(String topic, TopicMark mark) {
    return IntStream.range(0, mark.partitions()).mapToObj(i -> new TopicPartition(topic, i));
  }

  /** Records of some topics are in one partition, in their order, and no other is read. */
  private void checkSingle(String name, int partitions) {
    boolean single =
        Arrays.stream(Topic.values())
            .anyMatch(
                topic -> topic.topicName().equals(name) && topic.spread() == Topic.Spread.SINGLE);
    if (single && partitions != 1) {
      fail("topic %s has %d partitions and must have 1; %s".formatted(name, partitions, PAGE));
    }
  }

  private void fail(String line) {
    failure.compareAndSet(null, new UserError(line));
  }

  /** Why the program is to end, if it is. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Not ready, and why, while a topic is gone or a transaction stays open; else as given. */
  public Health with(Health health) {
    UserError e = failure.get();
    if (e != null) {
      return Health.bad(String.valueOf(e.getMessage()));
    }
    if (!health.ok()) {
      return health;
    }
    if (!gone.isEmpty()) {
      return Health.needsSomebody(
          "Kafka has no topic %s any more; %s".formatted(String.join(", ", gone), PAGE));
    }
    return open.isEmpty()
        ? health
        : Health.needsSomebody(
            "a transaction stays open in %s: what follows cannot be read; %s"
                .formatted(String.join(", ", open), TRANSACTIONS_PAGE));
  }

  @Override
  public void close() {
    closed.countDown();
    // nobody waits for what is being asked
    admin.close(Duration.ZERO);
    if (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
