// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.streams.StreamsProgram;
import io.github.joulestream.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** The topologies as they are. */
final class Joulestream implements Contestant {
  private static final int TEN_SECONDS_MILLIS = 10_000;
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  private final String bootstrap;
  private final Admin admin;
  private final StreamsProgram program;

  Joulestream(String bootstrap, Path folder, int threads) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    this.program =
        new StreamsProgram(
            new StreamsSettings(
                bootstrap, folder, threads, null, COMMIT_INTERVAL, Calibration.NONE));
  }

  @Override
  public void start() throws InterruptedException {
    program.start();
  }

  @Override
  public long done() throws Exception {
    return Topics.committed(admin, program.applicationId(), "telemetry");
  }

  /** From the ledger; it must balance. */
  @Override
  public long measuredMillijoules() {
    Map<String, SiteWindow> windows = new HashMap<>();
    Topics.read(
        bootstrap,
        "ledger",
        record -> {
          SiteWindow window =
              WireSerdes.siteWindows().deserializer().deserialize("ledger", record.value());
          if (window.windowMillis() == TEN_SECONDS_MILLIS) {
            windows.put(window.site() + window.windowStartEpochMillis(), window);
          }
        });
    long measured = 0;
    long booked = 0;
    for (SiteWindow window : windows.values()) {
      measured += window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      booked +=
          window.totals().get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
              + window.totals().get(SiteAmount.IDLE_TOTAL_MILLIJOULES);
    }
    if (measured != booked) {
      throw new IllegalStateException("the ledger's difference is " + (measured - booked) + " mJ");
    }
    return measured;
  }

  @Override
  public long jobMillijoules() {
    Map<String, Long> jobs = new HashMap<>();
    Topics.read(
        bootstrap,
        "job-summary",
        record -> {
          var job =
              WireSerdes.jobSummaries().deserializer().deserialize("job-summary", record.value());
          jobs.put(
              job.job() + job.partEpochMillis(), job.totals().get(JobAmount.TOTAL_MILLIJOULES));
        });
    return jobs.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void stop() {
    program.close();
    admin.close();
  }
}
