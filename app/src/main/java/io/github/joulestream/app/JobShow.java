// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows where a job runs, or ran. */
@Command(
    name = "show",
    sortOptions = false,
    description = "Show the nodes and devices of a job, from when to when, and its state.",
    footer = {
      "",
      "Of jobs that held something within the last 40 days; the store has older ones (placement)."
    })
final class JobShow implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job.")
  String job = "";

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Its site (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Option(names = "--json", description = "In full, as JSON.")
  boolean json;

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    kafka.join();
    JobSummary summary =
        LatestRecords.find(
                Topic.JOB_SUMMARY,
                Keys.job(site, job),
                WireSerdes.jobSummaries().deserializer(),
                kafka.clients())
            .orElse(null);
    List<Placement> placements = KnownPlacements.ofJob(kafka, site, job).placements();
    if (summary == null && placements.isEmpty()) {
      throw new UserError(
          "no job '%s' of site %s is known; %s"
              .formatted(ShownText.of(job), site, KnownNodes.read(kafka).sites()));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(ShownText.lines(new JsonMapper().writeValueAsString(json(summary, placements))));
      return 0;
    }
    out.println(ShownText.of("job %s of site %s: %s".formatted(job, site, state(summary))));
    if (placements.isEmpty()) {
      out.printf(
          "it held nothing of a node within the last %d days%n",
          Topic.PLACEMENT.retention().toDays());
    } else {
      PlacementText.table("NODE", Placement::node, placements).lines().forEach(out::println);
    }
    return 0;
  }

  private static String state(@Nullable JobSummary summary) {
    if (summary == null) {
      return "no state is known";
    }
    String user = summary.details().user();
    String project = summary.details().project();
    return PlacementText.word(summary.state())
        + (user.isEmpty() ? "" : ", user " + user)
        + (project.isEmpty() ? "" : ", project " + project);
  }

  private Map<String, @Nullable Object> json(
      @Nullable JobSummary summary, List<Placement> placements) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("site", site);
    json.put("job", job);
    json.put("state", summary == null ? null : summary.state().name());
    json.put("user", summary == null ? null : summary.details().user());
    json.put("project", summary == null ? null : summary.details().project());
    json.put("placements", placements.stream().map(PlacementText::json).toList());
    return json;
  }
}
