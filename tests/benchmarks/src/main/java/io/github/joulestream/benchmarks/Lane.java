// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.joulestream.runtime.NanoClock;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * One contestant in a process of its own. Measured is from the moment in which it has done a part
 * of the work, when the JVM is warm, to the end: time, processor time of the whole process, and
 * what it allocated. Where there is so little to do that both moments are one, it is measured from
 * its start, and said to be cold. One that does not come to the end within the limit is measured
 * from the same part of the limit to the limit, and its totals say nothing.
 */
final class Lane {
  private static final double WARM = 0.4;
  private static final long TICK_MILLIS = 100;

  private final NanoClock clock = NanoClock.system();
  private final long began = clock.nanos();
  private final Contestant contestant;

  private Lane(Contestant contestant) {
    this.contestant = contestant;
  }

  private record Moment(
      long nanos, long cpuNanos, long compilerNanos, long allocatedBytes, long done) {
    static Moment now(NanoClock clock, long done) throws IOException {
      return new Moment(
          clock.nanos(),
          ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getProcessCpuTime(),
          ThreadTimes.ofThis().compilerNanos(),
          ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes(),
          done);
    }
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("Lets one contestant work through the topics.")
            .with("name", "joulestream", "the contestant")
            .with("bootstrap", "", "the broker")
            .with("folder", "", "for its state")
            .with("threads", "1", "that it may use")
            .with("limit", "600", "seconds until it is stopped")
            .with("profile", "false", "whether its stacks are sampled while it is measured")
            .with("totals", "true", "whether the energy is added up in the end")
            .read(args);
    String bootstrap = settings.text("bootstrap");
    long end;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      end = Topics.end(admin, "telemetry");
    }
    Path folder = Path.of(settings.text("folder"));
    Contestant contestant =
        Contestant.of(settings.text("name"), bootstrap, folder, settings.number("threads"));
    Lane lane = new Lane(contestant);
    CpuProfile profile =
        settings.is("profile")
            ? CpuProfile.start(
                ProcessHandle.current().pid(),
                // beside its state, whose bytes are counted
                Files.createDirectories(Path.of(folder + "-profile")))
            : null;
    Moment start = Moment.now(lane.clock, 0);
    contestant.start();
    try {
      int limit = settings.number("limit");
      Moment warm = lane.await((long) (end * WARM), limit * WARM);
      if (profile != null) {
        profile.begin();
      }
      Moment over = lane.await(end, limit);
      String split = profile == null ? "null" : profile.stop().json().toString();
      boolean cold = over.done <= warm.done;
      Moment from = cold ? start : warm;
      boolean complete = over.done >= end;
      long measured = -1;
      long jobs = -1;
      if (complete && settings.is("totals")) {
        measured = Topics.awaitSteady(contestant::measuredMillijoules);
        jobs = contestant.jobMillijoules();
      }
      System.out.printf(
          Locale.ROOT,
          "RESULT {\"complete\": %b, \"cold\": %b, \"batches\": %d, \"wall_s\": %.3f, \"cpu_s\": %.3f,"
              + " \"compiler_s\": %.3f,"
              + " \"allocated_bytes\": %d, \"measured_mj\": %d, \"jobs_mj\": %d,"
              + " \"state_bytes\": %d, \"split\": %s}%n",
          complete,
          cold,
          over.done - from.done,
          (over.nanos - from.nanos) / 1e9,
          (over.cpuNanos - from.cpuNanos) / 1e9,
          (over.compilerNanos - from.compilerNanos) / 1e9,
          over.allocatedBytes - from.allocatedBytes,
          measured,
          jobs,
          contestant.stateBytes(),
          split);
    } finally {
      contestant.stop();
    }
  }

  /** When so much is done, or when something more is done after this time. */
  private Moment await(long batches, double limitSeconds) throws Exception {
    long before = contestant.done();
    while (true) {
      long done = contestant.done();
      boolean late = (clock.nanos() - began) / 1e9 > limitSeconds;
      if (done >= batches || (late && done != before)) {
        return Moment.now(clock, done);
      }
      before = done;
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
    }
  }
}
