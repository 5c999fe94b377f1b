// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.http.Problem;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Names of all sites, live and of the store, which is asked once a minute at most. */
final class SiteNames {
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final LiveSites live;
  private final HistoryReader history;
  private final NanoClock clock;
  private volatile @Nullable Stored stored;

  private record Stored(long readNanos, SortedSet<String> names) {}

  SiteNames(LiveSites live, HistoryReader history, NanoClock clock) {
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
    long now = clock.nanos();
    Stored known = stored;
    if (known == null || now - known.readNanos >= KEPT.toNanos()) {
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
