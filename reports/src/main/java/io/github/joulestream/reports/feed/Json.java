// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An element of a JSON document, which knows where it is. */
record Json(String place, JsonNode node) {
  private static final int DIGITS = 40;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  /** A document. */
  static Json parse(String text) throws Refused {
    try {
      return new Json("", MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      throw new Refused(
          "not JSON: %s (line %d); was the download complete?"
              .formatted(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr()),
          e);
    }
  }

  /** A field; {@link #isMissing} if there is none, or null. */
  Json get(String field) {
    return new Json(place.isEmpty() ? field : place + "." + field, node.path(field));
  }

  boolean has(String field) {
    return !get(field).isMissing();
  }

  boolean isMissing() {
    return node.isMissingNode() || node.isNull();
  }

  boolean isArray() {
    return node.isArray();
  }

  /** The elements of an array; none of anything else. */
  List<Json> elements() {
    List<Json> elements = new ArrayList<>();
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        elements.add(new Json("%s[%d]".formatted(place, i), node.get(i)));
      }
    }
    return elements;
  }

  /** The names of an object's fields. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The text of a field, or empty. */
  String text(String field) {
    return node.path(field).asText("");
  }

  boolean isTrue(String field) {
    return node.path(field).asBoolean(false);
  }

  /** A time that must be there, Unix epoch, ms. */
  long time(String field) throws Refused {
    if (!has(field)) {
      throw new Refused("has no '%s'; is it of this format?".formatted(field));
    }
    return FeedTimes.parse(text(field)).epochMillis(null);
  }

  /** A time, Unix epoch, ms, or else another. */
  long timeOr(String field, long otherwise) throws Refused {
    return has(field) ? time(field) : otherwise;
  }

  /** A number; null if there is none. */
  @Nullable BigDecimal number(String field) throws Refused {
    Json value = get(field);
    if (value.isMissing()) {
      return null;
    }
    if (!value.node.isNumber()) {
      throw new Refused(
          "'%s' is %s, which is no number".formatted(field, shown(value.node.toString())));
    }
    BigDecimal number = value.node.decimalValue();
    if (number.precision() > DIGITS || Math.abs(number.scale()) > DIGITS) {
      throw new Refused(
          "'%s' is a number of too many digits: %s".formatted(field, shown(value.node.toString())));
    }
    return number;
  }

  private static String shown(String text) {
    return text.length() <= DIGITS ? text : text.substring(0, DIGITS) + "…";
  }
}
