// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.data;

import io.github.joulestream.energy.grid.Charges;
import io.github.joulestream.energy.grid.Charges.Figure;
import io.github.joulestream.energy.grid.ExactSum;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is missing or uncertain in ledgers and in what they were multiplied with, in sentences. */
final class LedgerNotes {
  private static final BigDecimal HOUR = BigDecimal.valueOf(StepLength.HOUR);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final MathContext DIGITS = new MathContext(3);
  private static final Map<Figure, String> FIGURES =
      new EnumMap<>(
          Map.of(
              Figure.COST, "price",
              Figure.CO2E_LOCATION, "location-based carbon intensity",
              Figure.CO2E_MARKET, "market-based carbon intensity",
              Figure.RENEWABLE, "renewable share"));

  private LedgerNotes() {}

  static List<String> of(Collection<SiteLedger> ledgers) {
    List<String> notes = new ArrayList<>();
    for (SiteLedger ledger : ledgers) {
      add(notes, ledger);
    }
    return notes;
  }

  private static void add(List<String> notes, SiteLedger ledger) {
    String site = ledger.site();
    int missing = ledger.steps() - ledger.presentSteps();
    if (ledger.presentSteps() == 0) {
      notes.add("%s has no energy in this period.".formatted(site));
      return;
    }
    if (missing > 0) {
      notes.add(
          "%s has no ledger for %s h of %s h; what was used then is not in the figures."
              .formatted(site, hours(ledger, missing), hours(ledger, ledger.steps())));
    }
    addFacility(notes, ledger);
    addGrid(notes, ledger);
  }

  private static void addFacility(List<String> notes, SiteLedger ledger) {
    if (!ledger.facilityEnergy().hasMeter()) {
      notes.add(
          ("%s has no meter of the facility: its cost and emissions are those of the measured"
                  + " energy, without overhead.")
              .formatted(ledger.site()));
    } else if (ledger.facility().isEmpty()) {
      notes.add(
          ("The meters of the facility of %s were silent for over 1 %% of the energy, so its energy"
                  + " and ratio are not known; where they were, cost and emissions are without"
                  + " overhead.")
              .formatted(ledger.site()));
    }
  }

  private static void addGrid(List<String> notes, SiteLedger ledger) {
    Charges charges = ledger.charges();
    if (ledger.grid().currencies().size() > 1) {
      notes.add(
          "%s has prices in %s, which do not add up: its cost is not known."
              .formatted(ledger.site(), String.join(" and ", ledger.grid().currencies())));
    }
    FIGURES.forEach((figure, name) -> {
      ExactSum without = charges.energy().copy();
      without.subtract(charges.known(figure));
      if (without.equals(charges.energy())) {
        notes.add("%s has no %s in this period.".formatted(ledger.site(), name));
      } else if (!without.isZero()) {
        notes.add(
            "%s of the energy of %s has no %s and is not in those figures."
                .formatted(percent(without, charges.energy()), ledger.site(), name));
      }
    });
    if (!charges.weak().isZero()) {
      notes.add(
          "%s of the energy of %s rests on estimated, forecast or synthetic values of the grid."
              .formatted(percent(charges.weak(), charges.energy()), ledger.site()));
    }
    if (!charges.residualMissing().isZero()) {
      notes.add(
          ("For %s of the energy of %s there is no residual mix: market-based emissions have the"
                  + " location's intensity there.")
              .formatted(percent(charges.residualMissing(), charges.energy()), ledger.site()));
    }
  }

  private static String hours(SiteLedger ledger, int steps) {
    return BigDecimal.valueOf(steps)
        .multiply(BigDecimal.valueOf(ledger.stepMillis()))
        .divide(HOUR, 2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** {@code 12.3 %}. */
  static String percent(ExactSum part, ExactSum whole) {
    return percent(part.value(), whole.value());
  }

  /** {@code 12.3 %}. */
  static String percent(long part, long whole) {
    return percent(BigInteger.valueOf(part), BigInteger.valueOf(whole));
  }

  private static String percent(BigInteger part, BigInteger whole) {
    if (whole.signum() == 0) {
      return "0 %";
    }
    return new BigDecimal(part)
            .multiply(HUNDRED)
            .divide(new BigDecimal(whole), DIGITS)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }
}
