// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.app.alerts.BudgetFile;
import io.github.joulestream.app.alerts.BudgetText;
import io.github.joulestream.app.alerts.BudgetTopic;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Keys;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Limits on power and energy. */
@Command(
    name = "budget",
    description = "Limits on power and energy; alerts fire when they are passed.",
    synopsisSubcommandLabel = "(set | list | remove | import)",
    subcommands = {
      BudgetCommand.Set.class,
      BudgetCommand.ListAll.class,
      BudgetCommand.Remove.class,
      BudgetCommand.Import.class
    })
final class BudgetCommand extends CommandGroup {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Command(
      name = "set",
      sortOptions = false,
      description = "Put a budget in force, or change the one of this name.",
      footer = {
        "",
        "  joulestream budget set feed-a --site dc1 --scope site --power 1.2MW \\",
        "      --schedule 'Mon-Fri 17:00-21:00 0.9MW' --zone Europe/Berlin --owner facilities",
        "  joulestream budget set physics --site dc1 --scope project=physics --energy 30MWh --per month"
      })
  static final class Set implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Its name, unique within its site.")
    String name = "";

    @Option(names = "--site", required = true, description = "The site.")
    String site = "";

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        required = true,
        description =
            "Its scope: site, project=P, user=U, job=J, kind=gpu, or a label of nodes such as"
                + " rack=r12.")
    String scope = "";

    @Option(names = "--power", paramLabel = "POWER", description = "The limit: 900kW, 1.2MW.")
    @Nullable String power;

    @Option(
        names = "--energy",
        paramLabel = "ENERGY",
        description = "The limit, with --per: 500kWh, 30MWh, 1.1GJ.")
    @Nullable String energy;

    @Option(names = "--per", paramLabel = "PERIOD", description = "hour, day or month.")
    @Nullable String per;

    @Option(
        names = "--thresholds",
        paramLabel = "PERCENT,...",
        description =
            "Shares of the limit at which an alert fires, in percent (default: 85,95,100).")
    @Nullable String thresholds;

    @Option(
        names = "--for",
        paramLabel = "DURATION",
        description = "How long a threshold must be passed before an alert fires (default: 0s).")
    @Nullable String hold;

    @Option(
        names = "--resolve-below",
        paramLabel = "PERCENT",
        description =
            "How far below a threshold the value must fall, in percent of it (default: 5%%).")
    @Nullable String resolveBelow;

    @Option(
        names = "--resolve-after",
        paramLabel = "DURATION",
        description = "How long it must be below before the alert resolves (default: 5m).")
    @Nullable String resolveAfter;

    @Option(
        names = "--cooldown",
        paramLabel = "DURATION",
        description = "How long after that no alert fires (default: 1m).")
    @Nullable String cooldown;

    @Option(
        names = "--forecast",
        paramLabel = "DURATION",
        description = "How far ahead passing the limit is forecast; 0s: not at all (default: 10m).")
    @Nullable String forecast;

    @Option(
        names = "--schedule",
        paramLabel = "HOURS",
        description =
            "A lower limit at certain hours, 'Mon-Fri 17:00-21:00 0.9MW'; can be repeated.")
    @Nullable List<String> schedule;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        description = "Time zone of hours, days and months (default: UTC).")
    @Nullable String zone;

    @Option(
        names = "--caps",
        paramLabel = "MODE",
        description = "Advice on caps: none, proportional, priority (default: none).")
    @Nullable String caps;

    @Option(names = "--owner", description = "Who is responsible for it.")
    @Nullable String owner;

    @Option(names = "--note", description = "Text for people who see the alert.")
    @Nullable String note;

    @Option(
        names = "--priority",
        paramLabel = "N",
        description = "The higher, the later caps are advised for it (default: 0).")
    @Nullable String priority;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      Budget budget;
      try {
        budget = BudgetText.parse(values());
      } catch (BudgetText.Wrong e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
      kafka.join();
      BudgetTopic topic = new BudgetTopic(kafka.clients());
      for (Budget other : topic.read().values()) {
        if (budget.overlaps(other)) {
          throw new UserError(BudgetFile.overlap(budget, other));
        }
      }
      topic.write(List.of(budget));
      System.out.printf(
          "budget %s of site %s is in force: %s for %s%s%n",
          ShownText.of(budget.id()),
          ShownText.of(budget.site()),
          ShownText.of(BudgetText.limit(budget)),
          ShownText.of(budget.scope().text()),
          ShownText.of(remark(KnownNodes.read(kafka), budget)));
      return 0;
    }

    private Map<String, String> values() {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("name", name);
      values.put("site", site);
      values.put("scope", scope);
      put(values, "power", power);
      put(values, "energy", energy);
      put(values, "per", per);
      put(values, "thresholds", thresholds);
      put(values, "for", hold);
      put(values, "resolve-below", resolveBelow);
      put(values, "resolve-after", resolveAfter);
      put(values, "cooldown", cooldown);
      put(values, "forecast", forecast);
      put(values, "schedule", schedule == null ? null : String.join(";", schedule));
      put(values, "zone", zone);
      put(values, "caps", caps);
      put(values, "owner", owner);
      put(values, "note", note);
      put(values, "priority", priority);
      return values;
    }

    private static void put(Map<String, String> values, String key, @Nullable String value) {
      if (value != null) {
        values.put(key, value);
      }
    }
  }

  /** A remark behind a semicolon; or nothing. */
  private static String remark(KnownNodes nodes, Budget budget) {
    String remark = nodes.remark(budget);
    return remark.isEmpty() ? "" : "; " + remark;
  }

  @Command(name = "list", sortOptions = false, description = "Show the budgets in force.")
  static final class ListAll implements Callable<Integer> {
    @Option(names = "--json", description = "In full, as JSON that 'import' takes.")
    boolean json;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      Collection<Budget> budgets = new BudgetTopic(kafka.clients()).read().values();
      if (json) {
        System.out.println(ShownText.lines(json(budgets)));
        return 0;
      }
      if (budgets.isEmpty()) {
        System.out.println("no budget is in force; 'joulestream budget set' makes one");
        return 0;
      }
      KnownNodes nodes = KnownNodes.read(kafka);
      TextTable table =
          new TextTable(
              Column.left("site"),
              Column.left("name"),
              Column.left("scope"),
              Column.right("limit"),
              Column.left("thresholds"),
              Column.left("owner"));
      for (Budget budget : budgets) {
        table.row(
            ShownText.of(budget.site()),
            ShownText.of(budget.id()),
            ShownText.of(budget.scope().text()),
            ShownText.of(BudgetText.limit(budget)),
            requireNonNullElse(BudgetText.values(budget).get("thresholds"), ""),
            ShownText.of(budget.owner() + remark(nodes, budget)));
      }
      System.out.print(table);
      return 0;
    }
  }

  /** As a file that {@link Import} takes: JSON is YAML. */
  static String json(Collection<Budget> budgets) {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
          .writeValueAsString(Map.of("budgets", budgets.stream().map(BudgetText::values).toList()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of texts was not written", e);
    }
  }

  @Command(name = "remove", sortOptions = false, description = "Take a budget out of force.")
  static final class Remove implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    String name = "";

    @Option(names = "--site", required = true, description = "The site.")
    String site = "";

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      BudgetTopic topic = new BudgetTopic(kafka.clients());
      if (!topic.read().containsKey(Keys.budget(site, name))) {
        throw new UserError(
            "site %s has no budget %s; 'joulestream budget list' shows them".formatted(site, name));
      }
      topic.remove(site, name);
      System.out.printf(
          "budget %s of site %s is out of force%n", ShownText.of(name), ShownText.of(site));
      return 0;
    }
  }

  @Command(
      name = "import",
      sortOptions = false,
      description = "Put all budgets of a YAML file in force, or none if one is wrong.",
      footer = {
        "",
        "  budgets:",
        "    - name: feed-a",
        "      site: dc1",
        "      scope: site",
        "      power: 1.2MW",
        "      schedule: [Mon-Fri 17:00-21:00 0.9MW]",
        "",
        "Keys are the options of 'set'. Budgets that the file does not name stay as they are."
      })
  static final class Import implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The file.")
    Path file = Path.of("");

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      BudgetTopic topic = new BudgetTopic(kafka.clients());
      BudgetFile read = BudgetFile.read(file, topic.read().values());
      read.errors().forEach(spec.commandLine().getErr()::println);
      if (!read.errors().isEmpty()) {
        throw new UserError(
            "%s has %,d %s; correct %s and import it again: no budget was changed"
                .formatted(
                    file,
                    read.errors().size(),
                    read.errors().size() == 1 ? "error" : "errors",
                    read.errors().size() == 1 ? "it" : "them"));
      }
      topic.write(read.budgets());
      System.out.printf(
          Locale.ROOT,
          read.budgets().size() == 1
              ? "%,d budget of %s is in force%n"
              : "%,d budgets of %s are in force%n",
          read.budgets().size(),
          ShownText.of(file.toString()));
      KnownNodes nodes = KnownNodes.read(kafka);
      for (Budget budget : read.budgets()) {
        String remark = remark(nodes, budget);
        if (!remark.isEmpty()) {
          System.out.println(
              ShownText.of("budget %s of site %s%s".formatted(budget.id(), budget.site(), remark)));
        }
      }
      return 0;
    }
  }
}
