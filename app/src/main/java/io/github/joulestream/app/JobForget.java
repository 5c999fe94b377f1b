// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.serialization.Serde;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes the names of a job. */
@Command(
    name = "forget",
    sortOptions = false,
    description = "Remove user, account, name and labels of a job; its energy stays booked.",
    footer = {
      "",
      "Its summary is published again without them, which removes them from the store too. The job's",
      "id and texts of alerts that named its user stay. A job that is reported again comes back."
    })
final class JobForget implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job.")
  String job = "";

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Its site (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Mixin ConfirmOption confirmation = new ConfirmOption();
  @Mixin KeyFileOption key = new KeyFileOption();
  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    kafka.join();
    String jobKey = Keys.job(site, job);
    Optional<JobRecord> record = find(Topic.JOBS, jobKey, WireSerdes.jobs());
    Optional<JobSummary> summary = find(Topic.JOB_SUMMARY, jobKey, WireSerdes.jobSummaries());
    if (record.isEmpty() && summary.isEmpty()) {
      throw new UserError("no job '%s' of site %s is known".formatted(job, site));
    }
    confirmation.confirm("forget whose job %s of site %s was".formatted(job, site));
    Forgetting forgetting = new Forgetting(key.ofSite(site)).remove(Topic.JOBS, jobKey);
    // also of a job that the accounting has closed; of another it publishes a later one after this
    summary.ifPresent(last ->
        forgetting.put(
            Topic.JOB_SUMMARY,
            jobKey,
            WireSerdes.jobSummaries()
                .serializer()
                .serialize(Topic.JOB_SUMMARY.topicName(), last.withoutNames())));
    forgetting.send(kafka.clients());
    System.out.printf(
        "whose job %s of site %s was is forgotten%n", ShownText.of(job), ShownText.of(site));
    return 0;
  }

  private <T> Optional<T> find(Topic topic, String key, Serde<T> serde) {
    return LatestRecords.find(topic, key, serde.deserializer(), kafka.clients());
  }
}
