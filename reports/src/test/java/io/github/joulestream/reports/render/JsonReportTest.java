// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonReportTest {
  private static Report read(byte[] json) throws IOException {
    return JsonReport.read(new ByteArrayInputStream(json));
  }

  @Test
  void whatIsRead_isWhatWasWritten() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      Report report = Reports.of(seed);
      byte[] json = Reports.bytes(new JsonRenderer(), report);
      Report read = read(json);
      // halves of surrogate pairs cannot be written, and exponents are not
      assertThat(Reports.bytes(new JsonRenderer(), read)).isEqualTo(json);
      assertThat(read.sections()).hasSameSizeAs(report.sections());
      for (int i = 0; i < read.sections().size(); i++) {
        equal(read.sections().get(i), report.sections().get(i));
      }
      assertThat(read.meta().from()).isEqualTo(report.meta().from());
      assertThat(read.meta().asOf()).isEqualTo(report.meta().asOf());
      assertThat(read.meta().differenceMillijoules())
          .isEqualTo(report.meta().differenceMillijoules());
      assertThat(read.meta().zone()).isEqualTo(report.meta().zone());
      assertThat(read.tiles()).hasSameSizeAs(report.tiles());
    }
  }

  private static void equal(Section read, Section written) {
    assertThat(read.charts()).hasSameSizeAs(written.charts());
    assertThat(read.onFirstPage()).isEqualTo(written.onFirstPage());
    Table one = read.table();
    Table other = written.table();
    if (one == null || other == null) {
      assertThat(one).isEqualTo(other);
      return;
    }
    assertThat(one.shownRows()).isEqualTo(other.shownRows());
    assertThat(one.rows()).hasSameSizeAs(other.rows());
    for (int i = 0; i < one.rows().size(); i++) {
      row(one.rows().get(i), other.rows().get(i));
    }
    if (one.totals() == null || other.totals() == null) {
      assertThat(one.totals()).isEqualTo(other.totals());
    } else {
      row(one.totals(), other.totals());
    }
  }

  private static void row(List<@Nullable Object> read, List<@Nullable Object> written) {
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < read.size(); i++) {
      switch (written.get(i)) {
        case BigDecimal number -> assertThat((BigDecimal) read.get(i)).isEqualByComparingTo(number);
        case String text -> assertThat(read.get(i)).isEqualTo(Texts.encodable(text));
        case null -> assertThat(read.get(i)).isNull();
        case Object other -> assertThat(read.get(i)).isEqualTo(other);
      }
    }
  }

  @Test
  void aReportWithoutHostileTexts_isReadAsItWas() throws IOException {
    Report rich = Samples.rich();
    assertThat(read(Reports.bytes(new JsonRenderer(), rich)))
        .usingRecursiveComparison()
        .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
        .isEqualTo(rich);
  }

  @Test
  void namesHaveUnits_andNumbersNoExponents() throws IOException {
    String json = Reports.text(new JsonRenderer(), Samples.rich());
    assertThat(json)
        .contains(
            "\"schema_version\" : 1",
            "\"difference_millijoules\" : 0",
            "\"coverage_ratio\" : 0.9731",
            "\"offset\" : \"+02:00\"",
            "\"energy_millijoules\" : 3240000000000000",
            "\"co2e_location_grams\" : 207900000",
            "\"cost\" : null",
            "\"a_number_tokens_per_j\" : 12345670",
            "\"value_millijoules\" : null");
    assertThat(json).doesNotContainPattern("[0-9][eE][+-]?[0-9]+[,\\s]");
  }

  @Test
  void whatIsNoReport_isRefused() throws IOException {
    String json = Reports.text(new JsonRenderer(), Samples.rich());
    List<String> broken =
        List.of(
            "",
            "[]",
            "{}",
            "{\"meta\": {}}",
            json.substring(0, json.length() / 2),
            json.replace("\"schema_version\" : 1", "\"schema_version\" : 2"),
            json.replaceFirst("\"quantity\" : \"energy\"", "\"quantity\" : \"heat\""),
            json.replaceFirst("\"time_zone\" : \"Europe/Berlin\"", "\"time_zone\" : \"Moon\""),
            json.replaceFirst("\"as_of\" : \"2026", "\"as_of\" : \"x"));
    for (String one : broken) {
      assertThatThrownBy(() -> read(one.getBytes(StandardCharsets.UTF_8)))
          .as(one.substring(0, Math.min(40, one.length())))
          .isInstanceOf(IOException.class);
    }
  }
}
