// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** Reads events of sites from records of their topics. */
final class SiteEventReader {
  private SiteEventReader() {}

  /**
   * The event of a record. A record without a value removes its node, job or budget, or, of nodes
   * with a key that names no node, the site.
   *
   * @param arrivalMillis when the record arrived, Unix epoch
   * @throws RuntimeException if the value cannot be read, or the key is not that of the value
   */
  static SiteEvent read(SendToSite.Origin origin, byte @Nullable [] value, long arrivalMillis) {
    return switch (origin.topic()) {
      case POWER_SNAPSHOT -> {
        PowerSnapshot snapshot = read(WireSerdes.powerSnapshot(), value);
        checkKey(origin, snapshot.site());
        yield new SiteEvent.Power(snapshot, requireNonNull(value), arrivalMillis);
      }
      case SITE_WINDOW -> {
        SiteWindow window = read(WireSerdes.siteWindows(), value);
        checkKey(origin, window.site());
        yield new SiteEvent.EnergyOfSite(window, arrivalMillis);
      }
      case NODE_WINDOW -> {
        NodeWindows windows = read(WireSerdes.nodeWindows(), value);
        checkKey(origin, windows.key());
        yield new SiteEvent.EnergyOfNodes(windows);
      }
      case JOB_WINDOW -> {
        JobWindows windows = read(WireSerdes.jobWindows(), value);
        checkKey(origin, windows.key());
        yield new SiteEvent.EnergyOfJobs(windows, arrivalMillis);
      }
      case NODES -> {
        if (value == null) {
          yield origin.name().isEmpty()
              ? new SiteEvent.SiteForgotten()
              : new SiteEvent.NodeForgotten(origin.name());
        }
        NodeRecord node = read(WireSerdes.nodes(), value);
        checkKey(origin, Keys.node(node.site(), node.node()));
        yield new SiteEvent.NodeDescribed(node, value);
      }
      case JOBS -> {
        if (value == null) {
          yield new SiteEvent.JobForgotten(origin.name());
        }
        JobRecord job = read(WireSerdes.jobs(), value);
        checkKey(origin, Keys.job(job.site(), job.job()));
        yield new SiteEvent.JobDescribed(job, value);
      }
      case BUDGETS -> {
        if (value == null) {
          yield new SiteEvent.BudgetRemoved(origin.name());
        }
        Budget budget = read(WireSerdes.budgets(), value);
        checkKey(origin, Keys.budget(budget.site(), budget.id()));
        yield new SiteEvent.BudgetSet(budget, value);
      }
      case ALERTS -> {
        Alert alert = read(WireSerdes.alerts(), value);
        checkKey(origin, alert.site() + "/" + alert.id());
        yield new SiteEvent.AlertCleared(alert);
      }
      case DEAD_LETTER ->
          new SiteEvent.RecordForged(
              value == null ? "" : new String(value, UTF_8), origin.name(), arrivalMillis);
      default -> throw new IllegalArgumentException("no alerts read topic " + origin.topic());
    };
  }

  private static <T> T read(Serde<T> serde, byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalArgumentException("an empty record");
    }
    return requireNonNull(serde.deserializer().deserialize("any", value), "no value");
  }

  private static void checkKey(SendToSite.Origin origin, String key) {
    if (!key.equals(origin.key())) {
      throw new IllegalArgumentException("a record of " + key + " has the key " + origin.key());
    }
  }
}
