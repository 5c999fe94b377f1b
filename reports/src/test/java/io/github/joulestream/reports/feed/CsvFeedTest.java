// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static io.github.joulestream.reports.feed.FeedSamples.NOW;
import static io.github.joulestream.reports.feed.FeedSamples.intervals;
import static io.github.joulestream.reports.feed.FeedSamples.refusals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvFeedTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @TempDir Path folder;

  private static FeedOptions options(boolean earlierThenLater, boolean decimalComma) {
    return new FeedOptions("dc1", null, BERLIN, earlierThenLater, decimalComma, NOW, true, false);
  }

  private FeedFile read(String text) {
    return FeedSamples.of(folder, text, FeedSamples.OPTIONS);
  }

  private FeedFile readInBerlin(String text, boolean earlierThenLater) {
    return FeedSamples.of(folder, text, options(earlierThenLater, false));
  }

  @Test
  void allKinds_inUnitsOfTheirOwn() {
    FeedFile file = FeedSamples.read("site.csv");
    assertThat(refusals(file)).isEmpty();
    assertThat(file.format()).isEqualTo(FeedFormat.CSV);
    assertThat(intervals(file))
        .extracting(interval ->
            "%s %s %s"
                .formatted(
                    interval.series().text(), KeptText.value(interval), KeptText.unit(interval)))
        .containsExactlyInAnyOrder(
            "carbon-location-average-lifecycle 412 g/kWh",
            "price 0.0815 EUR/kWh",
            "generation-solar 1500 kWh",
            "fixed_charge 1200 EUR/month",
            "demand_charge 8 EUR/kW-month",
            "battery -250 kWh");
    assertThat(intervals(file))
        .filteredOn(interval -> interval.series().text().equals("price"))
        .singleElement()
        .satisfies(price -> {
          assertThat(price.issued())
              .isEqualTo(Instant.parse("2026-10-17T11:55:00Z").toEpochMilli());
          assertThat(price.origin().provider()).isEqualTo("exchange");
          assertThat(price.origin().zone()).isEqualTo("DE-LU");
          assertThat(price.origin().given()).isEqualTo("81.50 EUR/MWh");
        });
    assertThat(intervals(file))
        .filteredOn(interval -> interval.series().text().equals("battery"))
        .singleElement()
        .satisfies(battery -> assertThat(battery.issued()).isEqualTo(NOW));
  }

  @Test
  void moreRowsThanFitInMemory_areRefusedAtOnce() throws Refused {
    String row = "a\n";
    assertThat(new CsvRows(row.repeat(CsvRows.MOST + 1), ',').read()).hasSize(CsvRows.MOST + 1);
    assertThatThrownBy(() -> new CsvRows(row.repeat(CsvRows.MOST + 2), ',').read())
        .isInstanceOf(Refused.class)
        .hasMessageContaining("line 500002: more than 500,000 rows; split the file");
  }

  @Test
  void europeanForm_inTheHourThatComesTwice() {
    FeedFile file = FeedSamples.read("tariff-european.csv", options(true, true));
    assertThat(refusals(file)).isEmpty();
    assertThat(FeedSamples.values(file, "price"))
        .containsExactly(
            "2026-10-24T23:00Z 2026-10-25T00:00Z 0.125 EUR/kWh MEASURED",
            "2026-10-25T00:00Z 2026-10-25T01:00Z 0.1125 EUR/kWh MEASURED",
            "2026-10-25T01:00Z 2026-10-25T02:00Z -0.01 EUR/kWh MEASURED",
            "2026-10-25T02:00Z 2026-10-25T03:00Z 0.1 EUR/kWh MEASURED");
  }

  @Test
  void ambiguousTimes_withoutARule_areRefused() {
    FeedFile file = FeedSamples.read("tariff-european.csv", options(false, true));
    assertThat(refusals(file))
        .hasSize(3)
        .anyMatch(text ->
            text.startsWith("line 3: '25.10.2026 02:00' comes twice in Europe/Berlin")
                && text.contains("+02:00 or +01:00")
                && text.contains("--ambiguous earlier-then-later"));
  }

  @Test
  void quartersOfTheHourThatComesTwice_withoutEnds() {
    StringBuilder text = new StringBuilder("from,kind,value,unit\n");
    int value = 0;
    for (String time : List.of("01:45", "02:00", "02:15", "02:30", "02:45")) {
      text.append("2026-10-25 %s,price,%d,EUR/MWh%n".formatted(time, ++value));
    }
    for (String time : List.of("02:00", "02:15", "02:30", "02:45", "03:00")) {
      text.append("2026-10-25 %s,price,%d,EUR/MWh%n".formatted(time, ++value));
    }
    FeedFile file = readInBerlin(text.toString(), true);
    assertThat(refusals(file)).isEmpty();
    assertThat(FeedSamples.values(file, "price")).hasSize(10);
    for (int i = 0; i < 10; i++) {
      long from = Instant.parse("2026-10-24T23:45:00Z").toEpochMilli() + i * 900_000L;
      assertThat(FeedSamples.values(file, "price").get(i))
          .startsWith(KeptText.time(from) + " " + KeptText.time(from + 900_000) + " 0.0");
      assertThat(intervals(file).get(i).valueNano()).isEqualTo((i + 1) * 1_000_000L);
    }
    assertThat(file.notes()).anyMatch(note -> note.contains("taken to last as long as the one"));
  }

  @Test
  void oneRowOfTheHourThatComesTwice_isRefused_alsoWithTheRule() {
    FeedFile file =
        readInBerlin(
            """
            from,to,kind,value,unit
            2026-10-25 02:00,2026-10-25 03:00,price,1,EUR/MWh
            2026-10-25 02:00+02:00,2026-10-25T03:00:00+01:00,export,1,kWh
            """,
            true);
    assertThat(refusals(file))
        .containsExactly(
            "line 2: '2026-10-25 02:00' comes twice in Europe/Berlin, and 1 rows of price have it;"
                + " write it with its offset");
    assertThat(FeedSamples.values(file, "export"))
        .containsExactly("2026-10-25T00:00Z 2026-10-25T02:00Z 1 kWh MEASURED");
  }

  @Test
  void aTimeThatClocksAreSetOver_isRefused() {
    FeedFile file =
        readInBerlin(
            "from,to,kind,value,unit\n2026-03-29 02:30,2026-03-29 03:30,export,1,kWh\n", false);
    assertThat(refusals(file))
        .hasSize(1)
        .first()
        .asString()
        .contains("does not exist in Europe/Berlin");
  }

  @Test
  void aDayInAZone_hasTheHoursThatItHas() {
    FeedFile file =
        readInBerlin(
            "from,to,kind,value,unit\n2026-10-25,2026-10-26,export,1,MW\n2026-03-29,2026-03-30,export,1,MW\n",
            false);
    assertThat(FeedSamples.values(file, "export"))
        .containsExactlyInAnyOrder(
            "2026-10-24T22:00Z 2026-10-25T23:00Z 25000 kWh MEASURED",
            "2026-03-28T23:00Z 2026-03-29T22:00Z 23000 kWh MEASURED");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "2026-10-18T00:00,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | has no offset from UTC",
        "2026-10-18T00:00:00Z,2026-10-18T00:00:00Z,price,,,1,EUR/MWh,, | ends at its start",
        "2026-10-18T00:00:00.5Z,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | whole seconds",
        "1999-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | from the year 2000",
        "2006-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | longer than ten years",
        "18/10/2026,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | '18/10/2026' is no time",
        "2026-13-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1,EUR/MWh,, | is no time",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,cost,,,1,EUR/MWh,, | kind 'cost' is unknown",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,,EUR/MWh,, | there is no value",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1 000,EUR/MWh,, | '1 000' is no number",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,NaN,EUR/MWh,, | 'NaN' is no number",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1e99999999,EUR/MWh,, | is no number",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,100.1,EUR/kWh,, | 100.1 EUR/kWh is impossible",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,-100.1,EUR/kWh,, | is impossible",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1,EUR,, | unit 'EUR' is unknown",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,,1,ct/kWh,, | of which currency",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,,solar,1,EUR/kWh,, | price has no source",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,location,,1,EUR/kWh,, | price has no basis",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,carbon,,,1,g/kWh,, | needs a basis",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,carbon,location,,1,g/kWh,, | 'location' is no basis",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,carbon,location-average-direct,,-1,g/kWh,, | 0 to 2,000",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,carbon,location-average-direct,,2.1,kg/kWh,, | 0 to 2,000",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,,,1,%,, | mix needs a source",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,,fusion,1,%,, | source 'fusion' is unknown",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,,solar,101,%,, | a share is 0 to 1",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,export,,,-1,kWh,, | not below 0",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,export,,,1,kWh,guess, | quality 'guess' is unknown",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,export,,,1,kWh,,soon | 'soon' is no time",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,export,,,1,kWh,,1999-01-01T00:00:00Z | time of issue",
        "2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,export | 3 cells for 9 columns",
      })
  void aRowThatIsNone_isRefused_withItsLine(String row, String message) {
    FeedFile file =
        read(
            """
            from,to,kind,basis,source,value,unit,quality,issued
            2026-10-18T03:00:00Z,2026-10-18T04:00:00Z,export,,,1,kWh,,
            %s
            """
                .formatted(row));
    assertThat(refusals(file))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("line 3: ")
        .contains(message);
    assertThat(file.entries()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "from,to,kind,value,unit,price | column 'price' is unknown; there are site, from, to",
        "from,to,kind,value | columns are missing: unit",
        "from,from,kind,value,unit | column 'from' is there twice",
        "from,kind,value,\"unit | line 1: a quote is not closed",
        "from,kind,value,\"unit\"x | text after a closing quote",
      })
  void aHeaderThatIsNone_isRefusedAsAWhole(String header, String message) {
    assertThatThrownBy(() -> read(header + "\n"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void decimalCommas_areNotGuessed() {
    String text =
        "from;to;kind;value;unit\n2026-10-18T00:00:00Z;2026-10-18T01:00:00Z;price;%s;EUR/MWh\n";
    assertThat(refusals(read(text.formatted("81,5"))).getFirst())
        .contains("line 2: '81,5' has a comma; if it is a decimal comma, give --decimal-comma");
    FeedOptions comma = options(false, true);
    assertThat(
            FeedSamples.values(FeedSamples.of(folder, text.formatted("81,5"), comma), "price")
                .getFirst())
        .contains(" 0.0815 EUR/kWh");
    assertThat(refusals(FeedSamples.of(folder, text.formatted("1.081,5"), comma)).getFirst())
        .contains("separators of thousands");
    assertThat(refusals(FeedSamples.of(folder, text.formatted("81.5"), comma)).getFirst())
        .contains("has a point, and --decimal-comma is given");
  }

  @Test
  void quotes_lineEnds_blankLines_andAByteOrderMark() {
    FeedFile file =
        read(
            """
            \ufeff"from",to,kind,value,unit,provider\r
            \r
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,"81.5",EUR/MWh,"a ""b"", c"\r
            """);
    assertThat(refusals(file)).isEmpty();
    assertThat(intervals(file).getFirst().origin().provider()).isEqualTo("a \"b\", c");
  }

  @Test
  void anotherSite_isRefused() {
    FeedFile file =
        read(
            """
            site,from,to,kind,value,unit
            dc2,2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,1,EUR/MWh
            dc1,2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,1,EUR/MWh
            """);
    assertThat(refusals(file))
        .containsExactly(
            "line 2: is of site 'dc2', and --site is 'dc1'; import each site by itself");
    assertThat(file.entries()).hasSize(1);
  }

  @Test
  void overlaps_repeats_andContradictions() {
    FeedFile file =
        read(
            """
            from,to,kind,value,unit
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,1,EUR/MWh
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,1.0,EUR/MWh
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,price,2,EUR/MWh
            2026-10-18T00:30:00Z,2026-10-18T01:30:00Z,price,3,EUR/MWh
            2026-10-18T01:00:00Z,2026-10-18T02:00:00Z,price,4,EUR/MWh
            2026-10-18T00:30:00Z,2026-10-18T01:30:00Z,export,3,kWh
            """);
    assertThat(FeedSamples.values(file, "price"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T01:00Z 0.001 EUR/kWh MEASURED",
            "2026-10-18T01:00Z 2026-10-18T02:00Z 0.004 EUR/kWh MEASURED");
    assertThat(FeedSamples.values(file, "export")).hasSize(1);
    assertThat(refusals(file))
        .hasSize(2)
        .anyMatch(text -> text.startsWith("line 4: line 2 has another value"))
        .anyMatch(text ->
            text.startsWith("line 5: 2026-10-18T00:30Z to 2026-10-18T01:30Z of price overlaps"));
  }

  @Test
  void sharesThatAddUpToMoreThanAll_areRefusedTogether() {
    FeedFile file =
        read(
            """
            from,to,kind,source,value,unit
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,wind,60,%
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,solar,42,%
            2026-10-18T00:00:00Z,2026-10-18T01:00:00Z,mix,renewable,100,%
            2026-10-18T01:00:00Z,2026-10-18T02:00:00Z,mix,wind,60,%
            2026-10-18T01:00:00Z,2026-10-18T02:00:00Z,mix,solar,40.9,%
            2026-10-18T01:00:00Z,2026-10-18T02:00:00Z,mix,renewable,100,%
            """);
    assertThat(refusals(file)).hasSize(1).first().asString().contains("add up to more than 1");
    assertThat(intervals(file))
        .hasSize(3)
        .allMatch(interval -> KeptText.time(interval.from()).equals("2026-10-18T01:00Z"));
  }

  @Test
  void aLastValueWithoutAnEnd_afterUnevenOnes_isRefused() {
    FeedFile file =
        read(
            """
            from,kind,value,unit
            2026-01-01T00:00:00Z,fixed-charge,1,EUR/month
            2026-02-01T00:00:00Z,fixed-charge,2,EUR/month
            2026-03-01T00:00:00Z,fixed-charge,3,EUR/month
            """);
    assertThat(FeedSamples.values(file, "fixed_charge")).hasSize(2);
    assertThat(refusals(file)).hasSize(1).first().asString().startsWith("line 4: the last value");
  }

  @Test
  void latinOne_isSaid() throws Exception {
    Path file = Files.write(folder.resolve("latin"), new byte[] {'f', (byte) 0xe9, '\n'});
    assertThatThrownBy(() -> new FeedReader(FeedSamples.OPTIONS).read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not UTF-8");
    assertThatThrownBy(() -> new FeedReader(FeedSamples.OPTIONS).read(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("there is no file");
  }
}
