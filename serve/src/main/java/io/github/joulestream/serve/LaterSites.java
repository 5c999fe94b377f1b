// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sites of which nothing is known until what reads them has been started. */
public final class LaterSites implements LiveSites {
  private volatile @Nullable LiveSites sites;

  /** From now on these are they. */
  public void become(LiveSites started) {
    sites = started;
  }

  @Override
  public SortedSet<String> names() {
    LiveSites known = sites;
    return known == null ? new TreeSet<>() : known.names();
  }

  @Override
  public Optional<LiveSite> site(String name) {
    LiveSites known = sites;
    return known == null ? Optional.empty() : known.site(name);
  }

  @Override
  public boolean caughtUp() {
    LiveSites known = sites;
    return known != null && known.caughtUp();
  }
}
