// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.ResultReader.Unbalanced;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // a number of its own for each amount
class LedgerReportTest {
  private static final long LARGE = 9_007_199_254_740_993L; // no double holds it

  private static Totals<SiteAmount> numbered() {
    Totals<SiteAmount> totals = Totals.ofSite();
    for (SiteAmount amount : SiteAmount.values()) {
      totals.set(amount, LARGE + amount.ordinal());
    }
    return totals;
  }

  @Test
  void json_hasEveryAmountOfEverySite_exactly() throws IOException {
    TreeMap<String, Totals<SiteAmount>> sites = new TreeMap<>();
    sites.put("a \"quoted\" site", numbered());
    sites.put("empty", Totals.ofSite());
    LedgerReport report =
        new LedgerReport(sites, List.of(new Unbalanced("empty", 10_000, -3)), false);
    JsonNode json = new ObjectMapper().readTree(report.json(5, ResultReader.END_EPOCH_MILLIS));
    assertThat(json.get("balances").asBoolean()).isFalse();
    assertThat(json.get("from_epoch_millis").asLong()).isEqualTo(5);
    assertThat(json.has("to_epoch_millis")).isFalse();
    assertThat(json.get("sites").size()).isEqualTo(2);
    for (SiteAmount amount : SiteAmount.values()) {
      String name = amount.name().toLowerCase(Locale.ROOT);
      assertThat(json.at("/sites/a \"quoted\" site/" + name).isIntegralNumber()).as(name).isTrue();
      assertThat(json.at("/sites/a \"quoted\" site/" + name).asLong())
          .as(name)
          .isEqualTo(LARGE + amount.ordinal());
      assertThat(json.at("/sites/empty/" + name).asLong(-1)).as(name).isZero();
    }
    assertThat(json.get("unbalanced").size()).isEqualTo(1);
    assertThat(json.at("/unbalanced/0/site").asText()).isEqualTo("empty");
    assertThat(json.at("/unbalanced/0/window_start_epoch_millis").asLong()).isEqualTo(10_000);
    assertThat(json.at("/unbalanced/0/difference_millijoules").asLong()).isEqualTo(-3);
  }

  @Test
  void json_ofBooksThatBalance_ofARange() throws IOException {
    TreeMap<String, Totals<SiteAmount>> sites = new TreeMap<>();
    sites.put("s", Totals.ofSite());
    LedgerReport report = new LedgerReport(sites, List.of(), true);
    JsonNode json = new ObjectMapper().readTree(report.json(0, 20_000));
    assertThat(json.get("balances").asBoolean()).isTrue();
    assertThat(json.get("to_epoch_millis").asLong()).isEqualTo(20_000);
    assertThat(json.get("unbalanced").isEmpty()).isTrue();
  }

  private static String printed(Totals<SiteAmount> totals, boolean exact) {
    TreeMap<String, Totals<SiteAmount>> sites = new TreeMap<>();
    sites.put("s", totals);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new LedgerReport(sites, List.of(), exact).print(new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }

  @Test
  void metersOfTheSite_areShownWithTheirCoverage_andTheOverhead() {
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1_000_000)
            .add(SiteAmount.IDLE_TOTAL_MILLIJOULES, 1_000_000)
            .add(SiteAmount.FACILITY_MILLIJOULES, 1_500_000)
            .add(SiteAmount.FACILITY_COVERED_MILLIS, 10_000)
            .add(SiteAmount.UPS_MILLIJOULES, 600_000)
            .add(SiteAmount.UPS_COVERED_MILLIS, 10_000)
            .add(SiteAmount.UPS_UNCOVERED_MILLIS, 10_000)
            .add(SiteAmount.PDU_MILLIJOULES, 1_200_000)
            .add(SiteAmount.PDU_COVERED_MILLIS, 20_000)
            .add(SiteAmount.WATER_MILLILITRES, 2_500);
    String text = printed(totals, true);
    assertThat(text)
        .containsPattern("facility +1,500,000 +100.0 %")
        .containsPattern("UPS +600,000 +50.0 %")
        .containsPattern("PDU +1,200,000 +100.0 %")
        .containsPattern("overhead \\(facility - measured\\) +500,000")
        // half of the UPSs' energy is not known
        .doesNotContain("PUE, category 1", "generation", "export")
        .contains("PUE, category 2: 1.250", "Facility per measured IT: 1.500", "water: 2,500 ml");
    assertThat(printed(totals, false)).contains("water: 2.5 l");
  }

  @Test
  void withoutMetersOfTheSite_nothingIsSaidOfThem() {
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1_000_000)
            .add(SiteAmount.IDLE_TOTAL_MILLIJOULES, 1_000_000);
    assertThat(printed(totals, true))
        .contains("ledger of site s")
        .doesNotContain("meters of the site", "overhead", "PUE", "Facility", "water");
  }
}
