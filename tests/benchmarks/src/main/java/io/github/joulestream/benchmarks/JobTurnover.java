// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Jobs that last hours, and a few that last minutes: where one ends another begins in the same
 * moment on the same devices, so that a site is as full as it was. Ends are spread evenly over the
 * time. Each job is reported on every half minute, as schedulers are asked.
 */
final class JobTurnover {
  private static final double SHARE_OF_SHORT = 0.05;
  private static final long SHORT_MILLIS = 120_000;
  private static final long LEAST_MILLIS = 3_600_000;
  private static final long MOST_MILLIS = 8 * 3_600_000;
  private static final int REPORT_MILLIS = 30_000;

  private final Map<String, JobRecord> records = new LinkedHashMap<>();
  private final Map<String, List<AllocationEvent>> allocations = new LinkedHashMap<>();

  /** A job runs. */
  void began(JobRecord job) {
    records.putIfAbsent(job.job(), job);
  }

  /** It holds devices of a node. */
  void holds(AllocationEvent event) {
    allocations.computeIfAbsent(event.job(), _ -> new ArrayList<>()).add(event);
  }

  /** Jobs as some of the copies of the nodes have them, each of which ends at other times. */
  final class Sender {
    private final Copies to;
    private final int stepMillis;
    private final List<List<Place>> steps = new ArrayList<>();

    /** Where one job follows the other. */
    private static final class Place {
      final JobRecord first;
      final List<AllocationEvent> holds;
      final long lengthMillis;
      long beganEpochMillis;
      long endEpochMillis;
      int before;

      Place(JobRecord first, List<AllocationEvent> holds, long lengthMillis) {
        this.first = first;
        this.holds = holds;
        this.lengthMillis = lengthMillis;
      }

      String name() {
        return before == 0 ? first.job() : first.job() + ".t" + before;
      }
    }

    /**
     * @param number of this sender
     * @param stepMillis from a step to the next
     */
    Sender(Copies to, int number, int stepMillis) {
      this.to = to;
      this.stepMillis = stepMillis;
      for (int i = 0; i < REPORT_MILLIS / stepMillis; i++) {
        steps.add(new ArrayList<>());
      }
      SplittableRandom random = new SplittableRandom(number);
      records.forEach((name, record) -> {
        List<AllocationEvent> holds = allocations.getOrDefault(name, List.of());
        if (!holds.isEmpty()) {
          boolean ofMinutes = random.nextDouble() < SHARE_OF_SHORT;
          long length = ofMinutes ? SHORT_MILLIS : random.nextLong(LEAST_MILLIS, MOST_MILLIS);
          steps.get(random.nextInt(steps.size())).add(new Place(record, holds, length));
        }
      });
    }

    /** Sends who holds what as it begins: each job is somewhere between its beginning and end. */
    void begin(long beganEpochMillis) {
      SplittableRandom random = new SplittableRandom(1);
      for (List<Place> step : steps) {
        for (Place place : step) {
          place.beganEpochMillis = beganEpochMillis;
          place.endEpochMillis = beganEpochMillis + random.nextLong(place.lengthMillis);
          start(place);
        }
      }
    }

    /** Sends what happens to jobs in a step. */
    void send(long step, long beganEpochMillis) {
      long now = beganEpochMillis + step * stepMillis;
      for (Place place : steps.get((int) (step % steps.size()))) {
        if (now < place.endEpochMillis) {
          to.publish(record(place, JobSpan.OPEN, JobState.RUNNING, now));
          continue;
        }
        for (AllocationEvent hold : place.holds) {
          to.publish(AllocationEvent.release(hold.site(), hold.node(), place.name(), now));
        }
        to.publish(record(place, now, JobState.COMPLETED, now));
        place.before++;
        place.beganEpochMillis = now;
        place.endEpochMillis = now + place.lengthMillis;
        start(place);
      }
    }

    private void start(Place place) {
      to.publish(record(place, JobSpan.OPEN, JobState.RUNNING, place.beganEpochMillis));
      for (AllocationEvent hold : place.holds) {
        to.publish(
            Renamed.allocation(
                hold, hold.node(), place.name(), place.beganEpochMillis - hold.atEpochMillis()));
      }
    }

    private static JobRecord record(Place place, long end, JobState state, long now) {
      JobRecord first = place.first;
      return new JobRecord(
          first.site(),
          place.name(),
          first.details(),
          new JobSpan(place.beganEpochMillis, end),
          state,
          // a unit of it in a second
          new JobWork((now - place.beganEpochMillis) / 1_000.0, first.work().unit()),
          first.nodes());
    }
  }
}
