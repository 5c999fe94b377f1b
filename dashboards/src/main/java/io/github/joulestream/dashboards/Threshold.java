// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** From this value on, this colour. */
record Threshold(double from, String color) {
  /**
   * @param base the colour below the first threshold
   */
  static ObjectNode json(String base, Threshold... steps) {
    List<ObjectNode> all = new ArrayList<>();
    all.add(Json.object("color", base, "value", null));
    for (Threshold step : steps) {
      all.add(Json.object("color", step.color, "value", step.from));
    }
    return Json.object("mode", "absolute", "steps", all);
  }
}
