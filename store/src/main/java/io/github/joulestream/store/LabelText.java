// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Labels of a job as the text of one field: a JSON object, sorted by name. */
public final class LabelText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RESERVED_CHARACTERS = 100;

  private LabelText() {}

  /** The text of labels, cut label by label, so that it stays JSON whatever their number. */
  public static String of(Map<String, String> labels) {
    Map<String, String> clean = new TreeMap<>();
    labels.forEach((name, value) -> clean.put(StoreText.label(name), StoreText.label(value)));
    String json = write(clean);
    if (json.length() <= StoreText.MAX_IN_FIELD) {
      return json;
    }
    Map<String, String> first = new LinkedHashMap<>();
    int length = 0;
    for (Map.Entry<String, String> label : clean.entrySet()) {
      length += write(Map.of(label.getKey(), label.getValue())).length();
      if (length > StoreText.MAX_IN_FIELD - RESERVED_CHARACTERS) {
        break;
      }
      first.put(label.getKey(), label.getValue());
    }
    first.put(
        String.valueOf(StoreText.CUT),
        "%,d labels left out".formatted(clean.size() - first.size()));
    return write(first);
  }

  private static String write(Map<String, String> labels) {
    try {
      return JSON.writeValueAsString(labels);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("labels cannot be written", e);
    }
  }

  /**
   * The labels of a text.
   *
   * @throws IllegalArgumentException if it is not such a text
   */
  public static Map<String, String> parse(String json) {
    try {
      return JSON.readValue(json, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("labels cannot be read: " + json, e);
    }
  }
}
