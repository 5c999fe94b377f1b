// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of an agent.
 *
 * @param interval time between two readings: 100 ms to a minute
 * @param publishInterval time between two batches; made a whole number of intervals, at least one
 * @param statusInterval time between two readings of what devices report besides power: a second to
 *     an hour, or zero for never
 * @param labels labels of the node, such as {@code rack=r12}
 */
public record AgentSettings(
    String site,
    String node,
    Duration interval,
    Duration publishInterval,
    Duration statusInterval,
    Map<String, String> labels) {
  /** Time between two statuses of a device, where nothing else is set. */
  public static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);

  private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
  private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MAX_STATUS_INTERVAL = Duration.ofHours(1);

  public AgentSettings {
    labels = Map.copyOf(labels);
    if (site.isBlank()) {
      throw UserError.usage("--site needs a name");
    }
    if (node.isBlank()) {
      throw UserError.usage("--node needs a name");
    }
    try {
      Keys.check(site, "site");
      Keys.check(node, "node");
      Bounds.labels(labels, "node " + node);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(String.valueOf(e.getMessage()), e);
    }
    if (interval.compareTo(MIN_INTERVAL) < 0 || interval.compareTo(MAX_INTERVAL) > 0) {
      throw UserError.usage("--interval must be between 100ms and 1m");
    }
    if (publishInterval.compareTo(MAX_INTERVAL) > 0) {
      // a crash of the agent loses what it has not handed over yet
      throw UserError.usage("--publish-interval must be at most 1m");
    }
    if (!statusInterval.isZero()
        && (statusInterval.compareTo(SECOND) < 0
            || statusInterval.compareTo(MAX_STATUS_INTERVAL) > 0)) {
      throw UserError.usage("--status-interval must be off or between 1s and 1h");
    }
  }

  /** Statuses every ten seconds. */
  public AgentSettings(
      String site,
      String node,
      Duration interval,
      Duration publishInterval,
      Map<String, String> labels) {
    this(site, node, interval, publishInterval, STATUS_INTERVAL, labels);
  }

  /** One reading and one batch a second. */
  public AgentSettings(String site, String node) {
    this(site, node, SECOND, SECOND, Map.of());
  }

  /** After how many readings a batch is handed over. */
  int readingsPerBatch() {
    return (int) Math.max(1, Math.round((double) publishInterval.toNanos() / interval.toNanos()));
  }
}
