// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.period.CalendarSpan;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tiles of the first page: figures of up to 13 periods, and of a year before. */
final class DirectorTrend {
  private static final int PERIODS = 13;
  private static final BigDecimal POINT = new BigDecimal("0.01");

  // the oldest first
  private final List<DirectorFigures> figures;
  private final DirectorFigures yearBefore;
  private final boolean narrowed;

  private DirectorTrend(
      List<DirectorFigures> figures, DirectorFigures yearBefore, boolean narrowed) {
    this.figures = figures;
    this.yearBefore = yearBefore;
    this.narrowed = narrowed;
  }

  /** Reads the earlier periods, as far back as the store goes. */
  static DirectorTrend read(ReportSource source, PeriodData now) {
    boolean narrowed = isNarrowed(source.request());
    Period period = source.request().period();
    List<DirectorFigures> figures = new ArrayList<>();
    for (Period of : CalendarSpan.trend(period, PERIODS)) {
      DirectorFigures read =
          of.equals(period) ? figures(now, narrowed) : earlier(source, of, narrowed);
      if (read.energy() != null || !figures.isEmpty()) {
        figures.add(read);
      }
    }
    if (figures.isEmpty()) {
      figures.add(figures(now, narrowed));
    }
    return new DirectorTrend(
        figures, earlier(source, CalendarSpan.yearBefore(period), narrowed), narrowed);
  }

  static boolean isNarrowed(ReportRequest request) {
    return !(request.users().isEmpty()
        && request.projects().isEmpty()
        && request.labels().isEmpty());
  }

  private static DirectorFigures earlier(ReportSource source, Period of, boolean narrowed) {
    boolean hasAny = false;
    for (String site : source.request().sites()) {
      OptionalLong first = source.history().firstHour(site);
      hasAny |= first.isPresent() && first.getAsLong() < of.to().toEpochMilli();
    }
    return hasAny
        ? figures(source.of(of, narrowed ? Detail.GROUPS : Detail.SITES), narrowed)
        : DirectorFigures.none(of);
  }

  private static DirectorFigures figures(PeriodData data, boolean narrowed) {
    return narrowed ? DirectorFigures.ofJobs(data) : DirectorFigures.ofSites(data);
  }

  DirectorFigures now() {
    return figures.getLast();
  }

  /** The period before; nothing is known of it if the store does not go back so far. */
  DirectorFigures before() {
    return figures.size() < 2
        ? DirectorFigures.none(CalendarSpan.before(now().period()))
        : figures.get(figures.size() - 2);
  }

  DirectorFigures yearBefore() {
    return yearBefore;
  }

  /** The oldest first. */
  List<DirectorFigures> all() {
    return figures;
  }

  /** Change of the energy per hour. */
  @Nullable BigDecimal energyChange(DirectorFigures earlier) {
    return change(earlier, this::energy, true);
  }

  /** Of all periods the same: at the facility's meters, or what was measured. */
  private @Nullable BigDecimal energy(DirectorFigures of) {
    return now().facility() == null ? of.energy() : of.facility();
  }

  private @Nullable BigDecimal cost(DirectorFigures of) {
    return of.currency().equals(now().currency()) ? of.cost() : null;
  }

  private @Nullable BigDecimal ratio(DirectorFigures of) {
    return of.ratioName().equals(now().ratioName()) ? of.ratio() : null;
  }

  /** The six tiles. */
  List<Tile> tiles() {
    DirectorFigures now = now();
    String basis = now.facility() == null ? "measured" : "at the facility's meters";
    return List.of(
        tile(
            "energy",
            "Energy",
            Quantity.ENERGY,
            this::energy,
            true,
            narrowed ? "of its jobs" : basis),
        tile(
            "cost",
            "Cost",
            Quantity.MONEY,
            this::cost,
            true,
            now.cost() == null ? "no price, or several currencies" : now.priced()),
        tile(
            "co2e",
            "CO2e, location",
            Quantity.MASS,
            DirectorFigures::location,
            true,
            (now.market() == null
                    ? "market-based not known"
                    : Said.mass(now.market()) + " market-based")
                + (now.withIntensity().isEmpty() ? "" : ", " + now.withIntensity())),
        tile(
            "facility_ratio",
            now.ratio() == null ? "Facility ratio" : now.ratioName(),
            Quantity.NUMBER,
            this::ratio,
            false,
            now.ratio() == null ? "not the same meters at all sites, or none" : ""),
        tile(
            "idle_waste",
            narrowed ? "Held idle" : "Idle waste",
            Quantity.RATIO,
            DirectorFigures::wasteShare,
            false,
            wasteNote(now)),
        new Tile(
            "energy_per_gpu_hour",
            "Per GPU hour",
            Quantity.NUMBER,
            "kWh/GPU h",
            now.perGpuHour(),
            change(before(), DirectorFigures::perGpuHour, false),
            change(yearBefore, DirectorFigures::perGpuHour, false),
            trend(DirectorFigures::perGpuHour),
            "energy of jobs per GPU hour held"));
  }

  private static String wasteNote(DirectorFigures now) {
    if (now.waste() == null) {
      return "";
    }
    String energy = Said.energy(now.waste().toBigInteger());
    return now.wasteCost() == null
        ? energy
        : energy + ", " + Said.money(now.wasteCost(), now.currency());
  }

  private Tile tile(
      String name,
      String title,
      Quantity quantity,
      Function<DirectorFigures, @Nullable BigDecimal> figure,
      boolean perHour,
      String note) {
    return new Tile(
        name,
        title,
        quantity,
        "",
        figure.apply(now()),
        change(before(), figure, perHour),
        change(yearBefore, figure, perHour),
        trend(figure),
        note);
  }

  private List<@Nullable BigDecimal> trend(Function<DirectorFigures, @Nullable BigDecimal> figure) {
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    figures.forEach(of -> trend.add(figure.apply(of)));
    return trend;
  }

  private @Nullable BigDecimal change(
      DirectorFigures earlier,
      Function<DirectorFigures, @Nullable BigDecimal> figure,
      boolean perHour) {
    DirectorFigures now = now();
    return perHour
        ? Cells.change(
            now.perHour(figure.apply(now)).orElse(null),
            earlier.perHour(figure.apply(earlier)).orElse(null))
        : Cells.change(figure.apply(now), figure.apply(earlier));
  }

  /** What makes a comparison uncertain, in sentences. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    notes.add(
        "Changes of energy, cost and CO2e are of amounts per hour that has a ledger, since periods"
            + " differ in length; earlier periods have the same method, and the factors of their"
            + " own time as of the same time.");
    for (DirectorFigures earlier : List.of(before(), yearBefore)) {
      BigDecimal then = earlier.coverage();
      BigDecimal today = now().coverage();
      if (then != null && today != null && then.subtract(today).abs().compareTo(POINT) > 0) {
        notes.add(
            "Coverage was %s in %s and is %s in %s: a part of the change is of what was measured."
                .formatted(
                    Said.percent(then.doubleValue()),
                    earlier.period().label(),
                    Said.percent(today.doubleValue()),
                    now().period().label()));
      }
    }
    return notes;
  }
}
