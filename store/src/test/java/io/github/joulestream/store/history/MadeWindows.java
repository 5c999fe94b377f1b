// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.SampleDevices;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.PlacementPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Made-up jobs, nodes and ledgers of two sites over 26 hours: as points, and as what must be read.
 * Jobs, nodes and users have names that have a meaning in some language.
 */
final class MadeWindows {
  static final long DAY = 86_400_000;
  static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();
  static final long END = START + 26 * 3_600_000L;
  static final List<String> SITES = List.of("east", "o'hara \"=', west");
  static final List<String> NODES = List.of("n1", "n' OR node != '", "n\"2\\");
  static final List<String> NAMES =
      List.of(
          "c/17",
          "c/1",
          "x' OR 'a'='a",
          "'",
          "\"",
          "\\",
          "a\\' OR 1=1 --",
          "two\nlines",
          "\u0000",
          "Ω🙂é",
          "e\u0301",
          "half\uD800",
          "x'; DROP TABLE ledger; --",
          "%",
          "$1 ${x} /.*/",
          "a",
          "C/17",
          "now()",
          "null",
          "long".repeat(400));

  final List<StorePoint> points = new ArrayList<>();
  final List<SiteWindow> ledger = new ArrayList<>();
  final List<JobWindow> jobWindows = new ArrayList<>();
  final List<NodeWindow> nodeWindows = new ArrayList<>();
  final List<Placement> placements = new ArrayList<>();
  final List<JobSummary> jobs = new ArrayList<>();
  final List<JobQuarterHour> quarters = new ArrayList<>();
  final List<DeviceWindow> devices = new ArrayList<>();
  private final Random random;

  MadeWindows(long seed) {
    random = new Random(seed);
    for (String site : SITES) {
      ledgerOf(site);
      for (int i = 0; i < NAMES.size(); i++) {
        job(
            site,
            NAMES.get(i),
            NAMES.get((i + 3) % NAMES.size()),
            NAMES.get((i * 7 + 1) % NAMES.size()));
      }
      NODES.forEach(node -> nodeOf(site, node));
    }
  }

  private <A extends Enum<A>> Totals<A> amounts(Totals<A> totals) {
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, random.nextInt(3) > 0 ? 0 : random.nextLong(1L << 45));
    }
    return totals;
  }

  private long windowStart(long from, long to) {
    return from + random.nextLong((to - from) / Windows.MILLIS) * Windows.MILLIS;
  }

  private void ledgerOf(String site) {
    Map<Long, Totals<SiteAmount>> all = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      long start = windowStart(START, END);
      // a window that is there already is a fragment of it, of another minute
      SiteWindow window =
          new SiteWindow(
              site,
              start,
              Windows.MILLIS,
              amounts(Totals.ofSite()),
              all.containsKey(start) ? START + (i + 1) * 60_000L : 0);
      all.put(start, window.totals());
      add(window);
      for (int length : new int[] {Windows.QUARTER_HOUR_MILLIS, Windows.HOUR_MILLIS}) {
        // as fragments: a window of theirs has several points, too
        add(
            new SiteWindow(
                site,
                StoreReads.floor(start, length),
                length,
                window.totals(),
                START + (i + 1) * 60_000L));
      }
    }
  }

  private void add(SiteWindow window) {
    ledger.add(window);
    points.add(LedgerPoint.of(window));
  }

  private void job(String site, String job, String user, String project) {
    JobDetails details = new JobDetails(user, project, "name of " + job, "gpu", Map.of());
    long start = windowStart(START, START + DAY) + 1;
    long end = start + 4_000_000;
    Totals<JobAmount> all = Totals.ofJob();
    Map<Long, Totals<JobAmount>> byQuarter = new TreeMap<>();
    for (int i = 0; i < 25; i++) {
      JobWindow window =
          new JobWindow(
              site,
              job,
              StoreReads.floor(windowStart(start, end), Windows.MILLIS),
              Windows.MILLIS,
              amounts(Totals.ofJob()),
              START + (i + 1) * 60_000L);
      jobWindows.add(window);
      points.add(JobWindowPoint.of(window));
      all.addAll(window.totals());
      byQuarter
          .computeIfAbsent(
              Windows.quarterHourOf(window.windowStartEpochMillis()), _ -> Totals.ofJob())
          .addAll(window.totals());
    }
    byQuarter.forEach((quarter, totals) -> quarter(site, job, details, quarter, totals));
    boolean over = random.nextInt(4) > 0;
    summary(site, job, details, start, over ? end : JobSpan.OPEN, end, all);
    for (String node : NODES) {
      placement(site, node, job, start, random.nextInt(4));
    }
  }

  private void quarter(
      String site, String job, JobDetails details, long quarter, Totals<JobAmount> totals) {
    // before its project was known
    JobDetails former = new JobDetails("", "", details.name(), "", Map.of());
    points.add(
        JobQuarterHourPoint.of(
            new JobQuarterHour(
                site, job, former, quarter, Windows.QUARTER_HOUR_MILLIS, Totals.ofJob(), 0)));
    quarters.add(
        new JobQuarterHour(site, job, details, quarter, Windows.QUARTER_HOUR_MILLIS, totals, 0));
    points.add(JobQuarterHourPoint.of(quarters.getLast()));
  }

  private void summary(
      String site,
      String job,
      JobDetails details,
      long start,
      long end,
      long last,
      Totals<JobAmount> all) {
    jobs.add(
        new JobSummary(
            site,
            job,
            details,
            end == JobSpan.OPEN ? JobState.RUNNING : JobState.COMPLETED,
            new JobTimes(start, start, end, last),
            random.nextLong(1_000_000),
            JobWork.NONE,
            all,
            0,
            3));
    points.add(JobSummaryPoint.of(jobs.getLast()));
  }

  /** A placement that is under way, over, withdrawn, or was corrected. */
  private void placement(String site, String node, String job, long anchor, int kind) {
    Placement open = placement(site, node, job, anchor, anchor, Placement.OPEN);
    points.add(PlacementPoint.of(open));
    Placement latest =
        switch (kind) {
          case 0 -> open;
          case 1 -> placement(site, node, job, anchor, anchor + 5, anchor + 3_000_000);
          // withdrawn
          case 2 -> placement(site, node, job, anchor, anchor + 5, anchor + 5);
          default -> placement(site, node, job, anchor, anchor - 60_000, anchor + 7_200_000);
        };
    points.add(PlacementPoint.of(latest));
    if (kind != 2) {
      placements.add(latest);
    }
  }

  private static Placement placement(
      String site, String node, String job, long anchor, long held, long end) {
    return new Placement(
        site,
        node,
        job,
        anchor,
        held,
        end,
        end == Placement.OPEN ? EndedBy.NOBODY : EndedBy.HOOK,
        List.of(
            new HeldDevice("gpu0", held, end, 10_000), new HeldDevice("gpu3", held, end, 5_000)),
        NodeShares.AS_GPUS,
        8);
  }

  private void nodeOf(String site, String node) {
    SampleDevices samples = new SampleDevices(random.nextLong());
    for (int i = 0; i < 200; i++) {
      NodeWindow window =
          new NodeWindow(
              site,
              node,
              windowStart(START, END),
              Windows.MILLIS,
              amounts(Totals.ofSite()),
              i + 1L);
      nodeWindows.add(window);
      points.add(NodeWindowPoint.of(window));
    }
    for (int i = 0; i < 12; i++) {
      devices.add(samples.window(site, node, START + (long) i * Windows.MILLIS));
      points.addAll(DeviceWindowPoints.of(devices.getLast()));
    }
  }

  /** The ledger of windows of a length, by step. */
  Map<Long, Totals<SiteAmount>> ledger(String site, int windowMillis, long stepMillis) {
    Map<Long, Totals<SiteAmount>> sums = new TreeMap<>();
    for (SiteWindow window : ledger) {
      if (window.site().equals(site) && window.windowMillis() == windowMillis) {
        sums.computeIfAbsent(
                StoreReads.floor(window.windowStartEpochMillis(), stepMillis), _ -> Totals.ofSite())
            .addAll(window.totals());
      }
    }
    return sums;
  }

  /** A job's windows, by step. */
  Map<Long, Totals<JobAmount>> job(String site, String job, long stepMillis) {
    Map<Long, Totals<JobAmount>> sums = new TreeMap<>();
    for (JobWindow window : jobWindows) {
      if (window.site().equals(site) && window.job().equals(job)) {
        sums.computeIfAbsent(
                StoreReads.floor(window.windowStartEpochMillis(), stepMillis), _ -> Totals.ofJob())
            .addAll(window.totals());
      }
    }
    return sums;
  }

  /** Fields of a node's windows, by step. */
  Map<Long, Map<String, Double>> node(String site, String node, long stepMillis) {
    Map<Long, Map<String, Double>> sums = new TreeMap<>();
    for (NodeWindow window : nodeWindows) {
      if (window.site().equals(site) && window.node().equals(node)) {
        Map<String, Double> step =
            sums.computeIfAbsent(
                StoreReads.floor(window.windowStartEpochMillis(), stepMillis),
                _ -> new HashMap<>());
        NodeWindowPoint.of(window)
            .fields()
            .forEach((field, value) -> {
              double number = ((Number) value).doubleValue();
              boolean isWatts = field.endsWith("_watts");
              step.merge(
                  field, isWatts ? number * Windows.MILLIS / stepMillis : number, Double::sum);
            });
      }
    }
    return sums;
  }
}
