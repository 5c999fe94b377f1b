// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.Version;
import io.github.joulestream.schemas.NodeRecord;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Publishes the record of the node, with the state of its agent: at the start, once a minute, and
 * when something changes; but not more than once in five seconds. One thread.
 */
final class Heartbeat {
  private static final Duration MAX_PAUSE = Duration.ofMinutes(1);
  private static final Duration MIN_PAUSE = Duration.ofSeconds(5);

  private static final int MAX_WORDS = 20;

  private final AgentSettings settings;
  private final Publisher publisher;
  private boolean published;
  private long publishedNanos;
  private long publishedDropped;
  private boolean changed;
  private List<String> notUnderstood = List.of();

  Heartbeat(AgentSettings settings, Publisher publisher) {
    this.settings = settings;
    this.publisher = publisher;
  }

  /** The probes that cannot be read are others than before. */
  void changed() {
    changed = true;
  }

  /** What is not certain now of what jobs hold. */
  void notUnderstood(List<String> words) {
    changed |= !words.equals(notUnderstood);
    notUnderstood = words;
  }

  /** To be called every turn. */
  void turn(long nanos, long epochMillis, Supplier<List<String>> unavailable) {
    long dropped = publisher.dropped();
    long since = nanos - publishedNanos;
    boolean due = changed || dropped != publishedDropped;
    if (published && since < (due ? MIN_PAUSE : MAX_PAUSE).toNanos()) {
      return;
    }
    published = true;
    publishedNanos = nanos;
    publishedDropped = dropped;
    changed = false;
    publisher.publish(
        new NodeRecord(
            settings.site(),
            settings.node(),
            epochMillis,
            Version.CURRENT,
            settings.labels(),
            publisher.waiting(),
            dropped,
            bounded(unavailable.get(), Bounds.SENTENCES),
            notUnderstood.size(),
            bounded(notUnderstood, MAX_WORDS)));
  }

  /** The first of them; they may hold texts from outside. */
  private static List<String> bounded(List<String> words, int most) {
    return words.stream().limit(most).map(Names::words).toList();
  }
}
