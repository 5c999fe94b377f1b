// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.joulestream.reports.model.Meta;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.runtime.CsvRow;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.store.LabelText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a report in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification,
 * https://focus.finops.org/focus-specification/v1-2/, which tools for cloud costs load. Its 21
 * mandatory columns are there, and those others that energy has values for; columns of our own
 * begin with {@code x_}. Quoting, times and texts are as in {@link CsvRenderer}.
 *
 * <table>
 * <caption>Where the values come from</caption>
 * <tr><th>column<th>value
 * <tr><td>BilledCost, EffectiveCost, ContractedCost, ListCost<td>cost of the job's energy in the
 * period, by the hour: there is no discount. Empty where there is no price; FOCUS has no unknown
 * cost, but 0 would be wrong
 * <tr><td>BillingAccountId, BillingAccountName, RegionId, RegionName<td>site
 * <tr><td>BillingCurrency<td>currency of the report
 * <tr><td>BillingPeriodStart, BillingPeriodEnd<td>period of the report, end exclusive
 * <tr><td>ChargeCategory, ChargeFrequency, PricingCategory<td>{@code Usage}, {@code Usage-Based},
 * {@code Standard}
 * <tr><td>ChargeClass<td>empty: no correction of an earlier invoice
 * <tr><td>ChargeDescription<td>the job in words
 * <tr><td>ChargePeriodStart, ChargePeriodEnd<td>the part of the job's time that is in the period
 * <tr><td>ConsumedQuantity, PricingQuantity<td>energy
 * <tr><td>ConsumedUnit, PricingUnit<td>{@code kWh}
 * <tr><td>InvoiceIssuerName, ProviderName, PublisherName<td>site: it runs the machine
 * <tr><td>ResourceId, ResourceName, ResourceType<td>job, its name, {@code Job}; a row that is of no
 * job has the type {@code Idle capacity}
 * <tr><td>ServiceCategory, ServiceSubcategory, ServiceName<td>{@code Compute}, {@code Other
 * (Compute)}, partition
 * <tr><td>SubAccountId, SubAccountName<td>project
 * <tr><td>Tags<td>user and labels, as an object of JSON
 * <tr><td>x_EnergyMillijoules, x_Co2eLocationKg, x_Co2eMarketKg<td>energy, CO2e by both methods
 * <tr><td>x_AsOf, x_TimeZone, x_SchemaVersion<td>of the report
 * </table>
 */
public final class FocusRenderer implements Renderer {
  private static final String TABLE = "jobs";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** FOCUS has whole seconds. */
  private static final DateTimeFormatter TIME = DateTimeFormatter.ISO_INSTANT;

  /**
   * Writes the table {@code jobs}.
   *
   * @throws IllegalArgumentException the report has none: only the kind {@code jobs} has
   */
  @Override
  public void render(Report report, OutputStream out) throws IOException {
    Table jobs =
        report.sections().stream()
            .map(Section::table)
            .flatMap(table -> Optional.ofNullable(table).stream())
            .filter(table -> table.name().equals(TABLE))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "FOCUS is of single jobs, and the report %s has no table of them"
                        .formatted(report.meta().kind())));
    Writer writer =
        new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
    CsvRow csv = new CsvRow(writer);
    boolean headed = false;
    for (List<@Nullable Object> row : jobs.rows()) {
      Map<String, Field> fields = fields(new Row(jobs, row), report.meta());
      if (!headed) {
        header(csv, fields);
        headed = true;
      }
      for (Field field : fields.values()) {
        if (field.chosen()) {
          csv.text(field.value());
        } else {
          csv.exact(field.value());
        }
      }
      csv.end();
    }
    if (!headed) {
      List<@Nullable Object> none = java.util.Collections.nCopies(jobs.columns().size(), null);
      header(csv, fields(new Row(jobs, none), report.meta()));
    }
    writer.flush();
  }

  private static void header(CsvRow csv, Map<String, Field> fields) throws IOException {
    for (String name : fields.keySet()) {
      csv.exact(name);
    }
    csv.end();
  }

  /**
   * A field.
   *
   * @param chosen whether someone chose it, so that it may be a formula
   */
  private record Field(String value, boolean chosen) {}

  private static Map<String, Field> fields(Row row, Meta meta) throws IOException {
    Fields fields = new Fields();
    String cost = row.number("cost");
    String site = row.text("site");
    String job = row.text("job");
    String project = row.text("project");
    String energy =
        row.decimal("energy")
            .map(CsvRenderer::kilowattHours)
            .map(BigDecimal::toPlainString)
            .orElse("");
    Instant start = later(row.time("start"), meta.from());
    Instant end =
        earlier(row.time("end"), meta.to().isBefore(meta.asOf()) ? meta.to() : meta.asOf());
    for (String name : List.of("BilledCost", "EffectiveCost", "ContractedCost", "ListCost")) {
      fields.exact(name, cost);
    }
    fields.chosen("BillingAccountId", site).chosen("BillingAccountName", site);
    fields.exact("BillingCurrency", meta.currency());
    fields.exact("BillingPeriodStart", time(meta.from()));
    fields.exact("BillingPeriodEnd", time(meta.to()));
    fields.exact("ChargeCategory", "Usage").exact("ChargeClass", "");
    fields.chosen(
        "ChargeDescription", job.isEmpty() ? "Energy that no job held" : "Energy of job " + job);
    fields.exact("ChargeFrequency", "Usage-Based");
    fields.exact("ChargePeriodStart", time(start)).exact("ChargePeriodEnd", time(end));
    fields.exact("ConsumedQuantity", energy).exact("ConsumedUnit", "kWh");
    fields.chosen("InvoiceIssuerName", site);
    fields.exact("PricingCategory", "Standard");
    fields.exact("PricingQuantity", energy).exact("PricingUnit", "kWh");
    fields.chosen("ProviderName", site).chosen("PublisherName", site);
    fields.chosen("RegionId", site).chosen("RegionName", site);
    fields.chosen("ResourceId", job).chosen("ResourceName", row.text("name"));
    fields.exact("ResourceType", job.isEmpty() ? "Idle capacity" : "Job");
    fields.exact("ServiceCategory", "Compute");
    String partition = row.text("partition");
    fields.chosen("ServiceName", partition.isEmpty() ? "(unknown partition)" : partition);
    fields.exact("ServiceSubcategory", "Other (Compute)");
    fields.chosen("SubAccountId", project).chosen("SubAccountName", project);
    // still JSON: the escapes are its own
    fields.exact("Tags", ShownText.of(JSON.writeValueAsString(row.tags())));
    fields.exact("x_EnergyMillijoules", row.number("energy"));
    fields.exact("x_Co2eLocationKg", row.kilograms("co2e_location"));
    fields.exact("x_Co2eMarketKg", row.kilograms("co2e_market"));
    fields.exact("x_AsOf", time(meta.asOf())).exact("x_TimeZone", meta.zone().getId());
    fields.exact("x_SchemaVersion", Integer.toString(Meta.SCHEMA_VERSION));
    return fields.all;
  }

  private static Instant later(Optional<Instant> time, Instant edge) {
    return time.filter(edge::isBefore).orElse(edge);
  }

  private static Instant earlier(Optional<Instant> time, Instant edge) {
    return time.filter(edge::isAfter).orElse(edge);
  }

  private static String time(Instant time) {
    return TIME.format(time.truncatedTo(ChronoUnit.SECONDS));
  }

  /** Fields in their order. */
  private static final class Fields {
    private final Map<String, Field> all = new LinkedHashMap<>();

    Fields exact(String name, String value) {
      all.put(name, new Field(value, false));
      return this;
    }

    Fields chosen(String name, String value) {
      all.put(name, new Field(value, true));
      return this;
    }
  }

  /** A row by the names of its columns; what is not there is not known. */
  private record Row(Table table, List<@Nullable Object> values) {
    private Optional<Object> value(String column) {
      for (int i = 0; i < table.columns().size(); i++) {
        if (table.columns().get(i).name().equals(column)) {
          return Optional.ofNullable(values.get(i));
        }
      }
      return Optional.empty();
    }

    String text(String column) {
      return value(column).map(Object::toString).orElse("");
    }

    Optional<BigDecimal> decimal(String column) {
      return value(column).filter(BigDecimal.class::isInstance).map(BigDecimal.class::cast);
    }

    String number(String column) {
      return decimal(column).map(BigDecimal::toPlainString).orElse("");
    }

    String kilograms(String column) {
      return decimal(column).map(grams -> grams.movePointLeft(3).toPlainString()).orElse("");
    }

    Optional<Instant> time(String column) {
      return value(column).filter(Instant.class::isInstance).map(Instant.class::cast);
    }

    /** The user, and the labels by their names. */
    Map<String, String> tags() {
      Map<String, String> tags = new LinkedHashMap<>();
      if (!text("user").isEmpty()) {
        tags.put("user", Texts.encodable(text("user")));
      }
      if (!text("labels").isEmpty()) {
        LabelText.parse(text("labels"))
            .forEach(
                (name, value) -> tags.putIfAbsent(Texts.encodable(name), Texts.encodable(value)));
      }
      return tags;
    }
  }
}
