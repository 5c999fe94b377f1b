// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Records of site dc1, for tests. */
final class Events {
  static final String SITE = "dc1";

  /** A Wednesday. */
  static final long START = Instant.parse("2026-11-25T12:00:00Z").toEpochMilli();

  static final int WINDOW_MILLIS = 10_000;

  private Events() {}

  /** A node without devices of a kind. */
  static NodePower node(String name, long epochMillis, long milliwatts, JobPower... jobs) {
    return new NodePower(name, epochMillis, milliwatts, List.of(), 0, List.of(jobs), List.of());
  }

  static PowerSnapshot snapshot(long epochMillis, NodePower... nodes) {
    return new PowerSnapshot(SITE, 0, epochMillis, List.of(nodes));
  }

  static byte[] wire(PowerSnapshot snapshot) {
    return WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", snapshot);
  }

  static SiteEvent power(long epochMillis, NodePower... nodes) {
    PowerSnapshot snapshot = snapshot(epochMillis, nodes);
    return new SiteEvent.Power(snapshot, wire(snapshot), epochMillis);
  }

  static SiteEvent labels(String node, Map<String, String> labels) {
    NodeRecord record = new NodeRecord(SITE, node, START, "", labels, 0, 0, List.of());
    return new SiteEvent.NodeDescribed(
        record, WireSerdes.nodes().serializer().serialize("nodes", record));
  }

  static SiteEvent job(String job, String user, String project) {
    JobRecord record =
        new JobRecord(
            SITE,
            job,
            new JobDetails(user, project, "", "", Map.of()),
            new JobSpan(START, JobSpan.OPEN),
            JobState.RUNNING,
            JobWork.NONE,
            0);
    return new SiteEvent.JobDescribed(
        record, WireSerdes.jobs().serializer().serialize("jobs", record));
  }

  /** A budget with one threshold, without hold and forecast. */
  static Budget budget(String id, Scope scope, Limit limit) {
    return new Budget(
        SITE,
        id,
        scope,
        limit,
        "UTC",
        new Thresholds(List.of(100), 5),
        new AlertTiming(0, 60_000, 30_000, 0),
        "",
        "",
        0);
  }

  static SiteEvent set(Budget budget) {
    return new SiteEvent.BudgetSet(
        budget, WireSerdes.budgets().serializer().serialize("budgets", budget));
  }

  /** A window of the site in which all energy is that of GPUs; what is not idle is of jobs. */
  static SiteWindow siteWindow(long start, long measured, long idle, long fragment) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured);
    totals.add(SiteAmount.measured(DeviceKind.GPU), measured);
    totals.add(SiteAmount.IDLE_TOTAL_MILLIJOULES, idle);
    totals.add(SiteAmount.idle(DeviceKind.GPU), idle);
    totals.add(SiteAmount.JOBS_TOTAL_MILLIJOULES, measured - idle);
    totals.add(SiteAmount.jobs(DeviceKind.GPU), measured - idle);
    return new SiteWindow(SITE, start, WINDOW_MILLIS, totals, fragment);
  }

  static NodeWindow nodeWindow(String node, long start, long measured) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured);
    return new NodeWindow(SITE, node, start, WINDOW_MILLIS, totals, 0);
  }

  static JobWindow jobWindow(String job, long start, long energy, long fragment) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.add(JobAmount.TOTAL_MILLIJOULES, energy);
    return new JobWindow(SITE, job, start, WINDOW_MILLIS, totals, fragment);
  }

  /** All names of a section, in their order. */
  static List<String> names(Memory memory, StateSection section) {
    List<String> names = new ArrayList<>();
    memory.entries(section).forEach(entry -> names.add(entry.name()));
    return names;
  }
}
