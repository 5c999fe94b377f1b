// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabelTextTest {
  @Test
  void labels_areSortedJson_andReadBack() {
    Map<String, String> labels = Map.of("b", "say \"x\"", "a", "1");
    String text = LabelText.of(labels);
    assertThat(text).isEqualTo("{\"a\":\"1\",\"b\":\"say \\\"x\\\"\"}");
    assertThat(LabelText.parse(text)).isEqualTo(labels);
    assertThat(LabelText.of(Map.of())).isEqualTo("{}");
  }

  @Test
  void tooManyLabels_areCutOneByOne_andTheTextStaysJson() {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < 5_000; i++) {
      labels.put("label-%04d".formatted(i), "value");
    }
    String text = LabelText.of(labels);
    assertThat(text.length()).isLessThanOrEqualTo(StoreText.MAX_IN_FIELD);
    Map<String, String> read = LabelText.parse(text);
    assertThat(read)
        .containsEntry("label-0000", "value")
        .containsEntry("…", "%,d labels left out".formatted(5_000 - (read.size() - 1)));
  }

  @Test
  void whatIsNoText_ofLabels_isRefused() {
    assertThatThrownBy(() -> LabelText.parse("[")).isInstanceOf(IllegalArgumentException.class);
  }
}
