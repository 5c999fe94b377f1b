// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.store.history.HistoryReader;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A site's year as the Regulation asks for it. */
public final class EedSite {
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("indicator", "Indicator"),
          Column.text("meaning", "What it is"),
          Column.number("value", "Value", "", "empty: missing, which is not 0"),
          new Column("text", "As reported", Quantity.TEXT, "", "the value in full, or a text"),
          Column.text("unit", "Unit"),
          Column.text("source", "Source"),
          Column.of("covered", "Covered", Quantity.RATIO, "share of the year that was measured"));

  private final String site;
  private final Period period;
  private final TypedIn typed;
  private final MeteredYear year;
  private final SiteIndicators indicators;

  private EedSite(
      String site, Period period, TypedIn typed, MeteredYear year, SiteIndicators indicators) {
    this.site = site;
    this.period = period;
    this.typed = typed;
    this.year = year;
    this.indicators = indicators;
  }

  /**
   * Reads a site's year.
   *
   * @param typedIn values by name, see {@link EedKeys}
   * @param asOf later issues of certificates do not count
   */
  public static EedSite read(
      HistoryReader history,
      String site,
      Period period,
      Map<String, String> typedIn,
      Instant asOf) {
    TypedIn typed = new TypedIn(typedIn);
    MeteredYear year = MeteredYear.read(history, site, period, asOf);
    return new EedSite(site, period, typed, year, new SiteIndicators(typed, year));
  }

  public String site() {
    return site;
  }

  /** E_DC, kWh. */
  public Optional<BigDecimal> siteKwh() {
    return indicators.siteKwh();
  }

  /** E_IT, kWh. */
  public Optional<BigDecimal> itKwh() {
    return indicators.itKwh();
  }

  Optional<BigDecimal> waterCubicMetres() {
    return indicators.waterCubicMetres();
  }

  /** PUE, WUE, ERF or REF. */
  public Optional<BigDecimal> ratio(String symbol) {
    return indicators.ratio(symbol);
  }

  Optional<BigDecimal> installedKilowatts() {
    return typed.number(EedKeys.INSTALLED_IT_POWER_KW);
  }

  SizeClass sizeClass() {
    return SizeClass.of(installedKilowatts().orElse(null));
  }

  /** Number of indicators of Annex II that have a value. */
  public long filled() {
    return indicators.annexTwo().stream().filter(Indicator::isThere).count();
  }

  /** Number of indicators of Annex II. */
  public int asked() {
    return indicators.annexTwo().size();
  }

  /** What is typed in and of no use, each as a sentence. */
  public List<String> wrong() {
    return typed.wrong(site);
  }

  /** What limits its figures, in sentences. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "%d of %d indicators have a value; what is missing is empty, and is not 0."
            .formatted(filled(), asked()));
    sentences.add("Size category: %s.".formatted(sizeClass().text()));
    if (!year.isThere()) {
      sentences.add("The store has no ledger of site %s in this period.".formatted(site));
    } else if (year.ledgerShare() < 1) {
      sentences.add(
          "The ledger covers %s %% of the period, from %s to %s: measured values are of this part."
              .formatted(percent(year.ledgerShare()), time(year.from()), time(year.to())));
    }
    typed
        .text(EedKeys.ENTRY_INTO_OPERATION)
        .map(YearMonth::parse)
        .filter(month -> month.atDay(1).isAfter(firstDay()))
        .ifPresent(month ->
            sentences.add(
                "In operation since %s: the report is of a part of the year.".formatted(month)));
    return sentences;
  }

  private LocalDate firstDay() {
    return LocalDate.ofInstant(period.from(), period.zone());
  }

  private String time(Instant time) {
    return time.atZone(period.zone()).toLocalDateTime().toString().replace('T', ' ');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", Math.floor(share * 1_000) / 10);
  }

  /** Its sections: who it is, Annex III, Annex II. */
  public List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "ratios_" + name(),
            "Site %s: sustainability indicators (Annex III)".formatted(site),
            sentences(),
            table("ratios_" + name(), indicators.ratios()),
            List.of(),
            true));
    sections.add(
        new Section(
            "indicators_" + name(),
            "Site %s: key performance indicators (Annex II)".formatted(site),
            List.of(
                "The operator keeps a record of measurement points and devices for at least 10 years"
                    + " (Annex II)."),
            table("indicators_" + name(), indicators.annexTwo()),
            List.of(),
            false));
    sections.add(
        new Section(
            "description_" + name(),
            "Site %s: the data centre (Annex I)".formatted(site),
            List.of(),
            description(),
            List.of(),
            false));
    return sections;
  }

  private String name() {
    return site.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private Table table(String tableName, List<Indicator> of) {
    List<List<@Nullable Object>> rows =
        of.stream()
            .<List<@Nullable Object>>map(each ->
                Arrays.asList(
                    each.symbol(),
                    each.meaning(),
                    each.value(),
                    textOrNull(each.asReported()),
                    textOrNull(each.unit()),
                    each.source(),
                    each.covered()))
            .toList();
    return new Table(tableName, COLUMNS, rows, null, Table.ALL_ROWS);
  }

  private Table description() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    describe("Name", EedKeys.NAME, rows);
    describe("Owner", EedKeys.OWNER, rows);
    describe("Operator", EedKeys.OPERATOR, rows);
    describe("LAU code", EedKeys.LAU_CODE, rows);
    describe("Type", EedKeys.TYPE, rows);
    describe("Entry into operation", EedKeys.ENTRY_INTO_OPERATION, rows);
    describe("Electrical redundancy", EedKeys.ELECTRICAL_REDUNDANCY, rows);
    describe("Cooling redundancy", EedKeys.COOLING_REDUNDANCY, rows);
    return new Table(
        "description_" + name(),
        List.of(
            Column.text("item", "Item"),
            Column.text("text", "Text"),
            Column.text("source", "Source")),
        rows,
        null,
        Table.ALL_ROWS);
  }

  private void describe(String item, EedKeys key, List<List<@Nullable Object>> rows) {
    String text = typed.text(key).orElse("");
    rows.add(Arrays.asList(item, textOrNull(text), SiteIndicators.typedIn(key, !text.isEmpty())));
  }

  private static @Nullable String textOrNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
