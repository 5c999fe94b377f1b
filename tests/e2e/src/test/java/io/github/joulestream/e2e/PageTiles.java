// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The figures of a site at the top of the page. */
final class PageTiles {
  private PageTiles() {}

  /**
   * Fails unless they are those of a site.
   *
   * @param now the site, as the API has it
   * @param tiles the texts of each, the first of which is its name
   */
  static void check(JsonNode now, JsonNode tiles) {
    Map<String, List<String>> shown = new TreeMap<>();
    tiles.forEach(tile -> {
      List<String> texts = new ArrayList<>();
      tile.forEach(text -> texts.add(text.asText()));
      shown.put(texts.getFirst(), texts.subList(1, texts.size()));
    });
    assertThat(requireNonNull(shown.get("Power now")).getFirst())
        .isEqualTo(PageText.power(now.path("milliwatts").asLong()));
    assertThat(requireNonNull(shown.get("Idle")).getFirst())
        .isEqualTo(PageText.power(now.path("idleMilliwatts").asLong()));
    assertThat(requireNonNull(shown.get("Idle")).get(2))
        .isEqualTo("held idle " + PageText.power(now.path("heldIdleMilliwatts").asLong()));
    assertThat(requireNonNull(shown.get("Nodes")).getFirst())
        .isEqualTo(
            now.path("nodesReporting").asInt() + PageText.THIN + "of " + now.path("nodes").asInt());
    assertThat(requireNonNull(shown.get("GPU busy")).get(2))
        .isEqualTo("of " + now.path("gpus").asInt() + " GPUs");
  }
}
