// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.grid.GridTopic;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.reports.feed.FeedEntry;
import io.github.joulestream.reports.feed.FeedFile;
import io.github.joulestream.reports.feed.FeedFormat;
import io.github.joulestream.reports.feed.FeedOptions;
import io.github.joulestream.reports.feed.FeedReader;
import io.github.joulestream.reports.feed.FeedRefusal;
import io.github.joulestream.reports.feed.FeedTimes;
import io.github.joulestream.reports.feed.ImportPlan;
import io.github.joulestream.reports.feed.KeptText;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes the values of a file. */
@Command(
    name = "import",
    sortOptions = false,
    description = "Publish the values of a file, or none if one is refused.",
    footer = {
      "",
      "Values are published once: to import a file again changes nothing. A later issue of an",
      "interval replaces the one before, which stays known as of then.",
      "  joulestream grid import prices.csv --site dc1 --zone Europe/Berlin",
      "  joulestream grid import day-ahead.xml --site dc1"
    })
final class GridImport implements Callable<Integer> {
  private static final int SHOWN_REFUSALS = 50;
  private static final String EARLIER_THEN_LATER = "earlier-then-later";

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The file.")
  Path file = Path.of("");

  @Option(names = "--site", required = true, description = "Whose supply it is.")
  String site = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "csv, electricity-maps, uk-carbon-intensity, watttime, entsoe or rte (default: by what"
              + " is in the file).")
  @Nullable String format;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Time zone of times of a CSV without an offset, such as Europe/Berlin (default: they are"
              + " refused).")
  @Nullable ZoneId zone;

  @Option(
      names = "--ambiguous",
      paramLabel = "RULE",
      description =
          "earlier-then-later: of two rows with the same local time in the hour that comes twice,"
              + " the first in the file is the earlier (default: they are refused).")
  @Nullable String ambiguous;

  @Option(
      names = "--decimal-comma",
      description = "Numbers of a CSV are written as 81,50; columns are separated by semicolons.")
  boolean decimalComma;

  @Option(
      names = "--issued",
      paramLabel = "TIME",
      description = "When values were issued for which the file has no time (default: now).")
  @Nullable String issued;

  @Option(
      names = "--reissue",
      description =
          "Take --issued, or now, for all values: to put values in force again that were"
              + " withdrawn.")
  boolean reissue;

  @Option(names = "--skip-refused", description = "Publish the others if some values are refused.")
  boolean skipRefused;

  @Option(names = "--dry-run", description = "Read, check and compare, and publish nothing.")
  boolean dryRun;

  @Mixin KafkaOptions kafka = new KafkaOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws Exception {
    FeedFile read = new FeedReader(options()).read(file);
    summary(read);
    kafka.join();
    kafka.requireTopics(List.of(Topic.GRID));
    GridTopic topic = new GridTopic(kafka.clients());
    ImportPlan plan = ImportPlan.of(read.entries(), known(read, topic));
    List<FeedRefusal> refusals = new ArrayList<>(read.refusals());
    refusals.addAll(plan.refusals());
    show(refusals);
    if (!refusals.isEmpty() && !skipRefused) {
      throw new UserError(
          "%s of %s %s refused: correct the file and import it again, or give --skip-refused; nothing was published"
              .formatted(
                  Quantities.count(refusals.size(), "value"),
                  file,
                  refusals.size() == 1 ? "is" : "are"));
    }
    if (!dryRun) {
      topic.publish(plan.records());
    }
    outcome(plan, refusals.size());
    return 0;
  }

  /** What is known of the series and the time of the file. */
  private List<GridInterval> known(FeedFile read, GridTopic topic) {
    List<GridInterval> intervals = read.entries().stream().map(FeedEntry::interval).toList();
    return topic.read(
        site,
        intervals.stream().map(GridInterval::series).distinct().toList(),
        intervals.stream().mapToLong(GridInterval::from).min().orElse(0),
        intervals.stream().mapToLong(GridInterval::to).max().orElse(0));
  }

  private FeedOptions options() {
    if (site.isEmpty() || site.indexOf('/') >= 0) {
      throw UserError.usage("a site's name has no slash: '%s'".formatted(site));
    }
    if (ambiguous != null && !ambiguous.equals(EARLIER_THEN_LATER)) {
      throw UserError.usage(
          "--ambiguous takes %s, not '%s'".formatted(EARLIER_THEN_LATER, ambiguous));
    }
    if (ambiguous != null && zone == null) {
      throw UserError.usage("--ambiguous is of local times: give their --zone");
    }
    FeedFormat known = null;
    if (format != null) {
      String asked = format;
      known =
          FeedFormat.of(asked)
              .orElseThrow(() ->
                  UserError.usage(
                      "--format takes %s, not '%s'".formatted(FeedFormat.names(), asked)));
    }
    long time =
        issued == null
            ? EpochClock.system().epochMillis()
            : FeedTimes.ofOption("--issued", issued, ZoneOffset.UTC);
    return new FeedOptions(
        site, known, zone, ambiguous != null, decimalComma, time, issued == null, reissue);
  }

  /** What was read, and as what it is kept. */
  private void summary(FeedFile read) {
    System.out.printf(
        "%s is %s: %s%n",
        ShownText.of(file.toString()),
        read.format().text(),
        Quantities.count(read.entries().size(), "value"));
    Map<GridSeries, List<GridInterval>> bySeries = new TreeMap<>();
    for (FeedEntry entry : read.entries()) {
      bySeries
          .computeIfAbsent(entry.interval().series(), _ -> new ArrayList<>())
          .add(entry.interval());
    }
    if (!bySeries.isEmpty()) {
      TextTable table =
          new TextTable(
              Column.left("series"),
              Column.right("values"),
              Column.left("from"),
              Column.left("to"),
              Column.left("the first, and as what it is kept"));
      bySeries.forEach((series, intervals) -> row(series, intervals, table));
      System.out.print(table);
    }
    read.notes().forEach(note -> System.out.println("note: " + ShownText.of(note)));
  }

  private void row(GridSeries series, List<GridInterval> intervals, TextTable table) {
    GridInterval first = intervals.getFirst();
    ZoneId shown = zone == null ? ZoneOffset.UTC : zone;
    table.row(
        series.text(),
        String.format(Locale.ROOT, "%,d", intervals.size()),
        KeptText.time(intervals.stream().mapToLong(GridInterval::from).min().orElseThrow(), shown),
        KeptText.time(intervals.stream().mapToLong(GridInterval::to).max().orElseThrow(), shown),
        ShownText.of(
            "%s = %s %s"
                .formatted(first.origin().given(), KeptText.value(first), KeptText.unit(first))));
  }

  private void show(List<FeedRefusal> refusals) {
    refusals.stream()
        .limit(SHOWN_REFUSALS)
        .forEach(refusal ->
            spec.commandLine()
                .getErr()
                .println(ShownText.of("%s: %s".formatted(file, refusal.text()))));
    if (refusals.size() > SHOWN_REFUSALS) {
      spec.commandLine()
          .getErr()
          .printf(Locale.ROOT, "and %,d more%n", refusals.size() - SHOWN_REFUSALS);
    }
  }

  private void outcome(ImportPlan plan, int refused) {
    System.out.printf(
        Locale.ROOT,
        "%s %,d: %,d first, %,d later and %,d earlier issues of intervals; %,d unchanged, %,d refused%n",
        dryRun ? "would publish" : "published",
        plan.records().size(),
        plan.first(),
        plan.revised(),
        plan.earlier(),
        plan.unchanged(),
        refused);
    if (plan.stillWithdrawn() > 0) {
      System.out.printf(
          "withdrawn since, and still so: %s; --reissue puts them in force again%n",
          Quantities.count(plan.stillWithdrawn(), "value"));
    }
  }
}
