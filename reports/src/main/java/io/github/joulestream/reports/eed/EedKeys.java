// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names of the values that an operator types in for a site, since nobody measures them here. Each
 * has its unit in its name.
 */
public enum EedKeys {
  /** Annex I 1 (a). */
  NAME(Form.TEXT),
  /** Annex I 1 (b), with contact details. */
  OWNER(Form.TEXT),
  OPERATOR(Form.TEXT),
  /** Annex I 1 (c): Local Administrative Unit code. */
  LAU_CODE(Form.TEXT),
  /** Annex I 1 (d): enterprise, colocation or co-hosting, and structure or group of structures. */
  TYPE(Form.TEXT),
  /** Annex I 1 (e). */
  ENTRY_INTO_OPERATION(Form.MONTH),
  /** Annex I 2 (a): at high voltage, at low voltage and at rack level. */
  ELECTRICAL_REDUNDANCY(Form.TEXT),
  /** Annex I 2 (b): at room and at rack level. */
  COOLING_REDUNDANCY(Form.TEXT),
  /** PD_IT. */
  INSTALLED_IT_POWER_KW(Form.NUMBER),
  /** Which of both PD_IT is: {@code installed} or {@code rated}. */
  INSTALLED_IT_POWER_IS(Form.INSTALLED_OR_RATED),
  /** S_DC. */
  FLOOR_AREA_M2(Form.NUMBER),
  /** S_CR. */
  COMPUTER_ROOM_AREA_M2(Form.NUMBER),
  /** E_DC, in the place of what the facility's meters measured. */
  ENERGY_KWH(Form.NUMBER),
  /** Fuels, heat and cold that E_DC has and no meter of electricity measures: added to them. */
  FUEL_ENERGY_KWH(Form.NUMBER),
  /** E_DC-BG: the part of E_DC that came from back-up generators. */
  BACKUP_ENERGY_KWH(Form.NUMBER),
  /** E_IT, in the place of what meters measured. */
  IT_ENERGY_KWH(Form.NUMBER),
  /** Where E_IT that is typed in was measured: {@code UPS}, {@code PDU}, or another point. */
  IT_ENERGY_MEASURED_AT(Form.TEXT),
  /** Which functions the data centre provides to the grid, or {@code none}. */
  GRID_FUNCTIONS(Form.TEXT),
  /** C_BtG. */
  BATTERY_TO_GRID_KW(Form.NUMBER),
  /** W_IN, in the place of what meters measured. */
  WATER_M3(Form.NUMBER),
  /** WUE category of W_IN: 1 or 2. */
  WATER_CATEGORY(Form.ONE_OR_TWO),
  /** W_IN-POT. */
  POTABLE_WATER_M3(Form.NUMBER),
  /** E_REUSE, without what cools the data centre itself. */
  REUSED_HEAT_KWH(Form.NUMBER),
  /** T_WH. */
  WASTE_HEAT_CELSIUS(Form.SIGNED_NUMBER),
  /** T_IN: set point of the intake air. */
  INTAKE_AIR_CELSIUS(Form.SIGNED_NUMBER),
  REFRIGERANTS(Form.TEXT),
  /** CDD, to the base of 21 °C. */
  COOLING_DEGREE_DAYS(Form.NUMBER),
  /** E_RES-GOO, in the place of guarantees of origin that were imported. */
  RENEWABLE_GUARANTEES_KWH(Form.NUMBER),
  /** E_RES-PPA, in the place of power purchases that were imported. */
  RENEWABLE_PURCHASES_KWH(Form.NUMBER),
  /** E_RES-OS, less what had its guarantees sold, in the place of generation that was imported. */
  RENEWABLE_ON_SITE_KWH(Form.NUMBER),
  /** C_SERV: sum of the SERT active state performance of all servers. */
  SERVER_CAPACITY(Form.NUMBER),
  /** Share of the computer room floor area that C_SERV is of. */
  SERVER_CAPACITY_AREA_PERCENT(Form.PERCENT),
  /** C_STOR, in the place of the drives that nodes report. */
  STORAGE_CAPACITY_PB(Form.NUMBER),
  /** Share of the computer room floor area that C_STOR is of. */
  STORAGE_CAPACITY_AREA_PERCENT(Form.PERCENT),
  /** B_IN, GB/s. */
  BANDWIDTH_IN_GBPS(Form.NUMBER),
  /** B_OUT, GB/s. */
  BANDWIDTH_OUT_GBPS(Form.NUMBER),
  /** T_IN, incoming traffic. */
  TRAFFIC_IN_EB(Form.NUMBER),
  /** T_OUT, outgoing traffic. */
  TRAFFIC_OUT_EB(Form.NUMBER);

  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,12})?");
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final int MAX_CHARACTERS = 1_000;

  private final Form form;

  EedKeys(Form form) {
    this.form = form;
  }

  /** What a value looks like. */
  enum Form {
    TEXT("a text"),
    NUMBER("a number of 0 or above such as 1234.5, without unit and thousands' separators"),
    SIGNED_NUMBER("a number such as 24.5"),
    PERCENT("a number from 0 to 100"),
    MONTH("a year and month such as 2019-04"),
    INSTALLED_OR_RATED("'installed' or 'rated'"),
    ONE_OR_TWO("1 or 2");

    private final String text;

    Form(String text) {
      this.text = text;
    }

    boolean isNumber() {
      return this == NUMBER || this == SIGNED_NUMBER || this == PERCENT;
    }
  }

  /** Its name in the site file: {@code floor_area_m2}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a value looks like, in words. */
  public String form() {
    return form.text;
  }

  /** All names, in the order of the Regulation. */
  public static List<String> keys() {
    return Stream.of(values()).map(EedKeys::key).toList();
  }

  /**
   * What is wrong with a value that is typed in, as a sentence without its name; null if nothing
   * is.
   *
   * @param key as in the site file
   */
  public static @Nullable String wrong(String key, String value) {
    for (EedKeys each : values()) {
      if (each.key().equals(key)) {
        return each.accepts(value.strip())
            ? null
            : "'%s' is not %s".formatted(value, each.form.text);
      }
    }
    return "there is no such value; known are " + String.join(", ", keys());
  }

  /** Whether a value has its form. */
  boolean accepts(String value) {
    if (value.isEmpty() || value.length() > MAX_CHARACTERS) {
      return false;
    }
    if (form.isNumber()) {
      return DECIMAL.matcher(value).matches() && inRange(new BigDecimal(value));
    }
    return switch (form) {
      case MONTH -> isMonth(value);
      case INSTALLED_OR_RATED -> value.equals("installed") || value.equals("rated");
      case ONE_OR_TWO -> value.equals("1") || value.equals("2");
      case TEXT, NUMBER, SIGNED_NUMBER, PERCENT -> true;
    };
  }

  private boolean inRange(BigDecimal value) {
    return form == Form.SIGNED_NUMBER
        || (value.signum() >= 0 && (form != Form.PERCENT || value.compareTo(HUNDRED) <= 0));
  }

  private static boolean isMonth(String value) {
    try {
      YearMonth.parse(value);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
