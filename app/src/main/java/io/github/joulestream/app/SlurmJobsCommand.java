// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.HealthOption;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.cli.ShutdownSignal;
import io.github.joulestream.cli.StatusLines;
import io.github.joulestream.producers.jobs.SlurmJobs;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Job completion records of Slurm's controller. */
@Command(
    name = "slurm-jobs",
    sortOptions = false,
    description =
        "Consume Slurm job completion records from a Kafka topic and publish them as jobs.")
final class SlurmJobsCommand implements Callable<Integer> {
  private static final Duration WAIT = Duration.ofMillis(500);
  private static final int WAITS_PER_LINE = 120;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      split = ",",
      required = true,
      description = "Topics that the plugin writes to (JobCompParams=topic=... in slurm.conf).")
  List<String> topics = List.of();

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Site that these jobs belong to (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Mixin HealthOption healthPort = new HealthOption(HealthOption.SLURM_JOBS);
  @Mixin KeyFileOption key = new KeyFileOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    RecordSigner signer = key.ofSite(site);
    kafka.join();
    try (ShutdownSignal stopping = new ShutdownSignal();
        SlurmJobs jobs = new SlurmJobs(kafka.clients(), site, topics, signer);
        // its loop is this thread: what ends it ends the process
        AutoCloseable _ = healthPort.open(metrics(jobs), jobs::health)) {
      System.out.printf("publishing jobs from %s; Ctrl-C stops it%n", String.join(", ", topics));
      StatusLines lines = new StatusLines(System.out);
      for (long turn = 1; !stopping.asked(); turn++) {
        stopping.checkClock();
        jobs.turn(WAIT, stopping::asked);
        if (turn % WAITS_PER_LINE == 0) {
          lines.print(line(jobs), line(jobs));
        }
      }
      System.out.println(ShownText.of(line(jobs)));
    }
    return 0;
  }

  private static Metrics metrics(SlurmJobs jobs) {
    return new Metrics()
        .show(Metric.SLURM_JOBS, jobs::published)
        .show(Metric.SLURM_NEVER_RAN, jobs::neverRan)
        .show(Metric.SLURM_REFUSED, jobs::refused)
        .show(Metric.LETTERS_DROPPED, jobs::lettersDropped);
  }

  private static String line(SlurmJobs jobs) {
    return String.format(
        Locale.ROOT,
        "%,d records published as jobs, %,d of jobs that never ran, %,d refused",
        jobs.published(),
        jobs.neverRan(),
        jobs.refused());
  }
}
