// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;

/**
 * A record about one site, as the alerts of the site read it. Where a record is stored as it came,
 * {@code wire} is its value on the wire.
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as they came
sealed interface SiteEvent {
  record Power(PowerSnapshot snapshot, byte[] wire, long arrivalMillis) implements SiteEvent {}

  record EnergyOfSite(SiteWindow window, long arrivalMillis) implements SiteEvent {}

  record EnergyOfNodes(NodeWindows windows) implements SiteEvent {}

  record EnergyOfJobs(JobWindows windows, long arrivalMillis) implements SiteEvent {}

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record NodeDescribed(NodeRecord node, byte[] wire) implements SiteEvent {}

  /** The node is removed; if it reports again it is a new one. */
  record NodeForgotten(String node) implements SiteEvent {}

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record JobDescribed(JobRecord job, byte[] wire) implements SiteEvent {}

  /** The job's record is removed: its user and project are not known any more. */
  record JobForgotten(String job) implements SiteEvent {}

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record BudgetSet(Budget budget, byte[] wire) implements SiteEvent {}

  record BudgetRemoved(String id) implements SiteEvent {}

  /** A record in the name of the site was refused, since nobody it names has signed it. */
  record RecordForged(String topic, String name, long arrivalMillis) implements SiteEvent {}

  /** A person has cleared an alert. */
  record AlertCleared(Alert alert) implements SiteEvent {}

  /** The site is removed: all its alerts end. */
  record SiteForgotten() implements SiteEvent {}

  /** The wall clock has moved on. */
  record WallClock(long epochMillis) implements SiteEvent {}

  /** True of an event that does nothing at a site without state. */
  default boolean needsKnownSite() {
    return switch (this) {
      case NodeForgotten _,
          JobForgotten _,
          BudgetRemoved _,
          RecordForged _,
          SiteForgotten _,
          WallClock _ ->
          true;
      case Power _,
          EnergyOfSite _,
          EnergyOfNodes _,
          EnergyOfJobs _,
          NodeDescribed _,
          JobDescribed _,
          BudgetSet _,
          AlertCleared _ ->
          false;
    };
  }
}
