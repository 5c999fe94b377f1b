// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import java.util.Optional;
import java.util.SortedSet;

/** All sites as they are now. Used by any thread. */
public interface LiveSites {
  /** Names of the sites of which something is known. */
  SortedSet<String> names();

  /** A site; empty if nothing is known of it. */
  Optional<LiveSite> site(String name);

  /** True if all that was in the topics at the start has been read: before, figures are partial. */
  boolean caughtUp();
}
