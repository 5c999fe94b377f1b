// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FocusRendererTest {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("site", "Site"),
          Column.text("job", "Job"),
          Column.text("user", "User"),
          Column.text("project", "Project"),
          Column.text("name", "Name"),
          Column.text("partition", "Partition"),
          Column.text("labels", "Labels"),
          Column.of("start", "Start", Quantity.TIME, ""),
          Column.of("end", "End", Quantity.TIME, ""),
          Column.of("energy", "Energy", Quantity.ENERGY, ""),
          Column.of("cost", "Cost", Quantity.MONEY, ""),
          Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
          Column.of("co2e_market", "CO2e, market", Quantity.MASS, ""));

  private static Report report(List<List<@Nullable Object>> rows) {
    Table table = new Table("jobs", COLUMNS, rows, null, Table.ALL_ROWS);
    return new Report(
        Samples.meta("EUR", List.of("alpha")),
        "",
        List.of(),
        List.of(new Section("jobs", "Jobs", List.of(), table, List.of(), false)));
  }

  private static Map<String, String> row(List<List<String>> csv, int row) {
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i < csv.getFirst().size(); i++) {
      fields.put(csv.getFirst().get(i), csv.get(row).get(i));
    }
    return fields;
  }

  @Test
  void jobs_areCharges() throws IOException {
    Report report =
        report(
            List.of(
                Samples.row(
                    "alpha",
                    "17-322",
                    "ada",
                    "climate",
                    "=cmd()",
                    "gpu",
                    "{\"model\":\"x\",\"phase\":\"a\\\"b\"}",
                    Instant.parse("2026-10-31T21:00:00.500Z"),
                    Instant.parse("2026-11-02T03:00:00Z"),
                    new BigDecimal("3600000000001"),
                    new BigDecimal("120.25"),
                    new BigDecimal("231000"),
                    null),
                Samples.row(
                    "alpha",
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    new BigDecimal("3600000000"),
                    null,
                    null,
                    null)));
    List<List<String>> csv = CsvRendererTest.parse(Reports.text(new FocusRenderer(), report));
    assertThat(csv).hasSize(3);
    assertThat(row(csv, 1))
        .containsEntry("BilledCost", "120.25")
        .containsEntry("EffectiveCost", "120.25")
        .containsEntry("BillingCurrency", "EUR")
        .containsEntry("BillingPeriodStart", "2026-09-30T22:00:00Z")
        .containsEntry("BillingPeriodEnd", "2026-10-31T23:00:00Z")
        .containsEntry("ChargePeriodStart", "2026-10-31T21:00:00Z")
        .containsEntry("ChargePeriodEnd", "2026-10-31T23:00:00Z")
        .containsEntry("ChargeCategory", "Usage")
        .containsEntry("ConsumedQuantity", "1000.0000000003")
        .containsEntry("ConsumedUnit", "kWh")
        .containsEntry("ResourceId", "17-322")
        .containsEntry("ResourceName", "'=cmd()")
        .containsEntry("ResourceType", "Job")
        .containsEntry("RegionId", "alpha")
        .containsEntry("SubAccountId", "climate")
        .containsEntry("ServiceName", "gpu")
        .containsEntry("Tags", "{\"user\":\"ada\",\"model\":\"x\",\"phase\":\"a\\\"b\"}")
        .containsEntry("x_EnergyMillijoules", "3600000000001")
        .containsEntry("x_Co2eLocationKg", "231.000")
        .containsEntry("x_Co2eMarketKg", "");
    assertThat(row(csv, 2))
        .containsEntry("ResourceType", "Idle capacity")
        .containsEntry("BilledCost", "")
        .containsEntry("ChargePeriodStart", "2026-09-30T22:00:00Z")
        .containsEntry("ChargePeriodEnd", "2026-10-31T23:00:00Z")
        .containsEntry("Tags", "{}")
        .containsEntry("x_EnergyMillijoules", "3600000000");
  }

  @Test
  void allMandatoryColumns_areThere_alsoWithoutJobs() throws IOException {
    List<List<String>> csv =
        CsvRendererTest.parse(Reports.text(new FocusRenderer(), report(List.of())));
    assertThat(csv).hasSize(1);
    assertThat(csv.getFirst())
        .contains(
            "BilledCost",
            "BillingAccountId",
            "BillingAccountName",
            "BillingCurrency",
            "BillingPeriodEnd",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargeClass",
            "ChargeDescription",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "ContractedCost",
            "EffectiveCost",
            "InvoiceIssuerName",
            "ListCost",
            "PricingQuantity",
            "PricingUnit",
            "ProviderName",
            "PublisherName",
            "ServiceCategory",
            "ServiceName")
        .doesNotHaveDuplicates();
  }

  @Test
  void aReportWithoutJobs_isRefused() {
    assertThatThrownBy(() -> Reports.bytes(new FocusRenderer(), Samples.rich()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("FOCUS is of single jobs, and the report director has no table of them");
  }
}
