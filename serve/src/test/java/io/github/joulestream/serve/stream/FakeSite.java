// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.serve.live.LiveGpu;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveJobNode;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.serve.live.NodeTable;
import io.github.joulestream.serve.live.SiteNow;
import io.github.joulestream.serve.live.SitePoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A site that a test sets. */
public final class FakeSite implements LiveSite, LiveSites {
  /** Time of its readings, Unix epoch, ms. */
  public static final long NOW = 1_790_000_000_000L;

  private static final int RECENT = 60;

  /** What it answers. */
  public NodeTable table;

  public SiteNow now = now(0);
  public List<SitePoint> curve = List.of();
  public final Map<String, LiveJob> jobs = new LinkedHashMap<>();
  public final Map<String, List<LiveJobNode>> jobNodes = new LinkedHashMap<>();
  public List<Alert> alerts = new ArrayList<>();
  public List<Budget> budgets = new ArrayList<>();
  public List<GridInterval> grid = List.of();
  public final Map<String, NodeRecord> records = new LinkedHashMap<>();
  public List<LiveGpu> gpus = List.of();
  public long changes;

  private final String name;

  public FakeSite(String name, int nodes, int nodesOfRack) {
    this.name = name;
    this.table = table(1, nodes, nodesOfRack);
  }

  /** Nodes of which nothing is known. */
  public static NodeTable table(long version, int nodes, int nodesOfRack) {
    List<String> names = new ArrayList<>();
    List<String> racks = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      names.add("n" + i);
      racks.add("r" + i / nodesOfRack);
    }
    int[] unknown = new int[nodes];
    Arrays.fill(unknown, -1);
    int[] cold = new int[nodes];
    Arrays.fill(cold, Integer.MIN_VALUE);
    long[] power = new long[nodes];
    Arrays.fill(power, -1);
    return new NodeTable(
        version,
        names,
        racks,
        power,
        new long[nodes],
        unknown,
        unknown.clone(),
        cold,
        new long[nodes],
        new BitSet(),
        new BitSet());
  }

  /** A site of that power. */
  public static SiteNow now(long milliwatts) {
    SiteNow.Space none = new SiteNow.Space(0, 0, 0, 0);
    return new SiteNow(
        NOW, NOW, milliwatts, new long[10], milliwatts, 0, 0, 8, 0, 0, none, none, 1, 1, 0);
  }

  /** Adds a job that runs, or changes it; it has used 1 s of its power. */
  public void run(String job, String user, String project, long milliwatts, int... nodes) {
    long[] recent = new long[RECENT];
    Arrays.fill(recent, -1);
    recent[RECENT - 1] = milliwatts / 1_000_000 * 1_000_000;
    run(job, summary(name, job, user, project, milliwatts), milliwatts, recent, nodes);
  }

  /** Adds a job that runs, or changes it. */
  void run(String job, @Nullable JobSummary summary, long milliwatts, long[] recent, int... nodes) {
    jobs.put(
        job,
        new LiveJob(
            job,
            summary,
            milliwatts,
            10_000L * nodes.length,
            5_000L * nodes.length,
            nodes,
            table.version(),
            recent));
    changes++;
  }

  static JobSummary summary(
      String site, String job, String user, String project, long millijoules) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.set(JobAmount.TOTAL_MILLIJOULES, millijoules);
    totals.set(JobAmount.GPU_HELD_MILLIS, 5_000);
    totals.set(JobAmount.GPU_BUSY_MILLIS, 2_000);
    return new JobSummary(
        site,
        job,
        new JobDetails(user, project, "job \"" + job + "\"", "gpu", Map.of()),
        JobState.RUNNING,
        new JobTimes(NOW - 60_000, NOW - 60_000, JobSpan.OPEN, NOW),
        0,
        JobWork.NONE,
        totals,
        0,
        0);
  }

  @Override
  public SortedSet<String> names() {
    return new TreeSet<>(List.of(name));
  }

  @Override
  public Optional<LiveSite> site(String wanted) {
    return wanted.equals(name) ? Optional.of(this) : Optional.empty();
  }

  @Override
  public boolean caughtUp() {
    return true;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SiteNow now() {
    return now;
  }

  @Override
  public List<SitePoint> curve() {
    return curve;
  }

  @Override
  public NodeTable nodes() {
    return table;
  }

  @Override
  public Optional<NodeRecord> record(String node) {
    return Optional.ofNullable(records.get(node));
  }

  @Override
  public long[] recentMilliwatts(String node) {
    return new long[RECENT];
  }

  @Override
  public List<LiveGpu> gpus(String node) {
    return gpus;
  }

  @Override
  public List<LiveJob> jobs() {
    return jobs.values().stream().sorted(LiveJob.BY_POWER).toList();
  }

  @Override
  public Optional<LiveJob> job(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  @Override
  public List<LiveJobNode> jobNodes(String id) {
    return jobNodes.getOrDefault(id, List.of());
  }

  @Override
  public List<JobPower> jobsOn(String node) {
    List<JobPower> on = new ArrayList<>();
    jobNodes.forEach((job, nodes) -> {
      for (LiveJobNode of : nodes) {
        if (of.node().equals(node)) {
          on.add(new JobPower(job, of.milliwatts(), of.gpuBasisPoints(), of.gpuBusyBasisPoints()));
        }
      }
    });
    return on;
  }

  @Override
  public List<Alert> alerts() {
    return alerts;
  }

  @Override
  public List<Budget> budgets() {
    return budgets;
  }

  @Override
  public List<GridInterval> grid() {
    return grid;
  }

  @Override
  public long changes() {
    return changes;
  }
}
