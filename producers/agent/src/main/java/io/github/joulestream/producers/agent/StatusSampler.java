// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import io.github.joulestream.energy.DeviceStatus;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what devices report besides power, in those turns in which it is due. Where within the
 * interval a node's statuses fall depends on its name, so that the batches of a site's nodes are
 * not all longer in the same second. One thread.
 */
final class StatusSampler {
  private final Heartbeat heartbeat;
  // null if statuses are off
  private final @Nullable Pace pace;
  private final long halfATurnNanos;

  StatusSampler(AgentSettings settings, Heartbeat heartbeat, long nowNanos, long epochMillis) {
    this.heartbeat = heartbeat;
    long interval = settings.statusInterval().toNanos();
    pace = interval == 0 ? null : Pace.spread(settings.node(), interval, nowNanos, epochMillis);
    halfATurnNanos = settings.interval().toNanos() / 2;
  }

  /** True if this is the turn that is nearest to the time at which they are due. */
  boolean isDue(long nowNanos) {
    return pace != null && pace.waitNanos(nowNanos) <= halfATurnNanos;
  }

  /** All sources were read. */
  void turned(long nowNanos) {
    if (pace != null) {
      pace.turned(nowNanos);
    }
  }

  /** Reads those of a source. A failure costs none of its readings. */
  void read(ProbeSource source, long epochMillis, Collected collected) {
    try {
      for (DeviceStatus status : source.probe.statuses(epochMillis)) {
        collected.add(status);
      }
      if (source.givesStatusesAgain()) {
        heartbeat.changed();
      }
    } catch (IOException e) {
      fails(source, String.valueOf(e.getMessage()), null);
    } catch (RuntimeException | StackOverflowError e) {
      // a defect in one probe must not affect the others
      fails(source, e.toString(), e);
    }
  }

  private void fails(ProbeSource source, String message, @Nullable Throwable mistake) {
    if (source.statusesFail(message, mistake)) {
      heartbeat.changed();
    }
  }
}
