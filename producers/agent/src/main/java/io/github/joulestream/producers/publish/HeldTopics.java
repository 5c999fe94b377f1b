// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.kafka.KafkaTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of topics that Kafka refuses until somebody acts: each topic has a spool of its own in a
 * folder of the spool, {@code held-TOPIC}, so that records of other topics are sent meanwhile and
 * those of this one keep their order, over restarts too. While there is one, the spool and those of
 * held topics share its size: half for the spool, the other half for them. Changed by one thread;
 * any may read the figures.
 */
final class HeldTopics {
  private static final Logger log = LoggerFactory.getLogger(HeldTopics.class);
  private static final String PREFIX = "held-";
  private static final Duration RETRY = Duration.ofSeconds(15);

  private final Path folder;
  private final Spool rest;
  private final long limitBytes;
  private final NanoClock clock;
  private final Map<String, Held> byTopic = new ConcurrentSkipListMap<>();
  private final AtomicLong droppedBefore = new AtomicLong();

  /** A topic's own spool, and why there is one. */
  private static final class Held {
    final Spool spool;
    volatile KafkaTrouble trouble;
    long retryNanos;

    Held(Spool spool, KafkaTrouble trouble, long retryNanos) {
      this.spool = spool;
      this.trouble = trouble;
      this.retryNanos = retryNanos;
    }
  }

  /**
   * Takes over what the last run left.
   *
   * @param folder of the spool
   * @param rest the spool of all other topics
   * @param limitBytes of all together
   */
  HeldTopics(Path folder, Spool rest, long limitBytes, NanoClock clock) {
    this.folder = folder;
    this.rest = rest;
    this.limitBytes = limitBytes;
    this.clock = clock;
    try (Stream<Path> all = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      all.sorted()
          .filter(one -> Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS))
          .map(one -> String.valueOf(one.getFileName()))
          .filter(name -> name.startsWith(PREFIX))
          .forEach(name -> {
            Spool left = Spool.open(folder.resolve(name), limitBytes);
            if (left.waiting() == 0) {
              left.close();
              return;
            }
            byTopic.put(
                name.substring(PREFIX.length()),
                new Held(
                    left,
                    new KafkaTrouble(KafkaTrouble.Kind.AWAY, "not tried since the start"),
                    clock.nanos()));
          });
    } catch (IOException e) {
      log.warn("Records of refused topics in {} cannot be read: {}", folder, e.getMessage());
    }
    share();
  }

  private void share() {
    if (byTopic.isEmpty()) {
      rest.limitTo(limitBytes);
      return;
    }
    rest.limitTo(limitBytes / 2);
    byTopic.values().forEach(held -> held.spool.limitTo(limitBytes / 2 / byTopic.size()));
  }

  /** True if records of the topic are kept here. */
  boolean holds(String topic) {
    return byTopic.containsKey(topic);
  }

  /** From now on keeps records of a topic; says so once. */
  void hold(String topic, KafkaTrouble trouble) {
    log.warn(
        "Records of topic {} wait until this is mended, those of other topics are sent: {}",
        topic,
        trouble.words());
    byTopic.put(
        topic,
        new Held(
            Spool.open(folder.resolve(PREFIX + topic), limitBytes / 2),
            trouble,
            clock.nanos() + RETRY.toNanos()));
    share();
  }

  /** Keeps a record of a topic that is held. */
  void add(Message message) {
    Held held = byTopic.get(message.topic());
    if (held == null) {
      throw new IllegalArgumentException("not held: " + message.topic());
    }
    held.spool.append(message);
  }

  /** Topics that are to be tried again now. */
  List<String> due() {
    long now = clock.nanos();
    return byTopic.entrySet().stream()
        .filter(entry -> entry.getValue().retryNanos - now <= 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The oldest records of a topic; none if it has none left. */
  List<Spool.Entry> oldest(String topic, int maxBytes, int maxCount) {
    Held held = byTopic.get(topic);
    return held == null ? List.of() : held.spool.oldest(maxBytes, maxCount);
  }

  /** Kafka has the records of the topic up to this one. */
  void acknowledge(String topic, Spool.Entry last) {
    Held held = byTopic.get(topic);
    if (held != null) {
      held.spool.acknowledge(last.number() + 1);
    }
  }

  /** Kafka refuses the topic again. */
  void refusedAgain(String topic, KafkaTrouble trouble) {
    Held held = byTopic.get(topic);
    if (held != null) {
      held.trouble = trouble;
      held.retryNanos = clock.nanos() + RETRY.toNanos();
      held.spool.force();
    }
  }

  /** Kafka has all records of the topic; it is like any other again. */
  void release(String topic) {
    Held held = byTopic.remove(topic);
    if (held != null) {
      droppedBefore.addAndGet(held.spool.dropped());
      held.spool.close();
      share();
      log.warn("Kafka takes records of topic {} again", topic);
    }
  }

  /** Why which topics are held. */
  Map<String, KafkaTrouble> troubles() {
    Map<String, KafkaTrouble> troubles = new TreeMap<>();
    byTopic.forEach((topic, held) -> troubles.put(topic, held.trouble));
    return troubles;
  }

  long waiting() {
    return byTopic.values().stream().mapToLong(held -> held.spool.waiting()).sum();
  }

  Map<String, Long> waitingByTopic() {
    Map<String, Long> waiting = new TreeMap<>();
    byTopic.forEach((topic, each) -> waiting.put(topic, each.spool.waiting()));
    return waiting;
  }

  long dropped() {
    return droppedBefore.get()
        + byTopic.values().stream().mapToLong(held -> held.spool.dropped()).sum();
  }

  long diskBytes() {
    return byTopic.values().stream().mapToLong(held -> held.spool.diskBytes()).sum();
  }

  void close() {
    byTopic.values().forEach(held -> held.spool.close());
  }
}
