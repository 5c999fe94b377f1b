// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.PlacementPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the jobs of {@link KnownSites} ran, and what they used by quarter hour: {@code j-1} held
 * {@code gpu0} of node {@code n 1} and what {@code n 2} has, {@code j 2/b} held {@code gpu1} and
 * {@code n 2} later.
 *
 * <p>Beside them {@code j-long} holds {@code n 1} since ten days and used 1 kWh in the quarter
 * before the range and 2 kWh in its first; {@code j-old} ended there before the range, {@code
 * j-later} holds it from after the range on, {@code j-none} was withdrawn, and {@code j-moved} was
 * corrected to begin after the range.
 */
final class KnownPlacements {
  private static final long DAY = 24 * KnownSites.HOUR;
  private static final int QUARTER = 900_000;

  private final List<StorePoint> points = new ArrayList<>();

  private KnownPlacements() {}

  static List<StorePoint> points() {
    KnownPlacements known = new KnownPlacements();
    long start = KnownSites.START;
    long end = KnownSites.END;
    known.placed("east", "n 1", "j-1", start + 1_000, start + 2 * KnownSites.HOUR, "gpu0");
    known.placed("east", "n 2", "j-1", start + 1_000, start + 2 * KnownSites.HOUR, "gpu0");
    known.placed("east", "n 1", "j 2/b", start + 1_000, end - 1, "gpu1");
    known.placed("east", "n 2", "j 2/b", start + 2_000, end - 1, "gpu1");
    known.placed("east", "n 1", "j-long", start - 10 * DAY, Placement.OPEN, "gpu0");
    known.placed("east", "n 1", "j-old", start - 20 * DAY, start - 19 * DAY, "gpu0");
    known.placed("east", "n 1", "j-later", end + DAY, Placement.OPEN, "gpu0");
    known.placed("east", "n 1", "j-none", start + 5_000, start + 5_000, "gpu0");
    known.placed(
        "east", "n 1", "j-moved", start + 6_000, end + KnownSites.HOUR, Placement.OPEN, "gpu0");
    known.placed("west", "n 1", "j-3", start + 1_000, Placement.OPEN, "gpu0");
    for (String site : List.of("east", "west")) {
      known.node(site, "n 1", "r1", end - 30_000);
      known.node(site, "n 2", "r2", end - 40_000);
    }
    // it has no windows any more
    known.node("east", "n 3", "r2", end - 5 * KnownSites.HOUR);
    known.quarter("east", "j-long", "eve", "gamma", start - QUARTER, 3_600_000_000L);
    known.quarter("east", "j-long", "eve", "gamma", start, 2 * 3_600_000_000L);
    return known.points;
  }

  private void placed(String site, String node, String job, long held, long ended, String gpu) {
    placed(site, node, job, held, held, ended, gpu);
  }

  private void placed(
      String site, String node, String job, long anchor, long held, long ended, String gpu) {
    points.add(
        PlacementPoint.of(
            new Placement(
                site,
                node,
                job,
                anchor,
                held,
                ended,
                ended == Placement.OPEN ? EndedBy.NOBODY : EndedBy.HOOK,
                List.of(new HeldDevice(gpu, held, ended, Bounds.WHOLE_BASIS_POINTS)),
                NodeShares.AS_GPUS,
                2)));
  }

  private void node(String site, String node, String rack, long reported) {
    points.add(
        NodePoint.of(
            new NodeRecord(site, node, reported, "0.2.0", Map.of("rack", rack), 0, 0, List.of())));
  }

  private void quarter(
      String site, String job, String user, String project, long start, long energy) {
    points.add(quarter(site, job, user, project, start, jobTotals(energy)));
  }

  private static Totals<JobAmount> jobTotals(long energy) {
    return Totals.ofJob().add(JobAmount.TOTAL_MILLIJOULES, energy);
  }

  /** Of a job of {@link KnownSites}. */
  static StorePoint quarter(
      String site, String job, String user, String project, long start, Totals<JobAmount> totals) {
    return JobQuarterHourPoint.of(
        new JobQuarterHour(
            site,
            job,
            new JobDetails(user, project, "train " + job, "gpu", Map.of()),
            start,
            QUARTER,
            totals,
            0));
  }

  static long quarterOf(long time) {
    return time / QUARTER * QUARTER;
  }
}
