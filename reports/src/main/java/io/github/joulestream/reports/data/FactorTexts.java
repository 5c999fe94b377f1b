// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.CarbonBasis.Method;
import io.github.joulestream.energy.grid.CarbonBasis.Rate;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.energy.grid.UsedSeries;
import io.github.joulestream.reports.model.Factor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What figures were multiplied with, in words. */
final class FactorTexts {
  private static final MathContext DIGITS = new MathContext(3);

  private FactorTexts() {}

  static List<Factor> of(Collection<SiteLedger> ledgers) {
    List<Factor> factors = new ArrayList<>();
    for (SiteLedger ledger : ledgers) {
      if (ledger.presentSteps() == 0) {
        continue;
      }
      String prefix = ledgers.size() == 1 ? "" : ledger.site() + ": ";
      ledger
          .facilityRatio()
          .ifPresent(ratio ->
              factors.add(
                  new Factor(
                      prefix + ratio.getKey(),
                      number(ratio.getValue()),
                      "meters of the site",
                      LedgerNotes.percent(
                              ledger.facilityEnergy().measuredWithFacility(),
                              ledger.charges().energy())
                          + " of the energy has it; of the rest there is no overhead in cost"
                          + " and emissions")));
      List<UsedSeries> mix = new ArrayList<>();
      for (UsedSeries used : ledger.grid().used(ledger.range().from(), ledger.range().to())) {
        if (used.series().kind() == SeriesKind.MIX) {
          mix.add(used);
        } else {
          factors.add(factor(prefix + name(used.series()), value(used), used));
        }
      }
      if (!mix.isEmpty()) {
        factors.add(mix(prefix, mix));
      }
    }
    return factors;
  }

  private static Factor mix(String prefix, List<UsedSeries> mix) {
    List<String> shares = new ArrayList<>();
    for (UsedSeries used : mix) {
      shares.add(
          "%s %s %%"
              .formatted(text(used.series().source()), number(used.mean().movePointRight(2))));
    }
    return factor(
        prefix + "mix of the grid", String.join(", ", shares) + " in the mean", mix.getFirst());
  }

  private static Factor factor(String name, String value, UsedSeries used) {
    String provider = used.providers().isEmpty() ? "" : String.join(", ", used.providers());
    String zones = used.zones().isEmpty() ? "" : "zone " + String.join(", ", used.zones());
    String issued =
        "issued up to " + Instant.ofEpochMilli(used.lastIssued()).truncatedTo(ChronoUnit.MINUTES);
    return new Factor(
        name,
        value,
        String.join(
            ", ",
            List.of(provider, zones, issued).stream().filter(text -> !text.isEmpty()).toList()),
        quality(used));
  }

  private static String value(UsedSeries used) {
    String unit = used.series().kind().unit();
    if (used.series().kind().isMoney()) {
      unit = unit.replace("currency", used.currency());
    }
    return "%s %s %s, %d %s"
        .formatted(
            number(used.mean()),
            unit,
            used.series().kind().isEnergy() ? "in all" : "in the mean",
            used.values(),
            used.values() == 1 ? "value" : "values");
  }

  private static String quality(UsedSeries used) {
    long all = used.missingMillis();
    for (long millis : used.millis().values()) {
      all += millis;
    }
    List<String> parts = new ArrayList<>();
    for (Map.Entry<GridQuality, Long> part : used.millis().entrySet()) {
      parts.add(text(part.getKey()) + " " + LedgerNotes.percent(part.getValue(), all));
    }
    if (used.missingMillis() > 0) {
      parts.add("missing " + LedgerNotes.percent(used.missingMillis(), all));
    }
    if (used.replaced() > 0) {
      parts.add("%d overlapped by later ones and left out".formatted(used.replaced()));
    }
    return String.join(", ", parts);
  }

  private static String name(GridSeries series) {
    return switch (series.kind()) {
      case CARBON ->
          (series.basis().rate() == Rate.MARGINAL
                  ? "marginal carbon intensity"
                  : "carbon intensity")
              + ", "
              + (series.basis().method() == Method.LOCATION
                  ? "location-based"
                  : series.basis().method() == Method.MARKET
                      ? "of the supplier"
                      : "of the residual mix")
              + ", "
              + text(series.basis().scope());
      case MIX -> "share of " + text(series.source());
      case PRICE -> "price of energy";
      case FIXED_CHARGE -> "fixed charge";
      case DEMAND_CHARGE -> "demand charge";
      case GENERATION -> "own generation, " + text(series.source());
      case EXPORT -> "exported";
      case BATTERY -> "into batteries";
      case GUARANTEE_OF_ORIGIN -> "guarantees of origin retired, " + text(series.source());
      case POWER_PURCHASE -> "power purchase agreements, " + text(series.source());
      case GUARANTEE_SOLD -> "guarantees of origin sold, " + text(series.source());
    };
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String number(BigDecimal value) {
    return value.round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
