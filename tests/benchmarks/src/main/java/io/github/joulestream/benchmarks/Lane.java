// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.joulestream.runtime.NanoClock;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * One contestant in a process of its own. Measured is from the moment in which it has done a part
 * of the work, when the JVM is warm, to the end: time, processor time of the whole process, and
 * what it allocated.
 */
final class Lane {
  private static final double WARM = 0.4;
  private static final long TICK_MILLIS = 50;
  private static final long SETTLE_MILLIS = 5_000;

  private Lane() {}

  private record Moment(long nanos, long cpuNanos, long allocatedBytes, long done) {
    static Moment now(NanoClock clock, long done) {
      return new Moment(
          clock.nanos(),
          ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getProcessCpuTime(),
          ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes(),
          done);
    }
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        Settings.of(
            Map.of("name", "", "bootstrap", "", "folder", "", "threads", "1", "totals", "true"),
            args);
    NanoClock clock = NanoClock.system();
    String bootstrap = settings.text("bootstrap");
    long end;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      end = Topics.end(admin, "telemetry");
    }
    Contestant contestant =
        Contestant.of(
            settings.text("name"),
            bootstrap,
            Path.of(settings.text("folder")),
            settings.number("threads"));
    contestant.start();
    try {
      Moment warm = await(contestant, clock, (long) (end * WARM));
      Moment over = await(contestant, clock, end);
      long measured = -1;
      long jobs = -1;
      if (Boolean.parseBoolean(settings.text("totals"))) {
        // what it has not told yet
        long before = -2;
        while (measured != before) {
          before = measured;
          TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
          measured = contestant.measuredMillijoules();
        }
        jobs = contestant.jobMillijoules();
      }
      System.out.printf(
          Locale.ROOT,
          "RESULT {\"batches\": %d, \"wall_s\": %.3f, \"cpu_s\": %.3f, \"allocated_bytes\": %d,"
              + " \"measured_mj\": %d, \"jobs_mj\": %d}%n",
          over.done - warm.done,
          (over.nanos - warm.nanos) / 1e9,
          (over.cpuNanos - warm.cpuNanos) / 1e9,
          over.allocatedBytes - warm.allocatedBytes,
          measured,
          jobs);
    } finally {
      contestant.stop();
    }
  }

  private static Moment await(Contestant contestant, NanoClock clock, long batches)
      throws Exception {
    while (true) {
      long done = contestant.done();
      if (done >= batches) {
        return Moment.now(clock, done);
      }
      TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
    }
  }
}
