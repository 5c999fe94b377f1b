// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.Times;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Topic;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows which jobs hold a node, or held it. */
@Command(
    name = "jobs",
    sortOptions = false,
    description = "Show the jobs of a node and their devices, now or at a time.",
    footer = {"", "Times within the last 40 days; the store has older ones (placement)."})
final class NodeJobs implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NODE", description = "The node.")
  String node = "";

  @Option(
      names = "--site",
      paramLabel = "NAME",
      defaultValue = "local",
      description = "Its site (default: ${DEFAULT-VALUE}).")
  String site = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "When: 2026-01-31T12:00:00Z, or 5m ago (default: now).")
  @Nullable String at;

  @Option(names = "--json", description = "In full, as JSON.")
  boolean json;

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    long now = EpochClock.system().epochMillis();
    long time = at == null ? now : Times.parse(at, now);
    long keptMillis = Topic.PLACEMENT.retention().toMillis();
    if (time > now || time < now - keptMillis) {
      throw UserError.usage(
          "--at takes a time of the last %d days, not %s; the store has placements of before"
              .formatted(Topic.PLACEMENT.retention().toDays(), PlacementText.time(time)));
    }
    kafka.join();
    KnownPlacements known = KnownPlacements.ofNode(kafka, site, node);
    if (known.placements().isEmpty()) {
      KnownNodes nodes = KnownNodes.read(kafka);
      if (!nodes.records().containsKey(Keys.node(site, node))) {
        throw new UserError(
            "no node %s of site %s has reported; %s"
                .formatted(ShownText.of(node), site, nodes.sites()));
      }
    }
    List<Placement> placements = known.at(time).placements();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          ShownText.lines(
              new JsonMapper()
                  .writeValueAsString(placements.stream().map(PlacementText::json).toList())));
    } else if (placements.isEmpty()) {
      out.printf(
          "node %s of site %s: no job holds anything of it %s%n",
          ShownText.of(node),
          ShownText.of(site),
          at == null ? "now" : "at " + PlacementText.time(time));
    } else {
      PlacementText.table("JOB", Placement::job, placements).lines().forEach(out::println);
    }
    return 0;
  }
}
