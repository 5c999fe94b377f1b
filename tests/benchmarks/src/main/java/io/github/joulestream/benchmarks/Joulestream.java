// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** The topologies as they are. */
final class Joulestream implements Contestant {
  private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);

  private final String bootstrap;
  private final Admin admin;
  private final StreamsApplication program;

  Joulestream(String bootstrap, Path folder, int threads) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    this.program =
        StreamsApplication.accounting(
            StreamsSettings.of(KafkaClients.of(bootstrap), folder)
                .threads(threads)
                .commitInterval(COMMIT_INTERVAL));
  }

  @Override
  public void start() throws InterruptedException {
    program.start();
    program.awaitReady();
  }

  @Override
  public long done() throws Exception {
    return Topics.done(admin, StreamsConfigs.ACCOUNTING_ID);
  }

  @Override
  public long measuredMillijoules() {
    return Ledger.measuredMillijoules(bootstrap);
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
              job.job() + job.fragmentEpochMillis(), job.totals().get(JobAmount.TOTAL_MILLIJOULES));
        });
    return jobs.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void stop() {
    program.close();
    admin.close();
  }
}
