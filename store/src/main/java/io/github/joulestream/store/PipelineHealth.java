// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the pipeline itself does, every 10 s, as points of {@link Measurement#PIPELINE}:
 *
 * <ul>
 *   <li>for each topic, what is written to it;
 *   <li>for each consumer group of ours and each topic it reads, how far it is behind what is
 *       committed there, and how fast it reads: of the topologies, of the store writers, and of
 *       whoever else calls its group {@code joulestream...};
 *   <li>for each store writer, what it stored, and what it could not;
 *   <li>for each site, how old the newest window is that this writer has stored since it started,
 *       and the largest difference of the books in what it stored since the point before.
 * </ul>
 *
 * <p>Measures in a thread of its own, so that Kafka's answers keep nobody waiting; the writer's
 * thread puts the points into the store, between what it writes otherwise. Where several writers
 * run, all measure Kafka, and write the same points.
 */
final class PipelineHealth implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PipelineHealth.class);

  /** What the ids of our consumer groups begin with. */
  private static final String OURS = "joulestream";

  /** Of further sites nothing is said. */
  private static final int MAX_SITES = 1_000;

  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final long EVERY_MILLIS = EVERY.toMillis();

  /** What a writer has done since it started. */
  record Counts(long points, long unreadable, long refusedByStore, long retries) {}

  /** Offsets at a moment: ends of partitions, and behind what each group has done. */
  private record Offsets(
      long nanos,
      Map<TopicPartition, Long> ends,
      SortedMap<String, Map<TopicPartition, Long>> groups) {}

  private final Admin admin;
  private final String instance;
  private final Supplier<Counts> counts;
  private final EpochClock clock;
  private final NanoClock nanos = NanoClock.system();
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<@Nullable List<StorePoint>> measured = new AtomicReference<>();
  // end of the newest window by site, ms
  private final Map<String, Long> newest = new ConcurrentHashMap<>();
  private final Map<String, Long> difference = new ConcurrentHashMap<>();
  private Counts told = new Counts(0, 0, 0, 0);
  private String lastTrouble = "";

  /**
   * @param instance name of the writer
   * @param counts what it has done so far
   */
  PipelineHealth(Admin admin, String instance, Supplier<Counts> counts, EpochClock clock) {
    this.admin = admin;
    this.instance = instance;
    this.counts = counts;
    this.clock = clock;
    thread = Thread.ofPlatform().name("pipeline-probe").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** What was measured and not asked for yet; if nobody asked for long, only the latest. */
  Optional<List<StorePoint>> measured() {
    return Optional.ofNullable(measured.getAndSet(null));
  }

  /** Tells of a point that the store now has. */
  void stored(StorePoint point) {
    String site = point.tags().getOrDefault("site", "");
    if (Math.max(newest.size(), difference.size()) >= MAX_SITES && !newest.containsKey(site)) {
      return;
    }
    switch (point.measurement()) {
      case SITE_WINDOW -> {
        if (Windows.NAME.equals(point.tags().get("window"))) {
          newest.merge(site, point.epochNanos() / 1_000_000 + EVERY_MILLIS, Math::max);
        }
      }
      case LEDGER -> {
        difference.merge(
            site, (Long) point.fields().get("difference_millijoules"), PipelineHealth::farther);
      }
      case JOB_WINDOW, JOB_SUMMARY, NODE_WINDOW, PIPELINE, ALERT, BUDGET -> {
        // say nothing of their own
      }
    }
  }

  private void run() {
    Offsets before = null;
    try {
      do {
        try {
          Offsets now = offsets();
          if (before != null) {
            measured.set(points(before, now));
          }
          before = now;
          lastTrouble = "";
        } catch (ExecutionException | RuntimeException e) {
          // what it cannot ask now it asks again
          String why = String.valueOf(e instanceof ExecutionException ? e.getCause() : e);
          if (stopped.getCount() > 0 && !why.equals(lastTrouble)) {
            log.warn("how the pipeline does cannot be seen: {}", why);
          }
          lastTrouble = why;
        }
      } while (!stopped.await(EVERY_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.debug("interrupted while it asked", e);
    }
  }

  private Offsets offsets() throws ExecutionException, InterruptedException {
    SortedMap<String, Map<TopicPartition, Long>> groups = groups();
    Set<String> topics =
        Arrays.stream(Topic.values()).map(Topic::topicName).collect(Collectors.toSet());
    groups.values().forEach(read -> read.keySet().forEach(p -> topics.add(p.topic())));
    topics.retainAll(admin.listTopics().names().get());
    List<TopicPartition> partitions = new ArrayList<>();
    admin
        .describeTopics(topics)
        .allTopicNames()
        .get()
        .forEach((name, topic) ->
            topic
                .partitions()
                .forEach(info -> partitions.add(new TopicPartition(name, info.partition()))));
    Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
    // who reads a topic and has done nothing of a partition yet has all of it to do
    Set<TopicPartition> untouched = new HashSet<>();
    for (Map<TopicPartition, Long> done : groups.values()) {
      untouchedBy(done, ends.keySet()).forEach(untouched::add);
    }
    Map<TopicPartition, Long> starts = offsets(untouched, OffsetSpec.earliest());
    for (Map<TopicPartition, Long> done : groups.values()) {
      for (TopicPartition partition : untouchedBy(done, ends.keySet())) {
        done.put(partition, starts.getOrDefault(partition, 0L));
      }
    }
    return new Offsets(nanos.nanos(), ends, groups);
  }

  private static List<TopicPartition> untouchedBy(
      Map<TopicPartition, Long> done, Set<TopicPartition> partitions) {
    Set<String> topics =
        done.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    return partitions.stream()
        .filter(partition -> topics.contains(partition.topic()) && !done.containsKey(partition))
        .toList();
  }

  /** Behind what each of our groups has done. */
  private SortedMap<String, Map<TopicPartition, Long>> groups()
      throws ExecutionException, InterruptedException {
    List<String> ids =
        admin.listGroups().all().get().stream()
            .map(GroupListing::groupId)
            .filter(id -> id.startsWith(OURS))
            .toList();
    SortedMap<String, Map<TopicPartition, Long>> groups = new TreeMap<>();
    if (ids.isEmpty()) {
      return groups;
    }
    var all =
        admin.listConsumerGroupOffsets(
            ids.stream()
                .collect(Collectors.toMap(id -> id, _ -> new ListConsumerGroupOffsetsSpec())));
    for (String id : ids) {
      Map<TopicPartition, Long> done = new HashMap<>();
      all.partitionsToOffsetAndMetadata(id)
          .get()
          .forEach((partition, offset) -> {
            if (offset != null) {
              done.put(partition, offset.offset());
            }
          });
      groups.put(id, done);
    }
    return groups;
  }

  /** As consumers see them that read only what is committed. */
  private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    if (!partitions.isEmpty()) {
      admin
          .listOffsets(
              partitions.stream().collect(Collectors.toMap(partition -> partition, _ -> which)),
              new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .all()
          .get()
          .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
    }
    return offsets;
  }

  private List<StorePoint> points(Offsets before, Offsets now) {
    List<StorePoint> points = new ArrayList<>();
    long millis = clock.epochMillis();
    // on a multiple, so that several writers write the same points
    long time = Math.floorDiv(millis, EVERY_MILLIS) * EVERY_MILLIS;
    double seconds = (now.nanos - before.nanos) / 1e9;
    Map<String, Long> written = rise(before.ends, now.ends);
    written.forEach((topic, records) ->
        points.add(
            Points.health(
                "kafka", topic, "", time, Map.of("records_per_second", records / seconds))));
    now.groups.forEach((group, done) -> {
      Map<String, Long> lag = rise(done, now.ends);
      rise(before.groups.getOrDefault(group, done), done)
          .forEach((topic, records) ->
              points.add(
                  Points.health(
                      group,
                      topic,
                      "",
                      time,
                      Map.of(
                          "lag_records",
                          lag.getOrDefault(topic, 0L),
                          "records_per_second",
                          records / seconds))));
    });
    Counts counted = counts.get();
    points.add(
        Points.health(
            instance,
            "",
            "",
            time,
            Map.of(
                "points_per_second",
                (counted.points - told.points) / seconds,
                "unreadable",
                counted.unreadable - told.unreadable,
                "refused_by_store",
                counted.refusedByStore - told.refusedByStore,
                "retries",
                counted.retries - told.retries)));
    told = counted;
    newest.forEach((site, end) -> {
      Long far = difference.remove(site);
      points.add(
          Points.health(
              "store",
              "",
              site,
              time,
              Map.of(
                  "age_millis", millis - end, "difference_millijoules", far == null ? 0L : far)));
    });
    return points;
  }

  /** By topic, how far the partitions that are in both lie apart; never less than 0. */
  private static Map<String, Long> rise(
      Map<TopicPartition, Long> from, Map<TopicPartition, Long> to) {
    Map<String, Long> rise = new TreeMap<>();
    from.forEach((partition, offset) -> {
      Long end = to.get(partition);
      if (end != null) {
        rise.merge(partition.topic(), Math.max(0, end - offset), Long::sum);
      }
    });
    return rise;
  }

  private static long farther(long some, long other) {
    return Math.abs(some) >= Math.abs(other) ? some : other;
  }

  @Override
  public void close() {
    stopped.countDown();
  }
}
