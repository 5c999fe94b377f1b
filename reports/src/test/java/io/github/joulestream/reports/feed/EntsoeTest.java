// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import static io.github.joulestream.reports.feed.FeedSamples.refusals;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents of ENTSO-E that are unusual, wrong or hostile. */
class EntsoeTest {
  @TempDir Path folder;

  private static String price(String curve, String period) {
    return """
    <Publication_MarketDocument><type>A44</type><TimeSeries>
    <currency_Unit.name>EUR</currency_Unit.name>
    <price_Measure_Unit.name>MWH</price_Measure_Unit.name>
    <curveType>%s</curveType>%s</TimeSeries></Publication_MarketDocument>
    """
        .formatted(curve, period);
  }

  private static String period(String start, String end, String resolution, String points) {
    return "<Period><timeInterval><start>%s</start><end>%s</end></timeInterval><resolution>%s</resolution>%s</Period>"
        .formatted(start, end, resolution, points);
  }

  private static String point(int position, String value) {
    return "<Point><position>%d</position><price.amount>%s</price.amount></Point>"
        .formatted(position, value);
  }

  private FeedFile read(String xml) {
    return FeedSamples.of(folder, xml, FeedSamples.OPTIONS);
  }

  @Test
  void ofCurveTypeA01_aMissingPosition_isAGap() {
    String points = point(1, "1") + point(3, "3");
    String period = period("2026-10-18T00:00Z", "2026-10-18T03:00Z", "PT60M", points);
    assertThat(FeedSamples.values(read(price("A01", period)), "price"))
        .containsExactly(
            "2026-10-18T00:00Z 2026-10-18T01:00Z 0.001 EUR/kWh MEASURED",
            "2026-10-18T02:00Z 2026-10-18T03:00Z 0.003 EUR/kWh MEASURED");
    assertThat(FeedSamples.values(read(price("A03", period)), "price")).hasSize(3);
  }

  @Test
  void ofTwoAuctions_theSecondIsRefused() {
    String one = period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT60M", point(1, "80"));
    String same = period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT60M", point(1, "80.00"));
    String other = period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT60M", point(1, "81"));
    String finer = period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT15M", point(1, "80"));
    assertThat(refusals(read(price("A03", one + same)))).isEmpty();
    assertThat(read(price("A03", one + same)).entries()).hasSize(1);
    assertThat(refusals(read(price("A03", one + other))))
        .hasSize(1)
        .allMatch(text -> text.contains("has another value for the same interval of price"));
    FeedFile both = read(price("A03", one + finer));
    assertThat(refusals(both)).isNotEmpty().allMatch(text -> text.contains("overlaps"));
    assertThat(both.notes()).anyMatch(note -> note.contains("several resolutions"));
  }

  @Test
  void aPeriodThatIsNone_isRefused() {
    String points = point(1, "1");
    for (String wrong :
        new String[] {
          period("2026-10-18T00:00Z", "2026-10-18T00:00Z", "PT60M", points),
          period("2026-10-18T00:00Z", "2026-10-18T00:30Z", "PT60M", points),
          period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT0M", points),
          period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "P1M", points),
          period("2000-10-18T00:00Z", "2199-10-18T00:00Z", "PT1M", points),
          period("2026-10-18T00:00", "2026-10-18T01:00Z", "PT60M", points),
          period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT60M", point(2, "1")),
        }) {
      FeedFile file = read(price("A03", wrong));
      assertThat(refusals(file)).as(wrong).hasSize(1).first().asString().startsWith("TimeSeries 1");
      assertThat(file.entries()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"%s\">]><a><Reason><text>&x;</text></Reason></a>",
        "<!DOCTYPE a SYSTEM \"%s\"><a/>",
        "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;\">]><a>&y;</a>",
      })
  void dtdsAndEntities_areRefused_andNothingIsRead(String xml) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "the secret");
    assertThatThrownBy(() -> read(xml.replace("%s", secret.toUri().toString())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("DTD")
        .hasMessageNotContaining("the secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<Point><price.amount>1</price.amount></Point>",
        "<Point><position>0</position><price.amount>1</price.amount></Point>",
        "<Point><position>1</position><price.amount>NaN</price.amount></Point>",
        "<Point><position>1</position><price.amount>1e9</price.amount></Point>",
      })
  void pointsThatAreNone_areRefused(String point) {
    String period = period("2026-10-18T00:00Z", "2026-10-18T01:00Z", "PT60M", point);
    assertThatThrownBy(() -> read(price("A03", period)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line ");
  }

  @Test
  void depthAndTexts_areBounded() {
    assertThatThrownBy(() -> read("<a>".repeat(21) + "</a>".repeat(21)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("deep");
    assertThatThrownBy(() -> read("<a><type>" + "A".repeat(1_001) + "</type></a>"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("a text of over");
  }
}
