// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds partitions in which a transaction stays open, so that nothing after its first record can be
 * read. A transaction ends by itself: its program ends it, or else Kafka does when it times out. If
 * one stays open for longer than {@link #LONG}, and is not one that its coordinator has still to
 * end, the marker that should have ended it is missing from that partition, and will not come. For
 * one thread.
 */
public final class OpenTransactions {
  /** No time-out of a transaction is as long as this, but for imports into the topic grid. */
  public static final Duration LONG = Duration.ofMinutes(1);

  private static final int LIMIT_MILLIS = 10_000;

  private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);

  private final NanoClock clock;
  private final Map<TopicPartition, Stop> stops = new HashMap<>();

  /** Where what can be read ends before what has been written, and when that was first seen. */
  private record Stop(long offset, long sinceNanos) {}

  /** The clock measures how long a transaction has been open. */
  public OpenTransactions(NanoClock clock) {
    this.clock = clock;
  }

  /**
   * Looks at the partitions once; to be called again and again. A partition that cannot be asked
   * about now is as it was at the last look.
   *
   * @return for each partition with a transaction that has been open for {@link #LONG}, where it
   *     begins and which producer's it is, as far as this user may see it
   */
  public SortedMap<String, String> look(Admin admin, Collection<TopicPartition> partitions)
      throws InterruptedException {
    Map<TopicPartition, Long> readable = ends(admin, partitions, IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> written = ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
    long now = clock.nanos();
    stops.keySet().retainAll(Set.copyOf(partitions));
    for (TopicPartition partition : partitions) {
      Long end = readable.get(partition);
      Long all = written.get(partition);
      if (end == null || all == null) {
        continue;
      }
      Stop before = stops.get(partition);
      if (end >= all) {
        stops.remove(partition);
      } else if (before == null || before.offset != end) {
        stops.put(partition, new Stop(end, now));
      }
    }
    Map<TopicPartition, Stop> stuck = new HashMap<>(stops);
    stuck.values().removeIf(stop -> now - stop.sinceNanos < LONG.toNanos());
    SortedMap<String, String> found = new TreeMap<>();
    if (!stuck.isEmpty()) {
      Map<TopicPartition, Long> producers = producers(admin, stuck.keySet());
      Map<Long, TransactionListing> known = transactions(admin, producers.values());
      for (Map.Entry<TopicPartition, Stop> stop : stuck.entrySet()) {
        Long producer = producers.get(stop.getKey());
        TransactionListing transaction = producer == null ? null : known.get(producer);
        if (transaction == null || !isPending(admin, transaction, stop.getKey())) {
          found.put(
              stop.getKey().toString(),
              "from offset %d on, %s"
                  .formatted(stop.getValue().offset, words(producer, transaction)));
        }
      }
    }
    return found;
  }

  /** The last transaction of a producer need not be the one that is open. */
  private static String words(@Nullable Long producer, @Nullable TransactionListing transaction) {
    if (transaction != null) {
      return "of %s, whose last transaction is %s"
          .formatted(transaction.transactionalId(), transaction.state());
    }
    return producer == null
        ? "of a producer that cannot be seen from here"
        : "of producer %d, which no coordinator knows, or not to this user".formatted(producer);
  }

  private static Map<TopicPartition, Long> ends(
      Admin admin, Collection<TopicPartition> partitions, IsolationLevel isolation)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
    ListOffsetsResult asked =
        admin.listOffsets(latest, new ListOffsetsOptions(isolation).timeoutMs(LIMIT_MILLIS));
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (TopicPartition partition : partitions) {
      ask(asked.partitionResult(partition), "the end of", partition)
          .ifPresent(end -> ends.put(partition, end.offset()));
    }
    return ends;
  }

  /** Whose the first open transaction of each partition is. */
  private static Map<TopicPartition, Long> producers(
      Admin admin, Collection<TopicPartition> partitions) throws InterruptedException {
    DescribeProducersResult asked =
        admin.describeProducers(partitions, new DescribeProducersOptions().timeoutMs(LIMIT_MILLIS));
    Map<TopicPartition, Long> producers = new HashMap<>();
    for (TopicPartition partition : partitions) {
      ask(asked.partitionResult(partition), "producers of", partition)
          .flatMap(states ->
              states.activeProducers().stream()
                  .filter(state -> state.currentTransactionStartOffset().isPresent())
                  .min(
                      Comparator.comparingLong((ProducerState state) ->
                          state.currentTransactionStartOffset().getAsLong())))
          .ifPresent(state -> producers.put(partition, state.producerId()));
    }
    return producers;
  }

  /** The last transactions of producers, as their coordinators know them. */
  private static Map<Long, TransactionListing> transactions(Admin admin, Collection<Long> producers)
      throws InterruptedException {
    if (producers.isEmpty()) {
      return Map.of();
    }
    ListTransactionsOptions options =
        new ListTransactionsOptions()
            .filterProducerIds(Set.copyOf(producers))
            .timeoutMs(LIMIT_MILLIS);
    return ask(admin.listTransactions(options).all(), "transactions of", producers)
        .orElse(List.of())
        .stream()
        .collect(
            Collectors.toMap(TransactionListing::producerId, Function.identity(), (a, _) -> a));
  }

  /** Whether its coordinator has still to end it. The producer may also be at a later one. */
  private static boolean isPending(
      Admin admin, TransactionListing transaction, TopicPartition partition)
      throws InterruptedException {
    String id = transaction.transactionalId();
    return transaction.state() == TransactionState.ONGOING
        && ask(
                admin
                    .describeTransactions(
                        List.of(id), new DescribeTransactionsOptions().timeoutMs(LIMIT_MILLIS))
                    .description(id),
                "transaction",
                id)
            .map(description -> description.topicPartitions().contains(partition))
            .orElse(false);
  }

  /** Empty if it cannot be asked now, or this user may not. */
  private static <T> Optional<T> ask(KafkaFuture<T> answer, String what, Object of)
      throws InterruptedException {
    try {
      return Optional.of(answer.get());
    } catch (ExecutionException e) {
      log.debug("Kafka does not say {} {}", what, of, e);
      return Optional.empty();
    }
  }
}
