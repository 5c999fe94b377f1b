// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.streams.state.SetAsideNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Nodes: which there are, which are set aside, which are no more. */
@Command(
    name = "node",
    description =
        "List nodes, show the jobs of one, restore one that is set aside, remove one that no longer exists.",
    synopsisSubcommandLabel = "(list | jobs | restore | forget)",
    subcommands = {
      NodeCommand.Show.class,
      NodeJobs.class,
      NodeCommand.Restore.class,
      NodeCommand.Forget.class
    })
final class NodeCommand extends CommandGroup {
  private static final long WAIT_MILLIS = 30_000;
  private static final long LOOK_MILLIS = 500;

  @Command(
      name = "list",
      sortOptions = false,
      description = "Nodes whose agents have reported, or those that are set aside.",
      footer = {
        "",
        "Records of a node that is set aside are not booked; they are kept as dead letters."
      })
  static final class Show implements Callable<Integer> {
    @Option(names = "--set-aside", description = "Those that are set aside, since when, and why.")
    boolean setAside;

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
      NodesSetAside aside = NodesSetAside.read(kafka);
      List<Map<String, Object>> found = new ArrayList<>();
      List<String> lines = new ArrayList<>();
      if (setAside) {
        aside
            .nodes()
            .forEach((key, node) -> {
              found.add(
                  Map.of(
                      "node", key,
                      "sinceEpochMillis", node.sinceEpochMillis(),
                      "at", node.place(),
                      "reason", node.reason()));
              lines.add(NodesSetAside.line(key, node));
            });
      } else {
        long now = EpochClock.system().epochMillis();
        KnownNodes.read(kafka)
            .records()
            .forEach((key, node) -> {
              boolean isAside = aside.nodes().containsKey(key);
              found.add(
                  Map.of("node", key, "epochMillis", node.epochMillis(), "setAside", isAside));
              lines.add(
                  "%s  reported %,d s ago%s"
                      .formatted(
                          key,
                          Math.max(0, (now - node.epochMillis()) / 1_000),
                          isAside ? "; it is set aside" : ""));
            });
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(ShownText.lines(new JsonMapper().writeValueAsString(found)));
      } else if (lines.isEmpty()) {
        out.println(setAside ? "no node is set aside" : "no node has reported yet");
      } else {
        lines.forEach(line -> out.println(ShownText.of(line)));
      }
      return 0;
    }
  }

  @Command(
      name = "restore",
      sortOptions = false,
      description = "Restore a node that is set aside: its state is read again.",
      footer = {
        "",
        "With --reset a new account begins: what was booked stays booked, what jobs hold on the node",
        "is not known until it is reported again. What was refused meanwhile: dead-letter replay."
      })
  static final class Restore implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SITE", description = "Its site.")
    String site = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "The node.")
    String node = "";

    @Option(names = "--reset", description = "Begin a new account.")
    boolean reset;

    @Mixin ConfirmOption confirmation = new ConfirmOption();
    @Mixin KeyFileOption keyFile = new KeyFileOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      String key = Keys.node(site, node);
      SetAsideNode before = NodesSetAside.read(kafka).nodes().get(key);
      if (before == null) {
        throw new UserError("node %s of site %s is not set aside".formatted(node, site));
      }
      if (reset) {
        confirmation.confirm("begin a new account of node %s of site %s".formatted(node, site));
      }
      new Forgetting(keyFile.ofNode(site, node))
          .put(Topic.ALLOCATIONS, key, (reset ? NodeOrder.RESET : NodeOrder.RESTORE).bytes())
          .send(kafka.clients());
      NanoClock clock = NanoClock.system();
      long end = clock.nanos() + WAIT_MILLIS * 1_000_000;
      while (clock.nanos() - end < 0) {
        SetAsideNode after = NodesSetAside.read(kafka).nodes().get(key);
        if (after == null) {
          System.out.printf(
              "node %s of site %s is put back%n", ShownText.of(node), ShownText.of(site));
          return 0;
        }
        if (!after.equals(before)) {
          throw new UserError(
              "node %s of site %s cannot be put back: %s"
                  .formatted(node, site, ShownText.of(after.reason())));
        }
        Thread.sleep(LOOK_MILLIS);
      }
      throw new UserError(
          "the order is given, and nothing has followed within %d s: do the topologies run (joulestream doctor)? If they have --site-keys, was it given with --key-file (joulestream dead-letter list)?"
              .formatted(WAIT_MILLIS / 1_000));
    }
  }

  @Command(
      name = "forget",
      sortOptions = false,
      description = "Remove a node: its labels, its alerts and its last power.",
      footer = {
        "",
        "Its energy stays in the store. A node that reports again comes back by itself."
      })
  static final class Forget implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SITE", description = "Its site.")
    String site = "";

    @Parameters(index = "1", paramLabel = "NODE", description = "The node.")
    String node = "";

    @Option(
        names = "--force",
        description = "Also a node of which there is no record, such as one of an old agent.")
    boolean force;

    @Mixin ConfirmOption confirmation = new ConfirmOption();
    @Mixin KeyFileOption keyFile = new KeyFileOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      Map<String, NodeRecord> nodes = KnownNodes.read(kafka).records();
      NodeRecord record = nodes.get(Keys.node(site, node));
      if (record == null && !force) {
        throw new UserError(
            "no node %s of site %s has reported; %s. With --force it is forgotten all the same"
                .formatted(node, site, new KnownNodes(nodes).sites()));
      }
      confirmation.confirm("forget node %s of site %s".formatted(node, site));
      long now = EpochClock.system().epochMillis();
      Forgetting forgetting = new Forgetting(keyFile.ofNode(site, node));
      for (Alert alert : AlertCommand.read(kafka)) {
        if (alert.site().equals(site) && isAbout(Scope.parse(alert.scope()))) {
          forgetting.end(
              alert, now, "node %s of site %s: the node was forgotten".formatted(node, site));
        }
      }
      forgetting.remove(Topic.NODES, Keys.node(site, node)).send(kafka.clients());
      System.out.printf(
          "node %s of site %s is forgotten%n", ShownText.of(node), ShownText.of(site));
      if (record != null && now - record.epochMillis() < KnownNodes.REPORTS_MILLIS) {
        System.out.printf(
            "it reported %,d s ago: while its agent runs it comes back%n",
            Math.max(0, (now - record.epochMillis()) / 1_000));
      }
      return 0;
    }

    private boolean isAbout(Scope scope) {
      return switch (scope.kind()) {
        case NODE -> scope.name().equals(node);
        case DEVICE -> scope.name().startsWith(node + "/");
        default -> false;
      };
    }
  }
}
