// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.alerting.AlertFormat;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.signing.RecordSigner;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows alerts, and ends one. */
@Command(
    name = "alert",
    description = "Show alerts, or end one.",
    synopsisSubcommandLabel = "(list | clear)",
    subcommands = {AlertCommand.ListAll.class, AlertCommand.Clear.class})
final class AlertCommand extends CommandGroup {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The latest record of each alert. */
  static Collection<Alert> read(KafkaOptions kafka) {
    return LatestRecords.of(Topic.ALERTS, WireSerdes.alerts().deserializer(), kafka.clients())
        .values();
  }

  @Command(name = "list", sortOptions = false, description = "Show the firing alerts.")
  static final class ListAll implements Callable<Integer> {
    @Option(names = "--site", paramLabel = "NAME", description = "Of this site only.")
    @Nullable String site;

    @Option(names = "--all", description = "Resolved alerts too.")
    boolean all;

    @Option(names = "--json", description = "In full, as JSON.")
    boolean json;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      List<Alert> alerts =
          read(kafka).stream()
              .filter(alert -> site == null || alert.site().equals(site))
              .filter(alert -> all || alert.state() == AlertState.FIRING)
              .sorted(
                  Comparator.comparing(Alert::state)
                      .thenComparing(Alert::severity, Comparator.reverseOrder())
                      .thenComparingLong(alert -> alert.times().sinceEpochMillis())
                      .thenComparing(Alert::id))
              .toList();
      if (json) {
        System.out.println(ShownText.lines(json(alerts)));
      } else if (alerts.isEmpty()) {
        System.out.println(
            (all ? "no alert is known" : "no alert fires")
                + (site == null ? "" : " at site " + site));
      } else {
        table(alerts);
      }
      return 0;
    }

    private void table(List<Alert> alerts) {
      List<Column> columns =
          new ArrayList<>(
              List.of(
                  Column.left("since"),
                  Column.left("severity"),
                  Column.left("site"),
                  Column.left("budget or rule"),
                  Column.left("subject"),
                  Column.right("value"),
                  Column.right("limit"),
                  Column.left("id")));
      if (all) {
        columns.add(Column.left("ended"));
      }
      TextTable table = new TextTable(columns.toArray(Column[]::new));
      for (Alert alert : alerts) {
        List<String> cells =
            new ArrayList<>(
                List.of(
                    time(alert.times().sinceEpochMillis()),
                    alert.severity().name().toLowerCase(Locale.ROOT),
                    ShownText.of(alert.site()),
                    ShownText.of(alert.budget().isEmpty() ? alert.rule().label() : alert.budget()),
                    ShownText.of(alert.scope()),
                    ShownText.of(
                        AlertFormat.value(alert.measured().value(), alert.measured().unit())),
                    ShownText.of(
                        AlertFormat.value(alert.measured().limit(), alert.measured().unit())),
                    ShownText.of(alert.id())));
        if (all) {
          cells.add(
              alert.state() == AlertState.FIRING ? "" : time(alert.times().endedEpochMillis()));
        }
        table.row(cells.toArray(String[]::new));
      }
      System.out.print(table);
    }

    private static String json(List<Alert> alerts) {
      try {
        return JSON.writerWithDefaultPrettyPrinter()
            .writeValueAsString(Map.of("alerts", alerts.stream().map(ListAll::fields).toList()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("JSON of texts was not written", e);
      }
    }

    private static Map<String, @Nullable Object> fields(Alert alert) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("id", alert.id());
      fields.put("state", alert.state().name().toLowerCase(Locale.ROOT));
      fields.put("since", time(alert.times().sinceEpochMillis()));
      fields.put("updated", time(alert.times().updatedEpochMillis()));
      fields.put("ended", alert.times().hasEnded() ? time(alert.times().endedEpochMillis()) : null);
      fields.put("severity", alert.severity().name().toLowerCase(Locale.ROOT));
      fields.put("site", alert.site());
      fields.put("rule", alert.rule().label());
      fields.put("budget", alert.budget());
      fields.put("subject", alert.scope());
      fields.put("value", alert.measured().value());
      fields.put("limit", alert.measured().limit());
      fields.put("unit", alert.measured().unit());
      fields.put("completeness_ratio", alert.measured().completenessBasisPoints() / 10_000.0);
      fields.put("summary", alert.summary());
      fields.put("inhibited_by", alert.routing().inhibitedBy());
      return fields;
    }

    private static String time(long epochMillis) {
      return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }

  @Command(
      name = "clear",
      sortOptions = false,
      description =
          "Resolve an alert at Alertmanager, webhook and store. If its cause lasts, it fires again.",
      footer = {"", "To silence an alert that fires, use a silence of Alertmanager."})
  static final class Clear implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "Its id, as 'alert list' shows it.")
    String id = "";

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      kafka.join();
      Alert alert =
          read(kafka).stream()
              .filter(one -> one.id().equals(id))
              .findFirst()
              .orElseThrow(() ->
                  new UserError(
                      "there is no alert '%s'; 'joulestream alert list' shows their ids"
                          .formatted(id)));
      if (alert.state() != AlertState.FIRING) {
        throw new UserError("alert %s has resolved already: %s".formatted(id, alert.summary()));
      }
      new Forgetting(RecordSigner.NONE)
          .end(
              alert,
              EpochClock.system().epochMillis(),
              "cleared by a person; before: " + alert.summary())
          .send(kafka.clients());
      System.out.printf(
          "alert %s is ended (%s of %s at site %s)%n",
          ShownText.of(id),
          alert.rule().label(),
          ShownText.of(alert.scope()),
          ShownText.of(alert.site()));
      return 0;
    }
  }
}
