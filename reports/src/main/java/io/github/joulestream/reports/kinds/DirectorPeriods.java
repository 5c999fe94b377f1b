// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The figures of the tiles by period, and where the one under way is heading. */
final class DirectorPeriods {
  private static final MathContext DIGITS = new MathContext(12);

  private DirectorPeriods() {}

  /**
   * The section.
   *
   * @param asked the whole period, of which the newest figures may be a part
   */
  static Section of(DirectorTrend trend, Period asked) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (DirectorFigures of : trend.all()) {
      rows.add(
          Cells.row(
              of.period().label(),
              of.energy(),
              of.currency().equals(trend.now().currency()) ? of.cost() : null,
              of.location(),
              of.ratioName().equals(trend.now().ratioName()) ? of.ratio() : null,
              of.wasteShare(),
              of.perGpuHour()));
    }
    List<String> sentences = new ArrayList<>();
    BigDecimal energy = trend.now().energy();
    long length = trend.now().period().range().millis();
    if (energy != null && length > 0 && !trend.now().period().to().equals(asked.to())) {
      sentences.add(
          "%s is not over: at its mean power so far it will have used %s by its end."
              .formatted(
                  asked.label(),
                  Said.energy(
                      energy
                          .multiply(BigDecimal.valueOf(asked.range().millis()))
                          .divide(BigDecimal.valueOf(length), DIGITS)
                          .toBigInteger())));
    }
    return new Section(
        "periods",
        "By period",
        sentences,
        new Table(
            "periods",
            List.of(
                Column.text("period", "Period"),
                Column.of("energy", "Energy", Quantity.ENERGY, "measured"),
                Column.of("cost", "Cost", Quantity.MONEY, ""),
                Column.of("co2e_location", "CO2e, location", Quantity.MASS, ""),
                Column.of("facility_ratio", "Facility ratio", Quantity.NUMBER, ""),
                Column.of("idle_waste", "Idle waste", Quantity.RATIO, "of the energy"),
                Column.number("energy_per_gpu_hour", "Per GPU hour", "kWh/GPU h", "")),
            rows,
            null,
            Table.ALL_ROWS),
        List.of(
            new Chart(
                Chart.Form.COLUMNS,
                "Measured energy of up to 13 periods",
                "period",
                List.of(new Chart.Series("energy", Chart.Role.JOBS)),
                "")),
        false);
  }
}
