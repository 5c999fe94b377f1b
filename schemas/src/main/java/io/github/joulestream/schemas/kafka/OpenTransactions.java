// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.kafka;

import io.github.joulestream.runtime.NanoClock;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
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
  public static final Duration LONG = Duration.ofMinutes(2);

  private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);

  private final NanoClock clock;
  private final Map<TopicPartition, Stop> stops = new HashMap<>();

  /** Where what can be read ends before what has been written, and when that was first seen. */
  private record Stop(long offset, long sinceNanos) {}

  /**
   * What the coordinator knows.
   *
   * @param pending whether it has still to end the transaction
   */
  private record Outcome(boolean pending, String words) {}

  private static final Outcome NOT_KNOWN = new Outcome(false, "outcome not known here");

  /** The clock measures how long a transaction has been open. */
  public OpenTransactions(NanoClock clock) {
    this.clock = clock;
  }

  /**
   * Looks at the partitions once; to be called again and again.
   *
   * @return for each partition with a transaction that has been open for {@link #LONG}, where it
   *     begins and what its outcome was, as far as this user may see it
   */
  public SortedMap<String, String> look(Admin admin, Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, ListOffsetsResultInfo> readable =
        ends(admin, partitions, IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, ListOffsetsResultInfo> written =
        ends(admin, partitions, IsolationLevel.READ_UNCOMMITTED);
    long now = clock.nanos();
    Map<TopicPartition, Stop> next = new HashMap<>();
    readable.forEach((partition, end) -> {
      ListOffsetsResultInfo all = written.get(partition);
      if (all != null && end.offset() < all.offset()) {
        Stop before = stops.get(partition);
        boolean same = before != null && before.offset == end.offset();
        next.put(partition, same ? before : new Stop(end.offset(), now));
      }
    });
    stops.clear();
    stops.putAll(next);
    Map<TopicPartition, Stop> stuck = new HashMap<>(stops);
    stuck.values().removeIf(stop -> now - stop.sinceNanos < LONG.toNanos());
    SortedMap<String, String> found = new TreeMap<>();
    if (!stuck.isEmpty()) {
      Map<TopicPartition, Outcome> outcomes = outcomes(admin, stuck.keySet());
      stuck.forEach((partition, stop) -> {
        Outcome outcome = outcomes.getOrDefault(partition, NOT_KNOWN);
        if (!outcome.pending) {
          found.put(
              partition.toString(), "from offset %d on, %s".formatted(stop.offset, outcome.words));
        }
      });
    }
    return found;
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> ends(
      Admin admin, Collection<TopicPartition> partitions, IsolationLevel isolation)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
    return admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all().get();
  }

  /** What the coordinators know of the transactions; without what this user may not see. */
  private static Map<TopicPartition, Outcome> outcomes(
      Admin admin, Collection<TopicPartition> partitions)
      throws ExecutionException, InterruptedException {
    try {
      Map<TopicPartition, Long> producers = new HashMap<>();
      admin
          .describeProducers(partitions)
          .all()
          .get()
          .forEach((partition, states) ->
              states.activeProducers().stream()
                  .filter(state -> state.currentTransactionStartOffset().isPresent())
                  .min(
                      Comparator.comparingLong((ProducerState state) ->
                          state.currentTransactionStartOffset().getAsLong()))
                  .ifPresent(state -> producers.put(partition, state.producerId())));
      Map<Long, TransactionListing> known =
          admin
              .listTransactions(
                  new ListTransactionsOptions().filterProducerIds(Set.copyOf(producers.values())))
              .all()
              .get()
              .stream()
              .collect(
                  Collectors.toMap(
                      TransactionListing::producerId, Function.identity(), (a, _) -> a));
      Map<TopicPartition, Outcome> outcomes = new HashMap<>();
      for (Map.Entry<TopicPartition, Long> open : producers.entrySet()) {
        TransactionListing transaction = known.get(open.getValue());
        outcomes.put(
            open.getKey(),
            transaction == null
                ? new Outcome(
                    false,
                    "producer %d, which no coordinator knows, or not to this user"
                        .formatted(open.getValue()))
                : outcome(admin, transaction, open.getKey()));
      }
      return outcomes;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        log.debug("This user may not see the transactions of {}", partitions, e);
        return Map.of();
      }
      throw e;
    }
  }

  private static Outcome outcome(
      Admin admin, TransactionListing transaction, TopicPartition partition)
      throws ExecutionException, InterruptedException {
    String id = transaction.transactionalId();
    // the producer may be at a later transaction, elsewhere
    boolean pending =
        transaction.state() == TransactionState.ONGOING
            && admin
                .describeTransactions(List.of(id))
                .description(id)
                .get()
                .topicPartitions()
                .contains(partition);
    return new Outcome(pending, "of %s: %s".formatted(id, transaction.state()));
  }
}
