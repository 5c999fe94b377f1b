// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.runtime.Quantities;
import io.github.joulestream.runtime.ShownText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/** Values of the API as people read them. What is not known is a dash. */
final class Figures {
  static final String UNKNOWN = "-";
  private static final double MILLIS_PER_HOUR = 3_600_000;
  private static final int MOST_CHARACTERS = 500;

  private Figures() {}

  /** A text of users, made safe for a terminal. */
  static String text(JsonNode value) {
    String text = value.isNull() || value.isMissingNode() ? "" : value.asText();
    return text.isEmpty() ? UNKNOWN : ShownText.of(text, MOST_CHARACTERS);
  }

  static String power(JsonNode milliwatts) {
    return milliwatts.isNumber() ? Quantities.power(milliwatts.asLong()) : UNKNOWN;
  }

  static String energy(JsonNode millijoules) {
    return millijoules.isNumber() ? Quantities.wattHours(millijoules.asLong()) : UNKNOWN;
  }

  static String percent(JsonNode ratio) {
    return ratio.isNumber() ? Quantities.percent(ratio.asDouble()) : UNKNOWN;
  }

  static String percent(JsonNode share, JsonNode total) {
    return share.isNumber() && total.isNumber()
        ? Quantities.percent(share.asLong(), total.asLong())
        : UNKNOWN;
  }

  static String number(JsonNode value) {
    return value.isNumber() ? Quantities.number(value.asDouble()) : UNKNOWN;
  }

  static String hours(JsonNode millis) {
    return millis.isNumber()
        ? String.format(Locale.ROOT, "%.1f", millis.asLong() / MILLIS_PER_HOUR)
        : UNKNOWN;
  }

  /** Cost with its currency. */
  static String cost(JsonNode charges) {
    JsonNode cost = charges.path("cost");
    return cost.isNumber()
        ? String.format(Locale.ROOT, "%.2f %s", cost.asDouble(), text(charges.path("currency")))
        : UNKNOWN;
  }

  /** CO2e by location. */
  static String co2e(JsonNode charges) {
    JsonNode grams = charges.path("co2eLocationGrams");
    return grams.isNumber() ? Quantities.withPrefix(grams.asDouble(), "g") : UNKNOWN;
  }

  /** From a start to an end, or to now. */
  static String elapsed(JsonNode start, JsonNode end, long nowEpochMillis) {
    try {
      long from = Instant.parse(start.asText()).toEpochMilli();
      long to = end.isTextual() ? Instant.parse(end.asText()).toEpochMilli() : nowEpochMillis;
      return Quantities.duration(Math.max(0, to - from));
    } catch (DateTimeException e) {
      return UNKNOWN; // not known when it began
    }
  }
}
