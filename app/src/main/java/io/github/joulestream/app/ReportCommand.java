// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.app.reports.Delivery;
import io.github.joulestream.app.reports.ReportTarget;
import io.github.joulestream.app.reports.StandardOutput;
import io.github.joulestream.app.reports.WaitingLines;
import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.Times;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.reports.kinds.Kinds;
import io.github.joulestream.reports.kinds.ReportKind;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.order.ReportArguments;
import io.github.joulestream.reports.order.ReportForm;
import io.github.joulestream.reports.order.ReportMaker;
import io.github.joulestream.reports.order.ReportOrder;
import io.github.joulestream.reports.order.SiteFile;
import io.github.joulestream.reports.period.Periods;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.store.history.HistoryReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reports of a period, from the store. */
@Command(
    name = "report",
    sortOptions = false,
    description =
        "Report what a period used: energy, money, carbon, work; without KIND, list the kinds.")
final class ReportCommand implements Callable<Integer> {
  /** Which emissions. */
  enum Carbon {
    LIFECYCLE,
    DIRECT
  }

  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "What is reported; the kinds are listed below.")
  @Nullable String kind;

  @Option(
      names = "--period",
      paramLabel = "PERIOD",
      description =
          "Of when: 2026, 2026-Q3, 2026-10, 2026-W41, 2026-10-15, last-month, this-year,"
              + " 2026-10-01..2026-10-15 (the day at the end is not in it).")
  @Nullable String period;

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "Of this site only; can be repeated (default: all sites of the store).")
  List<String> sites = new ArrayList<>();

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Time zone of days and months (default: that of the site in --site-file, else UTC).")
  @Nullable String zone;

  @Option(
      names = "--by",
      paramLabel = "GROUPS",
      split = ",",
      description =
          "What tables are by: user, project, partition, site, node, kind, day, label:NAME, with"
              + " commas between them (default: as the kind has it).")
  List<String> by = new ArrayList<>();

  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "Only jobs of this user; can be repeated.")
  List<String> users = new ArrayList<>();

  @Option(
      names = "--project",
      paramLabel = "PROJECT",
      description = "Only jobs of this project; can be repeated.")
  List<String> projects = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "Only jobs with this label; can be repeated: with all of them.")
  List<String> labels = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORM",
      description =
          "html, pdf, csv, json, md or, of jobs, focus (default: by the ending of --out; without --out md).")
  @Nullable ReportForm form;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to; a folder for csv, which has a file for each table (default: standard"
              + " output).")
  @Nullable String out;

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description =
          "As it was known at this time, as 2026-11-02T06:00:00Z or as 2h (ago) (default: now)."
              + " The same report as of the same time has the same bytes.")
  @Nullable String asOf;

  @Option(
      names = "--carbon",
      paramLabel = "SCOPE",
      description =
          "Emissions of fuel's whole lifecycle or of burning it: lifecycle, direct"
              + " (default: lifecycle).")
  Carbon carbon = Carbon.LIFECYCLE;

  @Option(
      names = "--site-file",
      paramLabel = "FILE",
      description = "Zones of sites, and values that nobody measures, as YAML.")
  @Nullable Path siteFile;

  @Option(
      names = "--archive",
      paramLabel = "DIR",
      description = "Keep the report's data there under a number, and report what moved since.")
  @Nullable Path archive;

  @Option(
      names = "--moved-since",
      paramLabel = "FILE",
      description = "Report what moved since this report, which is JSON.")
  @Nullable Path movedSince;

  @Option(names = "--list", description = "List the kinds.")
  boolean list;

  @Option(names = "--quiet", description = "Say nothing unless something is wrong.")
  boolean quiet;

  @Option(
      names = "--store-url",
      paramLabel = "URL",
      description =
          "The store (default: that of up, http://127.0.0.1:9000, or if none answers there that of"
              + " store-writer, http://127.0.0.1:8086).")
  @Nullable URI storeUrl;

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    String name = kind;
    if (list || name == null) {
      if (!list && period != null) {
        throw UserError.usage("KIND is missing: one of " + names());
      }
      System.out.print(kinds());
      return 0;
    }
    Delivery delivery =
        new Delivery(
            ReportTarget.of(
                Optional.ofNullable(out), Optional.ofNullable(form), StandardOutput::isTerminal),
            Optional.ofNullable(archive),
            Optional.ofNullable(movedSince));
    ReportOrder order = order(name);
    if (form == ReportForm.FOCUS && !name.equals("jobs")) {
      throw UserError.usage("--format focus has a line a job: it is for 'report jobs' alone");
    }
    try (WaitingLines waiting = new WaitingLines(quiet ? nowhere() : err())) {
      Report report = made(order, waiting);
      List<String> written = delivery.deliver(report, order.carbon(), System.out, waiting::doing);
      if (!quiet) {
        written.forEach(err()::println);
        err()
            .println(
                String.format(
                    Locale.ROOT,
                    "report %s of %s, %s, as of %s: made in %.1f s",
                    report.meta().kind(),
                    ShownText.of(String.join(", ", report.meta().sites())),
                    report.meta().period(),
                    report.meta().asOf(),
                    waiting.seconds()));
      }
    }
    return 0;
  }

  private Report made(ReportOrder order, WaitingLines waiting) {
    waiting.doing("connecting to the store");
    FoundStore found;
    try {
      found = FoundStore.find(storeUrl, store);
    } catch (IOException e) {
      throw FoundStore.unreachable(storeUrl, e);
    }
    try (HistoryReader history = found.connection().history()) {
      return new ReportMaker(history, waiting::doing).make(order);
    } catch (UncheckedIOException e) {
      throw new UserError(
          "the store at %s cannot be read to the end: %s: %s -> no report was written"
              .formatted(
                  ShownUrl.of(found.url()),
                  e.getMessage(),
                  requireNonNull(e.getCause()).getMessage()),
          e);
    }
  }

  /** What is asked for; all of it is checked before the store is. */
  private ReportOrder order(String name) {
    ReportKind found =
        Kinds.named(name)
            .orElseThrow(() ->
                UserError.usage("there is no report '%s'; there are %s".formatted(name, names())));
    String text = period;
    if (text == null) {
      throw UserError.usage(
          "--period is missing: such as 2026, 2026-Q3, 2026-10, last-month or"
              + " 2026-10-01..2026-10-15");
    }
    if (!by.isEmpty() && !found.usesGroupings()) {
      throw UserError.usage(
          "report %s has tables of its own: --by is for %s"
              .formatted(
                  found.name(),
                  Kinds.all().stream()
                      .filter(ReportKind::usesGroupings)
                      .map(ReportKind::name)
                      .collect(Collectors.joining(", "))));
    }
    long now = EpochClock.system().epochMillis();
    Instant known =
        Instant.ofEpochMilli(asOf == null ? now : Times.parse(asOf, now))
            .truncatedTo(ChronoUnit.SECONDS);
    if (known.toEpochMilli() > now) {
      throw UserError.usage("--as-of %s is in the future".formatted(asOf));
    }
    Optional<ZoneId> zoneId = Optional.ofNullable(zone).map(ReportArguments::zone);
    Periods.parse(text, zoneId.orElse(ZoneOffset.UTC), known);
    return new ReportOrder(
        found,
        text,
        new TreeSet<>(sites),
        zoneId,
        ReportArguments.groupings(by),
        new TreeSet<>(users),
        new TreeSet<>(projects),
        ReportArguments.labels(labels),
        known,
        carbon == Carbon.DIRECT ? CarbonBasis.Scope.DIRECT : CarbonBasis.Scope.LIFECYCLE,
        siteFile == null ? SiteFile.NONE : SiteFiles.read(siteFile, err()));
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private static PrintWriter nowhere() {
    return new PrintWriter(Writer.nullWriter());
  }

  private static String names() {
    return Kinds.all().stream().map(ReportKind::name).collect(Collectors.joining(", "));
  }

  private static String kinds() {
    TextTable table = new TextTable(Column.left("kind"), Column.left("what it is"));
    for (ReportKind each : Kinds.all()) {
      table.row(each.name(), each.summary());
    }
    return table.toString();
  }

  /** Puts the kinds into the help. */
  @Spec
  void setSpec(CommandSpec commandSpec) {
    spec = commandSpec;
    List<String> lines = new ArrayList<>(List.of("", "Kinds:"));
    for (ReportKind each : Kinds.all()) {
      lines.add("  %-11s %s".formatted(each.name(), each.summary()).replace("%", "%%"));
    }
    lines.addAll(
        List.of(
            "",
            "  joulestream report director --period last-month --out october.pdf",
            "  joulestream report jobs --period 2026-10 --user ada --format csv > jobs.csv"));
    commandSpec.usageMessage().footer(lines.toArray(String[]::new));
  }
}
