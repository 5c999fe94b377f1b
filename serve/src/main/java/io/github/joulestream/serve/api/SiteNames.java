// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names of all sites, live and of the store, which is asked once a minute at most. */
final class SiteNames {
  private static final long KEPT_MILLIS = 60_000;

  private final LiveSites live;
  private final HistoryReader history;
  private final EpochClock clock;
  private volatile Stored stored = new Stored(0, new TreeSet<>());

  private record Stored(long readMillis, SortedSet<String> names) {}

  SiteNames(LiveSites live, HistoryReader history, EpochClock clock) {
    this.live = live;
    this.history = history;
    this.clock = clock;
  }

  /**
   * All names.
   *
   * @throws java.io.UncheckedIOException if the store cannot be asked
   */
  SortedSet<String> all() {
    long now = clock.epochMillis();
    Stored known = stored;
    if (now - known.readMillis >= KEPT_MILLIS) {
      known = new Stored(now, history.sites());
      stored = known;
    }
    SortedSet<String> names = new TreeSet<>(known.names);
    names.addAll(live.names());
    return names;
  }

  /**
   * The one that is asked for, or all.
   *
   * @throws Problem if there is none of that name
   */
  SortedSet<String> asked(Optional<String> site) throws Problem {
    SortedSet<String> names = all();
    if (site.isEmpty()) {
      return names;
    }
    if (!names.contains(site.get())) {
      throw Problem.notFound("there is no such site");
    }
    return new TreeSet<>(Set.of(site.get()));
  }
}
