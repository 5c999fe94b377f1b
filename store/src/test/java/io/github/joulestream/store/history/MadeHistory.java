// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Made-up jobs, ledgers and nodes over two months: as points, and as what must be read. */
final class MadeHistory {
  static final long QUARTER = 900_000;
  static final long HOUR = 3_600_000;
  static final long DAY = 86_400_000;
  static final long START = Instant.parse("2026-01-20T00:00:00Z").toEpochMilli();
  static final long END = START + 60 * DAY;
  // some have a meaning in a language of queries, or in a program that shows them
  static final List<String> SITES = List.of("east", "o'hara \"=', west", "site IS NULL --");
  static final List<String> NAMES =
      List.of(
          "ann",
          "",
          "o'brien",
          "DOMAIN\\user",
          "\"q\"",
          "=cmd()",
          "<script>alert(1)</script>",
          "x' OR 'a'='a",
          "x\\' OR 1=1 --",
          "/.*/",
          ".*",
          "''; DROP TABLE ledger",
          "a,b c",
          "ünï 日本 😀",
          "$1 %s {}",
          "null");

  private final Random random;
  final List<StorePoint> points = new ArrayList<>();
  final List<JobQuarterHour> quarters = new ArrayList<>();
  final List<JobSummary> summaries = new ArrayList<>();
  final List<SiteWindow> ledger = new ArrayList<>();
  final List<NodeWindow> nodeWindows = new ArrayList<>();

  MadeHistory(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      job("c/" + i);
    }
    SITES.forEach(this::ledgerOf);
    SITES.forEach(this::nodesOf);
  }

  private String oneOf(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }

  private <A extends Enum<A>> Totals<A> amounts(Totals<A> totals) {
    for (int i = 0; i < totals.size(); i++) {
      // beyond 2^53: no number may pass through a double
      totals.set(i, random.nextInt(5) == 0 ? 0 : random.nextLong(1L << 55));
    }
    return totals;
  }

  private void job(String job) {
    String site = oneOf(SITES);
    JobDetails details =
        new JobDetails(
            oneOf(NAMES),
            oneOf(NAMES),
            "train \"" + random.nextInt(3) + "\"\\",
            "gpu" + random.nextInt(2),
            random.nextBoolean() ? Map.of() : Map.of("model", oneOf(NAMES), "arch", "moe"));
    long start = START - 3 * DAY + random.nextLong(62 * DAY);
    long end = start + random.nextLong(random.nextInt(10) == 0 ? 20 * DAY : 6 * HOUR) + 1;
    Totals<JobAmount> all = Totals.ofJob();
    long last = start;
    for (long quarter = floor(start, QUARTER); quarter < end; quarter += QUARTER) {
      if (random.nextInt(20) == 0) {
        continue;
      }
      last = Math.min(end, quarter + QUARTER);
      for (int fragment = 0; fragment <= (random.nextInt(10) == 0 ? 1 : 0); fragment++) {
        // small, as a long job has a thousand of them
        Totals<JobAmount> totals = Totals.ofJob();
        for (int i = 0; i < totals.size(); i++) {
          totals.set(i, random.nextLong(1L << 50));
        }
        all.addAll(totals);
        quarters.add(quarter(site, job, details, quarter, totals, fragment == 0 ? 0 : quarter + 1));
      }
      if (random.nextInt(50) == 0) {
        JobDetails former =
            new JobDetails(oneOf(NAMES), "former", details.name(), "", details.labels());
        points.add(JobQuarterHourPoint.of(quarter(site, job, former, quarter, Totals.ofJob(), 0)));
      }
    }
    boolean over = random.nextInt(4) > 0;
    summaries.add(
        new JobSummary(
            site,
            job,
            details,
            over ? JobState.COMPLETED : JobState.RUNNING,
            new JobTimes(start, start, over ? end : JobSpan.OPEN, last),
            random.nextLong(1_000_000),
            new JobWork(random.nextDouble() * 1e12, "tokens"),
            all,
            0,
            random.nextInt(64)));
    quarters.stream()
        .filter(quarter -> quarter.job().equals(job))
        .forEach(quarter -> points.add(JobQuarterHourPoint.of(quarter)));
    points.add(JobSummaryPoint.of(summaries.getLast()));
  }

  private static JobQuarterHour quarter(
      String site,
      String job,
      JobDetails details,
      long start,
      Totals<JobAmount> totals,
      long fragment) {
    return new JobQuarterHour(site, job, details, start, (int) QUARTER, totals, fragment);
  }

  private void ledgerOf(String site) {
    for (long length : new long[] {HOUR, QUARTER}) {
      for (long start = START; start < END; start += length) {
        if (random.nextInt(length == HOUR ? 2 : 8) == 0) {
          window(new SiteWindow(site, start, (int) length, amounts(Totals.ofSite()), 0));
          if (random.nextInt(5) == 0) {
            window(
                new SiteWindow(site, start, (int) length, amounts(Totals.ofSite()), start + DAY));
          }
        }
      }
    }
    // not to be added to the others
    points.add(LedgerPoint.of(new SiteWindow(site, START, 10_000, amounts(Totals.ofSite()), 0)));
  }

  private void window(SiteWindow window) {
    ledger.add(window);
    points.add(LedgerPoint.of(window));
  }

  private void nodesOf(String site) {
    for (int i = 0; i < 400; i++) {
      NodeWindow window =
          new NodeWindow(
              site,
              "n'" + random.nextInt(3),
              START + DAY + random.nextLong(20_000) * 10_000,
              10_000,
              nodeAmounts(),
              i);
      nodeWindows.add(window);
      points.add(NodeWindowPoint.of(window));
    }
  }

  private Totals<SiteAmount> nodeAmounts() {
    Totals<SiteAmount> totals = Totals.ofSite();
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, random.nextLong(1L << 40));
    }
    return totals;
  }

  static long floor(long time, long step) {
    return Math.floorDiv(time, step) * step;
  }

  /** What of quarters a query asks for, added up by the texts of a row and its step. */
  Map<String, Totals<JobAmount>> usage(UsageQuery query) {
    Map<String, Totals<JobAmount>> sums = new TreeMap<>();
    for (JobQuarterHour quarter : quarters) {
      JobDetails details = quarter.details();
      long step = floor(quarter.windowStartEpochMillis(), query.stepMillis());
      boolean wanted =
          query.sites().contains(quarter.site())
              && step >= query.range().from()
              && step < query.range().to()
              && (query.users().isEmpty() || query.users().contains(details.user()))
              && (query.projects().isEmpty() || query.projects().contains(details.project()));
      if (wanted) {
        boolean ofJob = query.detail() == UsageQuery.Detail.JOB;
        Totals<JobAmount> asked = Totals.ofJob();
        query.amounts().forEach(amount -> asked.set(amount, quarter.totals().get(amount)));
        sums.computeIfAbsent(
                key(
                    new UsageRow(
                        quarter.site(),
                        details.user(),
                        details.project(),
                        step,
                        ofJob ? quarter.job() : "",
                        ofJob ? details.name() : "",
                        ofJob ? details.partition() : "",
                        ofJob ? details.labels() : Map.of(),
                        asked)),
                _ -> Totals.ofJob())
            .addAll(asked);
      }
    }
    return sums;
  }

  /** What rows are added up by. */
  static String key(UsageRow row) {
    return String.join(
        "|",
        row.site(),
        row.user(),
        row.project(),
        Instant.ofEpochMilli(row.stepStart()).toString(),
        row.job(),
        row.name(),
        row.partition(),
        new TreeMap<>(row.labels()).toString());
  }
}
