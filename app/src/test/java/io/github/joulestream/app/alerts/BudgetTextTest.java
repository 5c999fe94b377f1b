// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import java.time.DayOfWeek;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTextTest {
  private static Map<String, String> values(String... more) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("name", "feed-a");
    values.put("site", "dc1");
    values.put("scope", "site");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1.2MW,1200000000", "900 kW,900000000", "1W,1000", "0.0005W,1", "1GW,1000000000000"})
  void power_isExactInMilliwatts(String text, long milliwatts) {
    assertThat(Amounts.milliwatts(text)).isEqualTo(milliwatts);
  }

  @ParameterizedTest
  @CsvSource({
    "30MWh,108000000000000",
    "0.1kWh,360000000",
    "1.1GJ,1100000000000",
    "7 J,7000",
    "1Wh,3600000"
  })
  void energy_isExactInMillijoules(String text, long millijoules) {
    assertThat(Amounts.millijoules(text)).isEqualTo(millijoules);
  }

  @ParameterizedTest
  @CsvSource({
    "1.2,has no unit",
    "1.2mw,is not a power",
    "1.2MWh,is not a power",
    "'1,2MW',is not a power",
    "much,is not a power",
    "-5kW,must be over 0",
    "0W,must be over 0",
    "9999999999999GW,is too much"
  })
  void whatIsNoPower_isRefused(String text, String why) {
    assertThatThrownBy(() -> BudgetText.parse(values("power", text)))
        .isInstanceOf(BudgetText.Wrong.class)
        .hasMessageStartingWith("power: '" + text + "' ")
        .hasMessageContaining(why);
  }

  @Test
  void aBudget_withAllThatItCanHave() {
    Budget budget =
        BudgetText.parse(
            values(
                "power", "1.2MW",
                "thresholds", "80, 90%,100",
                "for", "30s",
                "resolve-below", "3%",
                "resolve-after", "2m",
                "cooldown", "90s",
                "forecast", "0s",
                "schedule", "Mon-Fri 17:00-21:00 0.9MW; Sat,Sun 22:30-6:00 500 kW",
                "zone", "Europe/Berlin",
                "caps", "priority",
                "owner", "facilities",
                "note", "breaker 7",
                "priority", "3"));
    assertThat(budget.limit().milli()).isEqualTo(1_200_000_000);
    assertThat(budget.thresholds().percent()).containsExactly(80, 90, 100);
    assertThat(budget.timing().holdMillis()).isEqualTo(30_000);
    assertThat(budget.limit().schedule())
        .containsExactly(
            new Reduction(
                Set.of(
                    DayOfWeek.MONDAY,
                    DayOfWeek.TUESDAY,
                    DayOfWeek.WEDNESDAY,
                    DayOfWeek.THURSDAY,
                    DayOfWeek.FRIDAY),
                17 * 60,
                21 * 60,
                900_000_000),
            new Reduction(
                Set.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY), 22 * 60 + 30, 6 * 60, 500_000_000));
    assertThat(budget.limit().advice()).isEqualTo(CapMode.PRIORITY);
    // what is shown is what can be given again
    assertThat(BudgetText.parse(BudgetText.values(budget))).isEqualTo(budget);
    assertThat(BudgetText.limit(budget)).isEqualTo("1.2 MW");
  }

  @Test
  void anEnergy_isOfAPeriod() {
    Budget budget = BudgetText.parse(values("energy", "30MWh", "per", "month"));
    assertThat(budget.quantity()).isEqualTo(Quantity.ENERGY_PER_MONTH);
    assertThat(BudgetText.limit(budget)).isEqualTo("30 MWh per month");
    assertThat(BudgetText.parse(BudgetText.values(budget))).isEqualTo(budget);
    Budget odd = BudgetText.parse(values("energy", "1.234567GJ", "per", "hour"));
    assertThat(BudgetText.limit(odd)).isEqualTo("1.234567 GJ per hour");
    assertThat(BudgetText.parse(BudgetText.values(odd))).isEqualTo(odd);
  }

  @Test
  void whatIsNoBudget_isRefused_inOneLineThatSaysWhatToDo() {
    for (List<String> wrong :
        List.of(
            List.of("give one of the two"),
            List.of("give one of the two", "power", "1MW", "energy", "1MWh"),
            List.of("write which", "energy", "1MWh"),
            List.of("not hour, day or month", "energy", "1MWh", "per", "year"),
            List.of("leave out 'per'", "power", "1MW", "per", "day"),
            List.of("unknown scope 'rak'", "power", "1MW", "scope", "rak"),
            List.of("unknown kind of device", "power", "1MW", "scope", "kind=fpga"),
            List.of("unknown time zone", "power", "1MW", "zone", "Europe/Atlantis"),
            List.of("thresholds rise", "power", "1MW", "thresholds", "95,85"),
            List.of("thresholds rise", "power", "1MW", "thresholds", "85,1001"),
            List.of("not a whole percentage", "power", "1MW", "thresholds", "85,,95"),
            List.of("not a duration", "power", "1MW", "for", "soon"),
            List.of("not lower than", "power", "1MW", "schedule", "Mon 1:00-2:00 2MW"),
            List.of("is not like", "power", "1MW", "schedule", "nights 1MW"),
            List.of("not a day", "power", "1MW", "schedule", "Mo-Fr 1:00-2:00 1kW"),
            List.of("not a time of day", "power", "1MW", "schedule", "Mon 25:00-26:00 1kW"),
            List.of("not none, proportional", "power", "1MW", "caps", "maybe"),
            List.of("not a whole number", "power", "1MW", "priority", "high"),
            List.of("needs a site", "power", "1MW", "site", " "),
            List.of("'color' is not known", "power", "1MW", "color", "red"))) {
      String[] more = wrong.subList(1, wrong.size()).toArray(String[]::new);
      assertThatThrownBy(() -> BudgetText.parse(values(more)))
          .as(wrong.toString())
          .isInstanceOf(BudgetText.Wrong.class)
          .hasMessageContaining(wrong.getFirst())
          .message()
          .doesNotContain("\n");
    }
  }
}
