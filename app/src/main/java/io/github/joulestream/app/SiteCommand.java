// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.alerts.BudgetTopic;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.KeyFileOption;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.Topic;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sites that are no more. */
@Command(
    name = "site",
    description = "Remove a site that no longer exists.",
    synopsisSubcommandLabel = "(forget)",
    subcommands = SiteCommand.Forget.class)
final class SiteCommand extends CommandGroup {
  @Command(
      name = "forget",
      sortOptions = false,
      description = "Remove its nodes, budgets, alerts and the state of its alerts.",
      footer = {
        "",
        "Its energy and its jobs stay in the store. A site that reports again comes back, without",
        "budgets."
      })
  static final class Forget implements Callable<Integer> {
    @Parameters(paramLabel = "SITE", description = "The site.")
    String site = "";

    @Option(names = "--force", description = "Also a site of which there is no record.")
    boolean force;

    @Mixin ConfirmOption confirmation = new ConfirmOption();
    @Mixin KeyFileOption key = new KeyFileOption();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      if (site.isEmpty() || site.indexOf('/') >= 0) {
        throw UserError.usage("a site's name has no slash: '%s'".formatted(site));
      }
      kafka.join();
      KnownNodes known = KnownNodes.read(kafka);
      List<NodeRecord> nodes =
          known.records().values().stream().filter(node -> node.site().equals(site)).toList();
      List<Budget> budgets =
          new BudgetTopic(kafka.clients())
              .read().values().stream().filter(budget -> budget.site().equals(site)).toList();
      List<Alert> alerts =
          AlertCommand.read(kafka).stream().filter(alert -> alert.site().equals(site)).toList();
      if (nodes.isEmpty() && budgets.isEmpty() && alerts.isEmpty() && !force) {
        throw new UserError(
            "nothing is known of a site %s; %s. With --force it is forgotten all the same"
                .formatted(site, known.sites()));
      }
      String what =
          "%s, %s and %s"
              .formatted(
                  Quantities.count(nodes.size(), "node"),
                  Quantities.count(budgets.size(), "budget"),
                  Quantities.count(alerts.size(), "alert"));
      confirmation.confirm("forget site %s with %s".formatted(site, what));
      long now = EpochClock.system().epochMillis();
      Forgetting forgetting = new Forgetting(key.ofSite(site));
      alerts.forEach(alert -> forgetting.end(alert, now, "site %s was forgotten".formatted(site)));
      alerts.forEach(alert -> forgetting.remove(Topic.ALERTS, alert.id()));
      budgets.forEach(budget -> forgetting.remove(Topic.BUDGETS, Keys.budget(site, budget.id())));
      nodes.forEach(node -> forgetting.remove(Topic.NODES, Keys.node(site, node.node())));
      // of no node in particular: all that the alerts topology knows of the site
      forgetting.remove(Topic.NODES, Keys.node(site, "")).send(kafka.clients());
      System.out.printf("site %s is forgotten, with %s%n", ShownText.of(site), what);
      if (nodes.stream().anyMatch(node -> now - node.epochMillis() < KnownNodes.REPORTS_MILLIS)) {
        System.out.println("some of its nodes still report: while their agents run it comes back");
      }
      return 0;
    }
  }
}
