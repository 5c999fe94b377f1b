// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Whether a loop turns: it notes each turn, also while it waits for a server that is unavailable,
 * and states before it waits for work for any length of time that nothing is due. A loop that has
 * something to do and notes nothing for longer than its limit is stuck: then a restart of the
 * program may help. One thread notes, any may ask; a note costs a look at the clock.
 */
public final class Progress {
  private final String loop;
  private final Duration limit;
  private final NanoClock clock;
  private final EpochClock wall;
  private volatile long turnedNanos;
  private volatile boolean due;

  /**
   * A loop that has not begun: nothing is due until its first turn.
   *
   * @param loop its name in the line that reports that it is stuck: {@code the store writer}
   * @param limit the longest time that a turn may take, with whatever it waits for
   */
  public Progress(String loop, Duration limit) {
    this(loop, limit, NanoClock.system(), EpochClock.system());
  }

  Progress(String loop, Duration limit, NanoClock clock, EpochClock wall) {
    this.loop = loop;
    this.limit = limit;
    this.clock = clock;
    this.wall = wall;
    this.turnedNanos = clock.nanos();
  }

  /** A turn begins, or one that takes long gets on. */
  public void turned() {
    turnedNanos = clock.nanos();
    due = true;
  }

  /** Nothing is due until the next turn: it waits for work, or has ended in order. */
  public void idle() {
    due = false;
  }

  /** Reports that it is stuck and since when, if it is. */
  public Optional<String> stuck() {
    // in this order: what turns meanwhile must not look stuck
    boolean isDue = due;
    long silent = clock.nanos() - turnedNanos;
    if (!isDue || silent <= limit.toNanos()) {
      return Optional.empty();
    }
    Instant since =
        Instant.ofEpochMilli(wall.epochMillis() - silent / 1_000_000)
            .truncatedTo(ChronoUnit.SECONDS);
    return Optional.of(
        "%s is stuck: no progress since %s, %,d s ago"
            .formatted(loop, since, silent / 1_000_000_000));
  }

  /** Bad if it is stuck, else what is given. */
  public Health or(Health health) {
    return stuck().map(Health::bad).orElse(health);
  }
}
