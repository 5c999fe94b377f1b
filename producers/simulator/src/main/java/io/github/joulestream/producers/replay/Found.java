// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.schemas.JobRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the readers of the formats have found so far. */
final class Found {
  final List<NodeLog> logs = new ArrayList<>();
  final List<TracedJob> jobs = new ArrayList<>();
  private final List<Run> runs = new ArrayList<>();
  private final Set<String> jobIds = new HashSet<>();
  final Notices notices = new Notices();

  void add(Run run) {
    runs.add(run);
  }

  boolean nothing() {
    return runs.isEmpty();
  }

  /** Makes logs and jobs of the runs, once all are there. */
  void settle() {
    for (Run run : new SharedMachines(notices).settled(runs)) {
      for (Run.Log each : run.logs) {
        logs.add(run.held == null ? each.log() : held(each.log(), run.held));
      }
      run.jobs.forEach(job -> add(run.file, job));
    }
    runs.clear();
  }

  /** Adds a job; if its id is taken, under another one. */
  private void add(String file, TracedJob traced) {
    JobRecord job = traced.ended();
    String id = job.job();
    for (int copy = 2; !jobIds.add(id); copy++) {
      id = job.job() + "~" + copy;
    }
    if (!id.equals(job.job())) {
      notices.add(
          "%s: there is a job %s already, so this one is %s".formatted(file, job.job(), id));
      job = new JobRecord(job.site(), id, job.details(), job.span(), job.state(), job.work(), 0);
    }
    jobs.add(traced.as(job));
  }

  // ---- held edges

  /**
   * The log with the values it begins and ends with, in the order of time, at these moments; as it
   * is if it is of another time.
   */
  private static NodeLog held(NodeLog log, Run.Edges edges) {
    List<DeviceSeries> devices = new ArrayList<>();
    for (DeviceSeries series : log.devices()) {
      devices.add(new DeviceSeries(series.device(), held(series.readings(), edges)));
    }
    return new NodeLog(log.node(), log.file(), devices);
  }

  private static Readings held(Readings readings, Run.Edges edges) {
    Column times = new Column();
    Column power = new Column();
    int first = -1;
    int last = -1;
    boolean within = false;
    for (int i = 0; i < readings.size(); i++) {
      times.add(readings.epochMillis()[i]);
      power.add(readings.power(i));
      within |= times.get(i) >= edges.startEpochMillis() && times.get(i) <= edges.stopEpochMillis();
      if (readings.power(i) != MISSING && readings.power(i) > 0) {
        first = first < 0 || times.get(i) < times.get(first) ? i : first;
        last = last < 0 || times.get(i) >= times.get(last) ? i : last;
      }
    }
    if (first < 0 || !within) {
      return readings;
    }
    long atStart = power.get(first);
    long atStop = power.get(last);
    insert(times, power, edges.startEpochMillis(), atStart);
    insert(times, power, edges.stopEpochMillis(), atStop);
    return Readings.ofPower(times.toArray(), power.toArray());
  }

  private static void insert(Column times, Column power, long time, long value) {
    int at = 0;
    while (at < times.size() && times.get(at) <= time) {
      at++;
    }
    times.insert(at, time);
    power.insert(at, value);
  }
}
