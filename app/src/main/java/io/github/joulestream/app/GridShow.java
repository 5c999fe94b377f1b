// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.app.grid.GridTopic;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.reports.feed.FeedTimes;
import io.github.joulestream.reports.feed.KeptText;
import io.github.joulestream.reports.feed.KnownSupply;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.Topic;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what is known of the supply of sites. */
final class GridShow {
  private GridShow() {}

  /** A series by its text. */
  static GridSeries series(String text) {
    try {
      return GridSeries.parse(text);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--series: " + e.getMessage(), e);
    }
  }

  /** A range of time of options, in a zone. */
  static final class RangeOptions {
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "From then on: 2026-10-01, 2026-10-01T02:00, 2026-10-01T02:00:00+02:00.")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before then.")
    @Nullable String to;

    @Option(
        names = "--zone",
        paramLabel = "ZONE",
        defaultValue = "UTC",
        description = "Time zone of times, given and shown (default: ${DEFAULT-VALUE}).")
    ZoneId zone = ZoneOffset.UTC;

    long fromOr(long otherwise) {
      return from == null ? otherwise : FeedTimes.ofOption("--from", from, zone);
    }

    long toOr(long otherwise) {
      return to == null ? otherwise : FeedTimes.ofOption("--to", to, zone);
    }

    String time(long epochMillis) {
      return KeptText.time(epochMillis, zone);
    }
  }

  @Command(
      name = "list",
      sortOptions = false,
      description = "Show the series that are known, or the values of one.")
  static final class ListAll implements Callable<Integer> {
    @Option(names = "--site", paramLabel = "NAME", description = "Of this site only.")
    @Nullable String site;

    @Option(
        names = "--series",
        paramLabel = "SERIES",
        description = "The values of this series, such as price or mix-solar.")
    @Nullable String series;

    @Option(
        names = "--all",
        description = "With --series: earlier issues and withdrawn intervals too.")
    boolean all;

    @Mixin RangeOptions range = new RangeOptions();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      GridSeries one = series == null ? null : series(series);
      range.fromOr(0);
      range.toOr(0);
      if (one == null && (all || range.from != null || range.to != null)) {
        throw UserError.usage("--all, --from and --to are of the values of a --series");
      }
      kafka.join();
      kafka.requireTopics(List.of(Topic.GRID));
      GridTopic topic = new GridTopic(kafka.clients());
      SortedMap<String, List<GridInterval>> sites = new TreeMap<>();
      if (site == null) {
        sites.putAll(topic.read());
      } else {
        List<GridInterval> issues = topic.read(site);
        if (!issues.isEmpty()) {
          sites.put(site, issues);
        }
      }
      if (sites.isEmpty()) {
        System.out.printf(
            "nothing is known of the supply of %s; 'joulestream grid import' takes files%n",
            site == null ? "any site" : "site " + ShownText.of(site));
      } else if (one == null) {
        table(sites);
      } else {
        values(sites, one);
      }
      return 0;
    }

    private void table(SortedMap<String, List<GridInterval>> sites) {
      TextTable table =
          new TextTable(
              Column.left("site"),
              Column.left("series"),
              Column.left("unit"),
              Column.right("intervals"),
              Column.left("from"),
              Column.left("to"),
              Column.left("provider"),
              Column.right("revisions"),
              Column.right("withdrawn"),
              Column.left("quality"));
      sites.forEach((name, issues) -> {
        KnownSupply known = new KnownSupply(issues);
        known.series().forEach(one -> row(name, known.facts(one), table));
      });
      System.out.print(table);
    }

    private void row(String name, KnownSupply.Facts facts, TextTable table) {
      List<GridInterval> inForce = facts.inForce();
      table.row(
          ShownText.of(name),
          facts.series().text(),
          String.join(", ", facts.units()),
          number(inForce.size()),
          inForce.isEmpty() ? "" : range.time(inForce.getFirst().from()),
          inForce.isEmpty() ? "" : range.time(inForce.getLast().to()),
          ShownText.of(String.join(", ", facts.providers())),
          number(facts.revisions()),
          number(facts.withdrawn()),
          facts.qualities().entrySet().stream()
              .map(quality ->
                  "%s %s"
                      .formatted(
                          quality.getKey().name().toLowerCase(Locale.ROOT),
                          Quantities.percent(quality.getValue(), inForce.size())))
              .collect(Collectors.joining(", ")));
    }

    private void values(SortedMap<String, List<GridInterval>> sites, GridSeries one) {
      TextTable table =
          new TextTable(
              Column.left("site"),
              Column.left("from"),
              Column.left("to"),
              Column.right("value"),
              Column.left("unit"),
              Column.left("quality"),
              Column.left("issued"),
              Column.left("provider"),
              Column.left("zone"),
              Column.left("given"));
      int rows = 0;
      for (Map.Entry<String, List<GridInterval>> entry : sites.entrySet()) {
        for (GridInterval interval : shown(entry.getValue(), one)) {
          rows++;
          table.row(
              ShownText.of(entry.getKey()),
              range.time(interval.from()),
              range.time(interval.to()),
              interval.withdrawn() ? "withdrawn" : KeptText.value(interval),
              interval.withdrawn() ? "" : KeptText.unit(interval),
              interval.quality().name().toLowerCase(Locale.ROOT),
              range.time(interval.issued()),
              ShownText.of(interval.origin().provider()),
              ShownText.of(interval.origin().zone()),
              ShownText.of(interval.origin().given()));
        }
      }
      if (rows == 0) {
        System.out.printf("there are no values of %s%n", one.text());
      } else {
        System.out.print(table);
      }
    }

    private List<GridInterval> shown(List<GridInterval> issues, GridSeries one) {
      List<GridInterval> values =
          all
              ? issues.stream()
                  .filter(issue -> issue.series().equals(one))
                  .sorted(
                      Comparator.comparingLong(GridInterval::from)
                          .thenComparingLong(GridInterval::to)
                          .thenComparingLong(GridInterval::issued))
                  .toList()
              : new KnownSupply(issues).inForce(one);
      return values.stream()
          .filter(value ->
              value.to() > range.fromOr(Long.MIN_VALUE)
                  && value.from() < range.toOr(Long.MAX_VALUE))
          .toList();
    }
  }

  private static String number(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  @Command(
      name = "gaps",
      sortOptions = false,
      description = "Show where series have no value; exit status 1 if there is such a gap.")
  static final class Gaps implements Callable<Integer> {
    @Option(names = "--site", required = true, description = "The site.")
    String site = "";

    @Option(
        names = "--series",
        paramLabel = "SERIES",
        description = "Of this series only, such as price or mix-solar.")
    @Nullable String series;

    @Mixin RangeOptions range = new RangeOptions();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      GridSeries one = series == null ? null : series(series);
      if (range.fromOr(Long.MIN_VALUE) >= range.toOr(Long.MAX_VALUE)) {
        throw UserError.usage("--from must be before --to");
      }
      kafka.join();
      kafka.requireTopics(List.of(Topic.GRID));
      KnownSupply known = new KnownSupply(new GridTopic(kafka.clients()).read(site));
      SortedSet<GridSeries> all = known.series();
      if (one != null) {
        all.removeIf(other -> !other.equals(one));
      }
      if (all.isEmpty()) {
        throw new UserError(
            "nothing is known of %s of site %s; 'joulestream grid list' shows what is"
                .formatted(one == null ? "the supply" : one.text(), ShownText.of(site)));
      }
      List<String> lines = new ArrayList<>();
      TextTable table =
          new TextTable(
              Column.left("series"),
              Column.left("from"),
              Column.left("to"),
              Column.right("length"));
      int gaps = 0;
      for (GridSeries each : all) {
        for (KnownSupply.Gap gap : gaps(known, each)) {
          gaps++;
          table.row(
              each.text(),
              range.time(gap.from()),
              range.time(gap.to()),
              Quantities.duration(gap.to() - gap.from()));
        }
        lines.add(each.text());
      }
      if (gaps == 0) {
        System.out.printf("no gaps in %s%n", String.join(", ", lines));
        return 0;
      }
      System.out.print(table);
      return 1;
    }

    /** Without a range: between the first and the last value of the series. */
    private List<KnownSupply.Gap> gaps(KnownSupply known, GridSeries each) {
      List<GridInterval> inForce = known.inForce(each);
      if (inForce.isEmpty() && (range.from == null || range.to == null)) {
        return List.of();
      }
      long from = inForce.isEmpty() ? 0 : inForce.getFirst().from();
      long to = inForce.isEmpty() ? 0 : inForce.getLast().to();
      return known.gaps(each, range.fromOr(from), range.toOr(to));
    }
  }
}
