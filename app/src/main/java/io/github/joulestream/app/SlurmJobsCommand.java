// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.producers.jobs.SlurmJobs;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What Slurm's controller says of jobs. */
@Command(
    name = "slurm-jobs",
    sortOptions = false,
    description = "Pass on what Slurm's plugin jobcomp/kafka writes of each job.")
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

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    kafka.join();
    try (Stopping stopping = new Stopping();
        SlurmJobs jobs = new SlurmJobs(kafka.config(), site, topics)) {
      System.out.printf("passing on jobs from %s; Ctrl-C stops it%n", String.join(", ", topics));
      for (long turn = 1; !stopping.asked(); turn++) {
        jobs.turn(WAIT);
        if (turn % WAITS_PER_LINE == 0) {
          line(jobs);
        }
      }
      line(jobs);
    }
    return 0;
  }

  private static void line(SlurmJobs jobs) {
    System.out.printf(
        Locale.ROOT,
        "%,d records of jobs passed on, %,d of jobs that never ran, %,d refused%n",
        jobs.told(),
        jobs.neverRan(),
        jobs.refused());
  }
}
