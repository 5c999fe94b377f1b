// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.sections;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several sites in one table: sums over the sites that have a ledger, shares and ratios weighted by
 * energy, never the mean of ratios, and the peak of all sites at one time beside the sum of each
 * one's own peak.
 */
public final class FleetSection {
  private static final MathContext DIGITS = new MathContext(12);
  private static final BigDecimal MILLIJOULES_PER_KWH = BigDecimal.valueOf(3_600_000_000L);
  private static final double MILLIS_PER_YEAR = 365.25 * 86_400_000;
  private static final double MILLIJOULES_PER_TWH = 3.6e18;
  // of data centres of the United States in 2023
  private static final double UNITED_STATES_TWH = 176;
  private static final double LEAST_SHARE = 1e-5;

  private FleetSection() {}

  /** The sections; none if a single site was asked for, or no site has a ledger. */
  public static List<Section> of(ReportSource source, PeriodData data) {
    if (source.request().sites().size() < 2 || data.sites().isEmpty()) {
      return List.of();
    }
    source.progress("sites side by side");
    return List.of(energy(source, data), supply(data));
  }

  private static Section energy(ReportSource source, PeriodData data) {
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of("energy", "Energy", Quantity.ENERGY, "measured of all devices"),
            Column.of("share", "Share", Quantity.RATIO, "of the energy of all sites"),
            Column.of(
                "peak",
                "Peak",
                Quantity.POWER,
                "highest mean power of a step; at the foot, of all sites at one time"),
            Column.number(
                "facility_ratio",
                "Facility ratio",
                "",
                "energy of the facility over that of IT; at the foot, weighted by energy"),
            Column.text("ratio_is", "Which ratio"),
            Column.of(
                "renewable",
                "Renewable",
                Quantity.RATIO,
                "share of the energy, hour by hour: own generation and the grid's mix"));
    ExactSum all = sum(data.sites().values(), SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SiteUse site : data.sites().values()) {
      ExactSum energy = site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
      Optional<Map.Entry<String, BigDecimal>> ratio = site.facilityRatio();
      rows.add(
          Arrays.asList(
              site.site(),
              new BigDecimal(energy.value()),
              quotient(energy, all),
              site.peakMilliwatts() == 0 ? null : BigDecimal.valueOf(site.peakMilliwatts()),
              ratio.map(Map.Entry::getValue).orElse(null),
              ratio.map(Map.Entry::getKey).orElse(null),
              renewable(List.of(site.charges()))));
    }
    CoincidentPeak peak = CoincidentPeak.of(data.sites().values());
    List<@Nullable Object> totals =
        Arrays.asList(
            "all",
            new BigDecimal(all.value()),
            all.isZero() ? null : BigDecimal.ONE,
            peak.milliwatts() == 0 ? null : BigDecimal.valueOf(peak.milliwatts()),
            weightedRatio(data.sites().values()),
            null,
            renewable(data.sites().values().stream().map(SiteUse::charges).toList()));
    return new Section(
        "fleet",
        "Sites side by side",
        sentences(source, data, all, peak),
        new Table("fleet", columns, rows, totals, Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.BARS,
                "Energy of each site",
                "site",
                List.of(new Chart.Series("energy", Chart.Role.OTHER)),
                "")),
        true);
  }

  private static List<String> sentences(
      ReportSource source, PeriodData data, ExactSum all, CoincidentPeak peak) {
    List<String> sentences = new ArrayList<>();
    sentences.add(FleetCoverage.sentence(source, data));
    sentences.add(
        "Peak of all sites at one time: %s, in the step from %s; the sum of each site's own peak is %s."
            .formatted(
                Said.power(peak.milliwatts()),
                peak.at().atZone(data.period().zone()).toOffsetDateTime().toString(),
                Said.power(peak.sumOfPeaks())));
    double millis = data.period().range().millis();
    if (millis > 0 && all.signum() > 0) {
      double terawattHoursPerYear =
          all.doubleValue() / MILLIJOULES_PER_TWH * MILLIS_PER_YEAR / millis;
      sentences.add(
          ("For scale: data centres used 4.4 %% of the electricity of the United States in 2023 (176"
                  + " TWh), and 6.7 to 12 %% are projected for 2028 (A. Shehabi et al., 2024 United"
                  + " States Data Center Energy Usage Report, Lawrence Berkeley National Laboratory);"
                  + " at this rate a year of these sites is %s of those 176 TWh.")
              .formatted(portion(terawattHoursPerYear / UNITED_STATES_TWH)));
    }
    return sentences;
  }

  /** A share of what is much larger. */
  private static String portion(double share) {
    return share < LEAST_SHARE ? "under " + Said.percent(LEAST_SHARE) : Said.percent(share);
  }

  private static ExactSum sum(Collection<SiteUse> sites, SiteAmount amount) {
    ExactSum sum = new ExactSum();
    sites.forEach(site -> sum.add(site.sum(amount)));
    return sum;
  }

  private static @Nullable BigDecimal quotient(ExactSum part, ExactSum whole) {
    return whole.signum() <= 0
        ? null
        : new BigDecimal(part.value()).divide(new BigDecimal(whole.value()), DIGITS);
  }

  /** Renewable energy over the energy of the hours in which it is known. */
  private static @Nullable BigDecimal renewable(List<Charges> charges) {
    return mean(charges, Figure.RENEWABLE).orElse(null);
  }

  /**
   * A figure over the energy of the hours in which it is known, both in the figure's unit and mJ.
   */
  private static Optional<BigDecimal> mean(List<Charges> charges, Figure figure) {
    BigDecimal amount = BigDecimal.ZERO;
    ExactSum known = new ExactSum();
    for (Charges each : charges) {
      Optional<BigDecimal> of = each.amount(figure);
      if (of.isPresent()) {
        amount = amount.add(of.get());
        known.add(each.known(figure));
      }
    }
    return known.signum() <= 0
        ? Optional.empty()
        : Optional.of(amount.divide(new BigDecimal(known.value()), DIGITS));
  }

  /**
   * Ratios of the sites whose ratio is known, weighted by energy. Null if they are not all of one
   * definition: a PUE is no ratio to what nodes measure.
   */
  private static @Nullable BigDecimal weightedRatio(Collection<SiteUse> sites) {
    BigDecimal weighted = BigDecimal.ZERO;
    BigDecimal weights = BigDecimal.ZERO;
    java.util.Set<String> definitions = new java.util.TreeSet<>();
    for (SiteUse site : sites) {
      Optional<Map.Entry<String, BigDecimal>> ratio = site.facilityRatio();
      if (ratio.isPresent()) {
        BigDecimal energy = new BigDecimal(site.sum(SiteAmount.MEASURED_TOTAL_MILLIJOULES).value());
        definitions.add(ratio.get().getKey());
        weighted = weighted.add(ratio.get().getValue().multiply(energy));
        weights = weights.add(energy);
      }
    }
    return definitions.size() != 1 || weights.signum() <= 0
        ? null
        : weighted.divide(weights, DIGITS);
  }

  private static Section supply(PeriodData data) {
    SortedMap<String, BigDecimal> intensities = new TreeMap<>();
    SortedMap<String, BigDecimal> prices = new TreeMap<>();
    for (SiteUse site : data.sites().values()) {
      perKwh(site, Figure.CO2E_LOCATION).ifPresent(each -> intensities.put(site.site(), each));
      perKwh(site, Figure.COST).ifPresent(each -> prices.put(site.site(), each));
    }
    boolean oneCurrency =
        data.sites().values().stream()
                .filter(site -> prices.containsKey(site.site()))
                .map(SiteUse::currency)
                .distinct()
                .count()
            == 1;
    String currency = oneCurrency ? currencyOf(data, prices) : "";
    List<Column> columns =
        List.of(
            Column.text("site", "Site"),
            Column.of(
                "intensity",
                "CO2e per kWh",
                Quantity.INTENSITY,
                "location-based, of a measured kWh, with the facility's overhead where it is known"),
            Column.of(
                "intensity_rank", "Rank by CO2e", Quantity.COUNT, "1: the least CO2e per kWh"),
            Column.number(
                "price",
                "Price of a kWh",
                (currency.isEmpty() ? "currency" : currency) + "/kWh",
                "of a measured kWh, in the site's currency"),
            Column.of(
                "price_rank", "Rank by price", Quantity.COUNT, "1: the cheapest; in one currency"),
            Column.text("currency", "Currency"),
            Column.of("co2e", "CO2e", Quantity.MASS, "location-based"));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (SiteUse site : data.sites().values()) {
      rows.add(
          Arrays.asList(
              site.site(),
              intensities.get(site.site()),
              rank(site.site(), intensities),
              prices.get(site.site()),
              oneCurrency ? rank(site.site(), prices) : null,
              site.currency().isEmpty() ? null : site.currency(),
              site.charges().amount(Figure.CO2E_LOCATION).orElse(null)));
    }
    return new Section(
        "fleet_supply",
        "Where a kWh is cleanest and cheapest",
        supplySentences(intensities, oneCurrency ? prices : new TreeMap<>()),
        new Table("fleet_supply", columns, rows, null, Table.ALL_ROWS),
        List.of(),
        false);
  }

  private static String currencyOf(PeriodData data, SortedMap<String, BigDecimal> prices) {
    return data.sites().values().stream()
        .filter(site -> prices.containsKey(site.site()))
        .map(SiteUse::currency)
        .findFirst()
        .orElse("");
  }

  private static List<String> supplySentences(
      SortedMap<String, BigDecimal> intensities, SortedMap<String, BigDecimal> prices) {
    List<String> sentences = new ArrayList<>();
    if (intensities.size() > 1) {
      sentences.add("By CO2e per kWh: %s.".formatted(order(intensities)));
    }
    if (prices.size() > 1) {
      sentences.add("By price: %s.".formatted(order(prices)));
    }
    if (sentences.isEmpty()) {
      sentences.add(
          "No order: fewer than two sites have a carbon intensity or a price, or their currencies"
              + " differ.");
    }
    return sentences;
  }

  private static String order(SortedMap<String, BigDecimal> values) {
    return values.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(each -> "%s (%s)".formatted(each.getKey(), Said.number(each.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static Optional<BigDecimal> perKwh(SiteUse site, Figure figure) {
    return mean(List.of(site.charges()), figure)
        .map(perMillijoule -> perMillijoule.multiply(MILLIJOULES_PER_KWH, DIGITS));
  }

  /** 1 for the lowest; equal values have equal ranks. */
  private static @Nullable BigDecimal rank(String site, SortedMap<String, BigDecimal> values) {
    BigDecimal own = values.get(site);
    return own == null
        ? null
        : BigDecimal.valueOf(
            1 + values.values().stream().filter(each -> each.compareTo(own) < 0).count());
  }
}
