// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.energy.attribute.AllocationEdge.By;
import io.github.joulestream.energy.attribute.Arrival;
import io.github.joulestream.energy.attribute.History;
import io.github.joulestream.energy.attribute.Increments;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.attribute.NodeAccount;
import io.github.joulestream.energy.integrate.Calibration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an allocation event costs on a node that runs jobs one after the other on each of its GPUs,
 * all day, as high-throughput computing does: of its thread's processor time, after so many jobs.
 * An agent reads its GPUs once a second; the scheduler's records arrive a little after the fact, so
 * each of them mends what was booked since.
 */
final class ManyJobs {
  private static final long START = 1_700_000_000_000L;
  private static final int GPUS = 8;
  private static final long NEWS_MILLIS = 300;
  private static final int EVENTS = 100;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private static final int WARM_JOBS = 500;

  private final Settings settings;
  private final int jobs;
  private final long stepMillis;
  private final NodeAccount account = new NodeAccount(Limits.DEFAULT, Calibration.NONE);
  private final List<Arrival> arrivals = new ArrayList<>();
  private final History history = this::between;
  private final ArrayNode rows = Bench.object().putArray("rows");
  private Increments books = new Increments();
  private long[] costs = new long[EVENTS];
  private int events;
  private long known;
  private double seconds;

  private ManyJobs(Settings settings, int jobs) {
    this.settings = settings;
    this.jobs = jobs;
    this.stepMillis = settings.number("minutes") * 60_000L / settings.number("jobs");
  }

  public static void main(String[] args) throws IOException {
    Settings settings =
        new Settings("What an allocation event of a node costs as its jobs grow in number.")
            .with("jobs", "10000", "one after the other, each on a GPU of the eight")
            .with("minutes", "120", "in which they begin")
            .with("at", "100,1000,10000", "jobs after which the cost of an event is given")
            .with("limit", "240", "seconds of processor time until it stops")
            .with("json", "", "file for the results as JSON")
            .read(args);
    // a node of its own, until the compiler knows the way
    new ManyJobs(settings, WARM_JOBS).run(List.of());
    System.out.printf(
        "%8s %16s %16s %12s %14s%n",
        "jobs", "median, us/event", "mean, us/event", "state, B", "read, ms");
    ManyJobs measured = new ManyJobs(settings, settings.number("jobs"));
    measured.run(settings.numbers("at"));
    measured.report();
  }

  private void run(List<Integer> at) throws IOException {
    long began = threads.getCurrentThreadCpuTime();
    long limit = settings.number("limit") * 1_000_000_000L;
    long nextReading = START;
    for (int job = 0; job < jobs; job++) {
      long now = START + job * stepMillis;
      for (; nextReading <= now + NEWS_MILLIS; nextReading += 1_000) {
        read(nextReading);
      }
      if (job >= GPUS) {
        take(edge(job - GPUS, false, now));
      }
      take(edge(job, true, now));
      if (at.contains(job + 1)) {
        report(job + 1);
      }
      if (threads.getCurrentThreadCpuTime() - began > limit) {
        System.out.printf("stopped at the limit after %,d jobs%n", job + 1);
        report(job + 1);
        break;
      }
    }
    seconds = (threads.getCurrentThreadCpuTime() - began) / 1e9;
  }

  private void report() throws IOException {
    ObjectNode all = Bench.object();
    all.set("rows", rows);
    if (!settings.text("json").isEmpty()) {
      Files.writeString(Path.of(settings.text("json")), all.toPrettyString());
    }
    System.out.printf(
        "%,d events in %.1f s of processor time; %,d were new%n", events, seconds, known);
  }

  /** What the agent reads: eight GPUs at work. */
  private void read(long epochMillis) {
    List<DeviceSeries> devices = new ArrayList<>();
    for (int gpu = 0; gpu < GPUS; gpu++) {
      devices.add(
          new DeviceSeries(
              Device.sensor("gpu" + gpu, DeviceKind.GPU),
              Readings.ofPower(
                  new long[] {epochMillis}, new long[] {400_000 + epochMillis % 7 * 1_000})));
    }
    Arrival arrival = new Arrival(epochMillis + 50, devices);
    books = new Increments();
    account.accept(START, (epochMillis - START) / 1_000, arrival, history, books);
    arrivals.add(arrival);
    if (arrivals.size() > 2 * 3_600) {
      arrivals.subList(0, 3_600).clear();
    }
  }

  private AllocationEdge edge(int job, boolean hold, long epochMillis) {
    return new AllocationEdge(
        "job" + job,
        hold,
        epochMillis,
        hold ? Map.of("gpu" + job % GPUS, 10_000) : Map.of(),
        AllocationEdge.BY_GPUS,
        AllocationEdge.BY_GPUS,
        AllocationEdge.BY_GPUS,
        AllocationEdge.BY_GPUS,
        GPUS,
        By.HOOK,
        epochMillis + NEWS_MILLIS);
  }

  private void take(AllocationEdge edge) {
    long before = threads.getCurrentThreadCpuTime();
    if (account.accept(edge, history, books)) {
      known++;
    }
    costs[events++ % EVENTS] = threads.getCurrentThreadCpuTime() - before;
  }

  private List<Arrival> between(long fromEpochMillis, long toEpochMillis) {
    // a reading a second, in order
    List<Arrival> found = new ArrayList<>();
    long first = arrivals.isEmpty() ? 0 : lastOf(arrivals.getFirst());
    int from = Math.clamp(Math.ceilDiv(fromEpochMillis - first, 1_000), 0, arrivals.size());
    for (int i = from; i < arrivals.size() && lastOf(arrivals.get(i)) <= toEpochMillis; i++) {
      found.add(arrivals.get(i));
    }
    return found;
  }

  private static long lastOf(Arrival arrival) {
    return arrival.devices().getFirst().readings().epochMillis()[0];
  }

  private void report(int after) throws IOException {
    List<Double> micros = new ArrayList<>();
    for (int i = 0; i < Math.min(events, EVENTS); i++) {
      micros.add(costs[i] / 1e3);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    account.write(new DataOutputStream(out));
    long before = threads.getCurrentThreadCpuTime();
    NodeAccount.read(
        new DataInputStream(new ByteArrayInputStream(out.toByteArray())),
        Limits.DEFAULT,
        Calibration.NONE);
    double readMillis = (threads.getCurrentThreadCpuTime() - before) / 1e6;
    double median = Statistics.median(micros);
    double mean = Statistics.mean(micros);
    System.out.printf(
        "%,8d %,16.1f %,16.1f %,12d %,14.1f%n", after, median, mean, out.size(), readMillis);
    ObjectNode row = rows.addObject();
    row.put("jobs", after);
    row.put("median_us", median);
    row.put("mean_us", mean);
    row.put("state_bytes", out.size());
    row.put("read_ms", readMillis);
  }
}
