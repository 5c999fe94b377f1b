// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.FacilityRatio;
import io.github.joulestream.energy.SiteAmount;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The 24 key performance indicators of Annex II of Delegated Regulation (EU) 2024/1364 of a site's
 * year, and the four sustainability indicators of its Annex III that follow from them. What is
 * typed in counts before what was measured: an operator who types a value in has a better meter,
 * such as the supplier's. What is neither is missing, and so is what would follow from it.
 */
final class SiteIndicators {
  /** Of quotients. */
  static final MathContext DIGITS = new MathContext(12, RoundingMode.HALF_UP);

  private static final BigDecimal KWH_PER_MWH = BigDecimal.valueOf(1_000);

  private final TypedIn typed;
  private final MeteredYear year;
  private final List<Indicator> annexTwo = new ArrayList<>();
  private final List<Indicator> annexThree = new ArrayList<>();

  private final @Nullable BigDecimal siteKwh;
  private final @Nullable BigDecimal itKwh;
  private final @Nullable BigDecimal renewableKwh;
  private final @Nullable BigDecimal waterCubicMetres;
  private final @Nullable BigDecimal reusedKwh;

  SiteIndicators(TypedIn typed, MeteredYear year) {
    this.typed = typed;
    this.year = year;
    add(
        typedNumber(
            EedKeys.INSTALLED_IT_POWER_KW,
            "PD_IT",
            typed
                .text(EedKeys.INSTALLED_IT_POWER_IS)
                .map(which -> which + " information technology power demand")
                .orElse("installed information technology power demand"),
            "kW"));
    add(typedNumber(EedKeys.FLOOR_AREA_M2, "S_DC", "total floor area", "m²"));
    add(typedNumber(EedKeys.COMPUTER_ROOM_AREA_M2, "S_CR", "computer room floor area", "m²"));
    siteKwh = add(siteEnergy());
    itKwh = add(itEnergy());
    add(typedText(EedKeys.GRID_FUNCTIONS, "grid functions", "electrical grid functions"));
    add(typedNumber(EedKeys.BATTERY_TO_GRID_KW, "C_BtG", "average battery capacity offered", "kW"));
    waterCubicMetres = add(water());
    add(typedNumber(EedKeys.POTABLE_WATER_M3, "W_IN-POT", "potable water input", "m³"));
    reusedKwh = add(typedNumber(EedKeys.REUSED_HEAT_KWH, "E_REUSE", "waste heat reused", "kWh"));
    add(typedNumber(EedKeys.WASTE_HEAT_CELSIUS, "T_WH", "average waste heat temperature", "°C"));
    add(
        typedNumber(
            EedKeys.INTAKE_AIR_CELSIUS, "T_IN", "average set point of the intake air", "°C"));
    add(typedText(EedKeys.REFRIGERANTS, "refrigerants", "types of refrigerants"));
    add(
        typedNumber(
            EedKeys.COOLING_DEGREE_DAYS, "CDD", "cooling degree days, base 21 °C", "degree-days"));
    Renewables renewables = new Renewables(typed, year);
    renewableKwh = add(renewables.total());
    renewables.parts().forEach(this::add);
    add(
        typedNumber(
            EedKeys.SERVER_CAPACITY,
            "C_SERV",
            "capacity of servers, SERT active state" + area(EedKeys.SERVER_CAPACITY_AREA_PERCENT),
            "SERT"));
    add(storage());
    add(typedNumber(EedKeys.BANDWIDTH_IN_GBPS, "B_IN", "incoming bandwidth", "GB/s"));
    add(typedNumber(EedKeys.BANDWIDTH_OUT_GBPS, "B_OUT", "outgoing bandwidth", "GB/s"));
    add(typedNumber(EedKeys.TRAFFIC_IN_EB, "T_IN traffic", "incoming data traffic", "EB"));
    add(typedNumber(EedKeys.TRAFFIC_OUT_EB, "T_OUT traffic", "outgoing data traffic", "EB"));
    annexThree();
  }

  /** Annex II, in its order. */
  List<Indicator> annexTwo() {
    return annexTwo;
  }

  /** Annex III, in its order, and the ratio to measured IT energy where there is no PUE. */
  List<Indicator> ratios() {
    return annexThree;
  }

  /** E_DC, kWh. */
  Optional<BigDecimal> siteKwh() {
    return Optional.ofNullable(siteKwh);
  }

  /** E_IT, kWh. */
  Optional<BigDecimal> itKwh() {
    return Optional.ofNullable(itKwh);
  }

  /** W_IN, m3. */
  Optional<BigDecimal> waterCubicMetres() {
    return Optional.ofNullable(waterCubicMetres);
  }

  /** A ratio of Annex III: {@code PUE}. */
  Optional<BigDecimal> ratio(String symbol) {
    return annexThree.stream()
        .filter(each -> each.symbol().equals(symbol))
        .findFirst()
        .map(Indicator::value);
  }

  private @Nullable BigDecimal add(Indicator indicator) {
    annexTwo.add(indicator);
    return indicator.value();
  }

  private Indicator typedNumber(EedKeys key, String symbol, String meaning, String unit) {
    BigDecimal value = typed.number(key).orElse(null);
    return new Indicator(symbol, meaning, unit, value, "", typedIn(key, value != null), null);
  }

  private Indicator typedText(EedKeys key, String symbol, String meaning) {
    String text = typed.text(key).orElse("");
    return new Indicator(symbol, meaning, "", null, text, typedIn(key, !text.isEmpty()), null);
  }

  static String typedIn(EedKeys key, boolean there) {
    return there ? "typed in" : Indicator.MISSING + ": type in " + key.key();
  }

  private String area(EedKeys key) {
    return typed.number(key).map(p -> ", " + p.toPlainString() + " % of floor area").orElse("");
  }

  static @Nullable BigDecimal share(double share) {
    return BigDecimal.valueOf(share).round(DIGITS);
  }

  private Indicator siteEnergy() {
    String meaning = "total energy consumption" + backup();
    BigDecimal metered =
        year.hasMeter(DeviceKind.FACILITY) ? year.kwh(SiteAmount.FACILITY_MILLIJOULES) : null;
    Optional<BigDecimal> entered = typed.number(EedKeys.ENERGY_KWH);
    Optional<BigDecimal> fuel = typed.number(EedKeys.FUEL_ENERGY_KWH);
    if (entered.isPresent()) {
      String other =
          metered == null ? "" : "; the meters measured " + metered.toPlainString() + " kWh";
      return new Indicator(
          "E_DC",
          meaning,
          "kWh",
          plus(entered.get(), fuel),
          "",
          "typed in" + fuels(fuel) + other,
          null);
    }
    if (metered == null) {
      return new Indicator(
          "E_DC",
          meaning,
          "kWh",
          null,
          "",
          "%s: no meter of the facility, and no %s"
              .formatted(Indicator.MISSING, EedKeys.ENERGY_KWH.key()),
          null);
    }
    return new Indicator(
        "E_DC",
        meaning,
        "kWh",
        plus(metered, fuel),
        "",
        "measured at the meters of the facility" + fuels(fuel) + gaps(DeviceKind.FACILITY),
        share(year.timeShare(DeviceKind.FACILITY)));
  }

  private String backup() {
    return typed
        .number(EedKeys.BACKUP_ENERGY_KWH)
        .map(kwh -> ", of it from back-up (E_DC-BG) " + kwh.toPlainString() + " kWh")
        .orElse("");
  }

  private static BigDecimal plus(BigDecimal value, Optional<BigDecimal> more) {
    return more.map(value::add).orElse(value);
  }

  private static String fuels(Optional<BigDecimal> fuel) {
    return fuel.map(kwh -> ", with " + kwh.toPlainString() + " kWh of fuels typed in").orElse("");
  }

  private String gaps(DeviceKind kind) {
    return year.isWhole(kind) ? "" : "; meters were silent for over 1 % of their time";
  }

  private Indicator itEnergy() {
    String meaning = "energy consumption of information technology";
    Optional<BigDecimal> entered = typed.number(EedKeys.IT_ENERGY_KWH);
    if (entered.isPresent()) {
      String at =
          typed
              .text(EedKeys.IT_ENERGY_MEASURED_AT)
              .map(point -> ", measured at " + point)
              .orElse("");
      return new Indicator("E_IT", meaning, "kWh", entered.get(), "", "typed in" + at, null);
    }
    if (year.hasMeter(DeviceKind.UPS)) {
      return metered(
          "E_IT", meaning, DeviceKind.UPS, "measured at the outputs of UPSs, category 1");
    }
    if (year.hasMeter(DeviceKind.PDU)) {
      return metered(
          "E_IT", meaning, DeviceKind.PDU, "measured at the outputs of PDUs, category 2");
    }
    BigDecimal nodes = year.kwh(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    return nodes.signum() == 0
        ? new Indicator(
            "E_IT",
            meaning,
            "kWh",
            null,
            "",
            Indicator.MISSING + ": no meter of UPSs or PDUs, and no " + EedKeys.IT_ENERGY_KWH.key(),
            null)
        : new Indicator(
            "E_IT",
            meaning,
            "kWh",
            nodes,
            "",
            "measured at nodes, of no category; the true value is higher",
            share(year.ledgerShare()));
  }

  private Indicator metered(String symbol, String meaning, DeviceKind kind, String source) {
    return new Indicator(
        symbol,
        meaning,
        "kWh",
        year.kwh(SiteAmount.measured(kind)),
        "",
        source + gaps(kind),
        share(year.timeShare(kind)));
  }

  private Indicator water() {
    String category = typed.text(EedKeys.WATER_CATEGORY).map(c -> ", WUE category " + c).orElse("");
    Optional<BigDecimal> entered = typed.number(EedKeys.WATER_M3);
    Optional<BigDecimal> metered = year.waterCubicMetres();
    String source =
        entered.isPresent()
            ? "typed in" + category
            : metered.isPresent()
                ? "measured at the site's water meters" + category
                : SiteIndicators.typedIn(EedKeys.WATER_M3, false);
    return new Indicator(
        "W_IN",
        "total water input",
        "m³",
        entered.or(() -> metered).orElse(null),
        "",
        source,
        null);
  }

  private Indicator storage() {
    String meaning = "raw capacity of storage" + area(EedKeys.STORAGE_CAPACITY_AREA_PERCENT);
    Optional<BigDecimal> entered = typed.number(EedKeys.STORAGE_CAPACITY_PB);
    if (entered.isPresent()) {
      return new Indicator("C_STOR", meaning, "PB", entered.get(), "", "typed in", null);
    }
    return year.storagePetabytes()
        .map(petabytes ->
            new Indicator(
                "C_STOR",
                meaning,
                "PB",
                petabytes,
                "",
                "drives that nodes reported, " + year.storageSeen(),
                null))
        .orElse(
            new Indicator(
                "C_STOR",
                meaning,
                "PB",
                null,
                "",
                typedIn(EedKeys.STORAGE_CAPACITY_PB, false),
                null));
  }

  private void annexThree() {
    annexThree.add(pue());
    if (annexThree.getFirst().value() == null && isAtNodes() && siteIsYearly()) {
      annexThree.add(
          quotient(
              "facility per measured IT",
              "E_DC over what nodes measured: no PUE, which is at most this",
              "",
              siteKwh,
              itKwh,
              "measured at nodes"));
    }
    BigDecimal itMwh = itKwh == null ? null : itKwh.divide(KWH_PER_MWH);
    annexThree.add(
        itIsYearly()
            ? quotient(
                "WUE",
                "water usage effectiveness, W_IN / E_IT",
                "m³/MWh",
                waterCubicMetres,
                itMwh,
                pueCategory().orElse("E_IT measured at nodes"))
            : missing(
                "WUE",
                "water usage effectiveness, W_IN / E_IT",
                "m³/MWh",
                "E_IT is not of the whole year"));
    annexThree.add(ofSite("ERF", "energy reuse factor, E_REUSE / E_DC", reusedKwh));
    annexThree.add(ofSite("REF", "renewable energy factor, E_RES-TOT / E_DC", renewableKwh));
  }

  private Indicator ofSite(String symbol, String meaning, @Nullable BigDecimal part) {
    return siteKwh == null || siteIsYearly()
        ? quotient(symbol, meaning, "", part, siteKwh, "")
        : missing(symbol, meaning, "", "E_DC is not of the whole year");
  }

  private Indicator pue() {
    String meaning = "power usage effectiveness, E_DC / E_IT";
    Optional<String> category = pueCategory();
    if (category.isEmpty()) {
      return missing("PUE", meaning, "", "E_IT is not measured at UPSs or PDUs");
    }
    if (siteKwh == null || (siteIsYearly() && itIsYearly())) {
      return quotient("PUE", meaning, "", siteKwh, itKwh, category.get());
    }
    boolean metered =
        typed.number(EedKeys.ENERGY_KWH).isEmpty()
            && typed.number(EedKeys.FUEL_ENERGY_KWH).isEmpty()
            && typed.number(EedKeys.IT_ENERGY_KWH).isEmpty();
    DeviceKind it = meterOfIt();
    Optional<BigDecimal> common = metered ? year.ratioOfCommonTime(it) : Optional.empty();
    return common
        .map(ratio ->
            new Indicator(
                "PUE",
                meaning,
                "",
                ratio,
                "",
                "worked out where both are measured, " + category.get(),
                share(year.commonShare(it))))
        .orElse(missing("PUE", meaning, "", "E_DC or E_IT is not of the whole year"));
  }

  private DeviceKind meterOfIt() {
    return year.hasMeter(DeviceKind.UPS) ? DeviceKind.UPS : DeviceKind.PDU;
  }

  private boolean isAtNodes() {
    return itKwh != null && pueCategory().isEmpty();
  }

  private boolean siteIsYearly() {
    return typed.number(EedKeys.ENERGY_KWH).isPresent()
        || year.isYearly(DeviceKind.FACILITY, inOperationFrom());
  }

  private boolean itIsYearly() {
    return typed.number(EedKeys.IT_ENERGY_KWH).isPresent()
        || (isAtNodes()
            ? year.ledgerShare()
                >= FacilityRatio.LEAST_COVERAGE * year.possibleShare(inOperationFrom())
            : year.isYearly(meterOfIt(), inOperationFrom()));
  }

  private LocalDate inOperationFrom() {
    return typed
        .text(EedKeys.ENTRY_INTO_OPERATION)
        .map(month -> YearMonth.parse(month).atDay(1))
        .orElse(LocalDate.EPOCH);
  }

  /** Where E_IT is measured, if that makes a PUE. */
  private Optional<String> pueCategory() {
    if (typed.number(EedKeys.IT_ENERGY_KWH).isPresent()) {
      return Optional.of(
          typed
              .text(EedKeys.IT_ENERGY_MEASURED_AT)
              .map(point -> "E_IT measured at " + point)
              .orElse("where E_IT was measured is not said"));
    }
    return year.hasMeter(DeviceKind.UPS)
        ? Optional.of("category 1")
        : year.hasMeter(DeviceKind.PDU) ? Optional.of("category 2") : Optional.empty();
  }

  private static Indicator missing(String symbol, String meaning, String unit, String why) {
    return new Indicator(symbol, meaning, unit, null, "", Indicator.MISSING + ": " + why, null);
  }

  private static Indicator quotient(
      String symbol,
      String meaning,
      String unit,
      @Nullable BigDecimal above,
      @Nullable BigDecimal below,
      String source) {
    if (above == null || below == null || below.signum() <= 0) {
      return missing(symbol, meaning, unit, "a value that it follows from is missing");
    }
    return new Indicator(
        symbol,
        meaning,
        unit,
        above.divide(below, DIGITS),
        "",
        source.isEmpty() ? "worked out" : "worked out, " + source,
        null);
  }
}
