// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.joulestream.schemas.Placement.HeldDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Devices that a job held as the text of one field: a JSON array of {@code {"device": "gpu0",
 * "from": 1795563217000, "to": -1, "basis_points": 10000}}, times as Unix epoch, ms.
 */
public final class HoldsText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RESERVED_CHARACTERS = 100;
  private static final String LEFT_OUT = "left_out";

  private HoldsText() {}

  /**
   * The text of holds, cut hold by hold, so that it stays JSON whatever their number: then the last
   * element is {@code {"left_out": 12}}.
   */
  public static String of(List<HeldDevice> holds) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    int length = 0;
    for (HeldDevice held : holds) {
      JsonNode hold =
          JsonNodeFactory.instance
              .objectNode()
              .put("device", StoreText.label(held.deviceId()))
              .put("from", held.fromEpochMillis())
              .put("to", held.toEpochMillis())
              .put("basis_points", held.basisPoints());
      length += hold.toString().length() + 1;
      if (length > StoreText.MAX_IN_FIELD - RESERVED_CHARACTERS) {
        int leftOut = holds.size() - array.size();
        array.addObject().put(LEFT_OUT, leftOut);
        break;
      }
      array.add(hold);
    }
    return array.toString();
  }

  /**
   * The holds of a text, without those that were left out.
   *
   * @throws IllegalArgumentException if it is not such a text
   */
  public static List<HeldDevice> parse(String json) {
    try {
      List<HeldDevice> holds = new ArrayList<>();
      for (JsonNode hold : JSON.readTree(json)) {
        if (!hold.has(LEFT_OUT)) {
          holds.add(
              new HeldDevice(
                  hold.required("device").asText(),
                  hold.required("from").asLong(),
                  hold.required("to").asLong(),
                  hold.required("basis_points").asInt()));
        }
      }
      return holds;
    } catch (IOException e) {
      throw new IllegalArgumentException("holds cannot be read: " + json, e);
    }
  }
}
