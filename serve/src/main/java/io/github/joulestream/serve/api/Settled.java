// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.serve.live.LiveSite;

/**
 * Until when the steps of a curve are whole: what is measured in a step arrives some time after its
 * end. Windows of a site are emitted at every commit, those of nodes and jobs of a large site every
 * 30 s.
 */
final class Settled {
  private static final long SITE_MILLIS = 10_000;
  // an agent's batch of 10 s, an interval of emission, and time to be stored
  private static final long MANY_NODES_MILLIS = 60_000;
  // fewer nodes are emitted as often as they were read, or every 10 s
  private static final int MANY_NODES = 1_000;

  private Settled() {}

  /** Steps of a site are whole that end until then, Unix epoch, ms. */
  static long ofSite(long nowEpochMillis) {
    return nowEpochMillis - SITE_MILLIS;
  }

  /** Steps of the site's nodes are whole that end until then, Unix epoch, ms. */
  static long ofNodes(LiveSite site, long nowEpochMillis) {
    return nowEpochMillis - (hasMany(site) ? MANY_NODES_MILLIS : SITE_MILLIS);
  }

  /**
   * Steps of the site's jobs that end later are left out, Unix epoch, ms. At a small site none are:
   * the step that is not over is shown as it is.
   */
  static long ofJobs(LiveSite site, long nowEpochMillis) {
    return hasMany(site) ? nowEpochMillis - MANY_NODES_MILLIS : Long.MAX_VALUE;
  }

  private static boolean hasMany(LiveSite site) {
    return site.nodes().names().size() > MANY_NODES;
  }
}
