// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.energy.budget.Scope;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Nodes that are no more. */
@Command(
    name = "node",
    description = "Forget a node that is no more.",
    synopsisSubcommandLabel = "(forget)",
    subcommands = NodeCommand.Forget.class)
final class NodeCommand extends CommandGroup {
  @Command(
      name = "forget",
      sortOptions = false,
      description = "It is missed no more: its labels, its alerts and its last power go.",
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
      Forgetting forgetting = new Forgetting();
      for (Alert alert : AlertCommand.read(kafka)) {
        if (alert.site().equals(site) && isAbout(Scope.parse(alert.scope()))) {
          forgetting.end(
              alert, now, "node %s of site %s: the node was forgotten".formatted(node, site));
        }
      }
      forgetting.remove(Topic.NODES, Keys.node(site, node)).send(kafka.config());
      System.out.printf("node %s of site %s is forgotten%n", node, site);
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
