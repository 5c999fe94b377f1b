// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.health;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.kafka.TopicOffsets;
import io.github.joulestream.store.StorePoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Figures of the pipeline itself, every 10 s, as points of {@link Measurement#PIPELINE}:
 *
 * <ul>
 *   <li>for each topic, the rate at which records are written;
 *   <li>for each consumer group whose name starts with {@code joulestream} and each topic that it
 *       reads, its lag behind what is committed there, and its rate;
 *   <li>for each store writer, the points that it stored and the records that it could not;
 *   <li>for each site, the age of the newest window that this writer has stored since it started,
 *       and the largest difference of a balance in what it stored since the last point.
 * </ul>
 *
 * <p>Measures in a thread of its own, so that Kafka's answers delay nothing else; the writer's
 * thread puts the points into the store, between its other points. Where several writers run, all
 * measure Kafka and write the same points.
 */
public final class PipelineHealth implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PipelineHealth.class);

  /** Prefix of the names of our consumer groups. */
  private static final String GROUP_PREFIX = "joulestream";

  /** Further sites have no figures. */
  private static final int MAX_SITES = 1_000;

  private static final long INTERVAL_MILLIS = 10_000;

  /** Numbers of a writer since it started. */
  public record Counts(long points, long unreadable, long refusedByStore, long retries) {}

  /** Offsets at a moment: ends of partitions, and what each group has committed. */
  private record Offsets(
      long nanos,
      Map<TopicPartition, Long> ends,
      SortedMap<String, Map<TopicPartition, Long>> groups) {}

  private final Admin admin;
  private final TopicOffsets offsets;
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
  private Counts reported = new Counts(0, 0, 0, 0);
  private String lastTrouble = "";

  /**
   * @param instance name of the writer
   * @param counts its numbers so far
   */
  public PipelineHealth(Admin admin, String instance, Supplier<Counts> counts, EpochClock clock) {
    this.admin = admin;
    this.offsets = new TopicOffsets(admin);
    this.instance = instance;
    this.counts = counts;
    this.clock = clock;
    thread = Thread.ofPlatform().name("pipeline-health").daemon().unstarted(this::run);
  }

  /** Measures from now on. */
  public void start() {
    thread.start();
  }

  /**
   * Points that were measured and not taken yet; only the latest if they were not taken for long.
   */
  public Optional<List<StorePoint>> takePoints() {
    return Optional.ofNullable(measured.getAndSet(null));
  }

  /** Adds a point that the store now has. */
  public void stored(StorePoint point) {
    String site = point.tags().getOrDefault("site", "");
    if (Math.max(newest.size(), difference.size()) >= MAX_SITES && !newest.containsKey(site)) {
      return;
    }
    switch (point.measurement()) {
      case SITE_WINDOW -> {
        if (Windows.NAME.equals(point.tags().get(Measurement.WINDOW))) {
          newest.merge(site, point.epochNanos() / 1_000_000 + Windows.MILLIS, Math::max);
        }
      }
      case LEDGER -> {
        difference.merge(
            site, (Long) point.fields().get("difference_millijoules"), PipelineHealth::farther);
      }
      default -> {
        // no figures of their own
      }
    }
  }

  private void run() {
    Offsets before = null;
    try {
      do {
        try {
          Offsets now = measure();
          if (before != null) {
            measured.set(points(before, now));
          }
          before = now;
          lastTrouble = "";
        } catch (ExecutionException | RuntimeException e) {
          // it asks again after the interval
          String why = String.valueOf(e instanceof ExecutionException ? e.getCause() : e);
          if (stopped.getCount() > 0 && !why.equals(lastTrouble)) {
            log.warn("Cannot read consumer lag: {}", why);
          }
          lastTrouble = why;
        }
      } while (!stopped.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.debug("Interrupted while reading consumer lag", e);
    }
  }

  private Offsets measure() throws ExecutionException, InterruptedException {
    SortedMap<String, Map<TopicPartition, Long>> groups = groups();
    Set<String> topics =
        Arrays.stream(Topic.values()).map(Topic::topicName).collect(Collectors.toSet());
    groups.values().forEach(read -> read.keySet().forEach(p -> topics.add(p.topic())));
    topics.retainAll(admin.listTopics().names().get());
    Map<TopicPartition, Long> ends = offsets.committedEnds(offsets.partitions(topics));
    // a group that reads a topic and has committed nothing of a partition has all of it to do
    Set<TopicPartition> uncommitted = new HashSet<>();
    for (Map<TopicPartition, Long> committed : groups.values()) {
      uncommitted(committed, ends.keySet()).forEach(uncommitted::add);
    }
    Map<TopicPartition, Long> starts = offsets.starts(uncommitted);
    for (Map<TopicPartition, Long> committed : groups.values()) {
      for (TopicPartition partition : uncommitted(committed, ends.keySet())) {
        committed.put(partition, starts.getOrDefault(partition, 0L));
      }
    }
    return new Offsets(nanos.nanos(), ends, groups);
  }

  private static List<TopicPartition> uncommitted(
      Map<TopicPartition, Long> committed, Set<TopicPartition> partitions) {
    Set<String> topics =
        committed.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    return partitions.stream()
        .filter(
            partition -> topics.contains(partition.topic()) && !committed.containsKey(partition))
        .toList();
  }

  /** What each of our groups has committed. */
  private SortedMap<String, Map<TopicPartition, Long>> groups()
      throws ExecutionException, InterruptedException {
    List<String> ids =
        admin.listGroups().all().get().stream()
            .map(GroupListing::groupId)
            .filter(id -> id.startsWith(GROUP_PREFIX))
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
      groups.put(id, TopicOffsets.withoutMissing(all.partitionsToOffsetAndMetadata(id).get()));
    }
    return groups;
  }

  /**
   * A point of the measurement.
   *
   * @param topic empty if it is not of a topic, as is {@code site} if it is not of a site
   */
  public static StorePoint point(
      String component, String topic, String site, long epochMillis, Map<String, Object> fields) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("component", component);
    tags.put("topic", topic);
    tags.put("site", site);
    return new StorePoint(
        Measurement.PIPELINE, tags, fields, Math.multiplyExact(epochMillis, 1_000_000L));
  }

  private List<StorePoint> points(Offsets before, Offsets now) {
    List<StorePoint> points = new ArrayList<>();
    long millis = clock.epochMillis();
    // on a multiple, so that several writers write the same points
    long time = Math.floorDiv(millis, INTERVAL_MILLIS) * INTERVAL_MILLIS;
    double seconds = (now.nanos - before.nanos) / 1e9;
    Map<String, Long> written = rise(before.ends, now.ends);
    written.forEach((topic, records) ->
        points.add(
            point("kafka", topic, "", time, Map.of("records_per_second", records / seconds))));
    now.groups.forEach((group, committed) -> {
      Map<String, Long> lag = rise(committed, now.ends);
      rise(before.groups.getOrDefault(group, committed), committed)
          .forEach((topic, records) ->
              points.add(
                  point(
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
        point(
            instance,
            "",
            "",
            time,
            Map.of(
                "points_per_second",
                (counted.points - reported.points) / seconds,
                "unreadable",
                counted.unreadable - reported.unreadable,
                "refused_by_store",
                counted.refusedByStore - reported.refusedByStore,
                "retries",
                counted.retries - reported.retries)));
    reported = counted;
    newest.forEach((site, end) -> {
      Long far = difference.remove(site);
      points.add(
          point(
              "store",
              "",
              site,
              time,
              Map.of(
                  "age_millis", millis - end, "difference_millijoules", far == null ? 0L : far)));
    });
    return points;
  }

  /** By topic, the sum of differences of the partitions that are in both; 0 where they fall. */
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
