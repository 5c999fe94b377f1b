// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.eed.EedAverages;
import io.github.joulestream.reports.eed.EedSite;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.period.Period;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The indicators of Delegated Regulation (EU) 2024/1364 on data centres, site by site. */
public final class EedReport implements ReportKind {
  private static final BigDecimal MILLIJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000L);
  private static final List<String> METHOD =
      List.of(
          "Indicators are those of Commission Delegated Regulation (EU) 2024/1364, Annexes I to IV."
              + " They are sent to the European database by 15 May for the year before.",
          "Each value is measured, typed in (site file), or missing. A value that is typed in takes the"
              + " place of what was measured. Nothing is estimated for missing time.",
          "Guarantees of origin are of this data centre alone, and not of its own purchases and"
              + " generation: whoever imports or types them in answers for it.");

  @Override
  public String name() {
    return "eed";
  }

  @Override
  public String summary() {
    return "Indicators of Delegated Regulation (EU) 2024/1364 on data centres, with what is typed in";
  }

  @Override
  public Report make(ReportSource source) {
    ReportRequest request = source.request();
    Period period = request.period();
    PeriodData data = source.of(period, ReportSource.Detail.SITES);
    List<EedSite> sites = new ArrayList<>();
    for (String site : request.sites()) {
      source.progress("meters of site %s in %s".formatted(site, period.label()));
      sites.add(
          EedSite.read(
              source.history(),
              site,
              period,
              request.typedIn().getOrDefault(site, Map.of()),
              request.asOf()));
    }
    List<String> notes = new ArrayList<>(METHOD);
    if (!isCalendarYear(period)) {
      notes.add(
          "The Regulation asks for a calendar year by local time; %s is not one."
              .formatted(period.label()));
    }
    sites.forEach(site -> notes.addAll(site.wrong()));
    List<Section> sections = new ArrayList<>();
    if (sites.size() > 1) {
      sections.add(EedAverages.section(sites));
    }
    sites.forEach(site -> sections.addAll(site.sections()));
    return new Report(
        MetaOf.of(name(), "Data centre indicators (EU) 2024/1364", request, data, notes),
        headline(sites, period),
        tiles(sites),
        sections);
  }

  private static boolean isCalendarYear(Period period) {
    ZonedDateTime from = period.from().atZone(period.zone());
    LocalDate first = from.toLocalDate();
    return from.toLocalTime().equals(LocalTime.MIDNIGHT)
        && first.getDayOfYear() == 1
        && first.plusYears(1).atStartOfDay(period.zone()).toInstant().equals(period.to());
  }

  private static String headline(List<EedSite> sites, Period period) {
    String each =
        sites.stream()
            .map(site ->
                "%s has %d of %d indicators%s"
                    .formatted(
                        site.site(),
                        site.filled(),
                        site.asked(),
                        site.ratio("PUE")
                            .map(pue -> " and a PUE of " + rounded(pue))
                            .orElse(" and no PUE")))
            .collect(Collectors.joining("; "));
    return "%s: %s.".formatted(period.label(), each);
  }

  private static String rounded(BigDecimal value) {
    return value.setScale(2, java.math.RoundingMode.HALF_UP).toPlainString();
  }

  private static List<Tile> tiles(List<EedSite> sites) {
    List<Tile> tiles = new ArrayList<>();
    tiles.add(
        tile(
            "site_energy",
            "E_DC",
            Quantity.ENERGY,
            "",
            millijoules(sites, EedSite::siteKwh),
            of(sites, EedSite::siteKwh)));
    tiles.add(
        tile(
            "it_energy",
            "E_IT",
            Quantity.ENERGY,
            "",
            millijoules(sites, EedSite::itKwh),
            of(sites, EedSite::itKwh)));
    for (String symbol : List.of("PUE", "WUE", "ERF", "REF")) {
      tiles.add(
          tile(
              symbol.toLowerCase(java.util.Locale.ROOT),
              symbol,
              Quantity.NUMBER,
              symbol.equals("WUE") ? "m³/MWh" : "",
              EedAverages.average(sites, symbol, 1).orElse(null),
              of(sites, site -> site.ratio(symbol))));
    }
    return tiles;
  }

  private static @Nullable BigDecimal millijoules(
      List<EedSite> sites, Function<EedSite, Optional<BigDecimal>> kwh) {
    List<BigDecimal> known = sites.stream().map(kwh).flatMap(Optional::stream).toList();
    return known.isEmpty()
        ? null
        : known.stream()
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .multiply(MILLIJOULES_PER_KWH)
            .setScale(0, java.math.RoundingMode.HALF_UP);
  }

  private static String of(List<EedSite> sites, Function<EedSite, Optional<BigDecimal>> value) {
    long known = sites.stream().filter(site -> value.apply(site).isPresent()).count();
    return known == 0
        ? "missing"
        : sites.size() == 1 ? "" : "%d of %d sites".formatted(known, sites.size());
  }

  private static Tile tile(
      String name,
      String title,
      Quantity quantity,
      String unit,
      @Nullable BigDecimal value,
      String note) {
    return new Tile(name, title, quantity, unit, value, null, null, List.of(), note);
  }
}
