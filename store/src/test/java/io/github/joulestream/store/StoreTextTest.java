// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StoreTextTest {
  @Test
  void controlCharacters_areTheirPictures_andAllElseStays() {
    assertThat(StoreText.field("two\nlines,\r\n\"quoted\"\t\\ naïve 日本 😀"))
        .isEqualTo("two␊lines,␍␊\"quoted\"␉\\ naïve 日本 😀");
    assertThat(StoreText.field("\u0000\u001f\u007f\u0085\u009f\u00a0\u2028"))
        .isEqualTo("␀␟␡\uFFFD\uFFFD\u00a0\u2028");
    String fine = "nothing to do";
    assertThat(StoreText.field(fine)).isSameAs(fine);
    assertThat(StoreText.tag(fine)).isSameAs(fine);
    assertThat(StoreText.field("")).isEmpty();
  }

  @Test
  void halvesOfPairs_areReplaced_andPairsStay() {
    assertThat(StoreText.field("\uD83D")).isEqualTo("\uFFFD");
    assertThat(StoreText.field("\uDE00\uD83D\uDE00\uDE00\uD83D")).isEqualTo("\uFFFD😀\uFFFD\uFFFD");
  }

  @Test
  void aLongText_isCut_neverWithinAPair_andSaysSo() {
    String exactly = "x".repeat(StoreText.MAX_IN_FIELD);
    assertThat(StoreText.field(exactly)).isSameAs(exactly);
    assertThat(StoreText.field(exactly + "y"))
        .isEqualTo("x".repeat(StoreText.MAX_IN_FIELD - 1) + "…");
    String pairs = "x" + "😀".repeat(StoreText.MAX_IN_FIELD);
    assertThat(StoreText.field(pairs))
        .isEqualTo("x" + "😀".repeat(StoreText.MAX_IN_FIELD / 2 - 1) + "…");
    assertThat(StoreText.tag("z".repeat(1_001))).hasSize(1_000).endsWith("z…");
  }

  @Test
  void aBackslash_staysInAField_andNotInATag() {
    assertThat(StoreText.field("a\\b\\")).isEqualTo("a\\b\\");
    assertThat(StoreText.tag("a\\b\\")).isEqualTo("a⧵b⧵");
  }

  @Test
  void labels_areJson_howeverMany() {
    assertThat(LabelText.of(Map.of("b\n", "x\\\ty", "a", "")))
        .isEqualTo("{\"a\":\"\",\"b␊\":\"x\\\\␉y\"}");
    Map<String, String> long17 = new java.util.TreeMap<>();
    for (int i = 0; i < 17; i++) {
      long17.put("l" + i, "v".repeat(2_000));
    }
    String json = LabelText.of(long17);
    assertThat(json).hasSizeLessThanOrEqualTo(StoreText.MAX_IN_FIELD);
    assertThat(LabelText.parse(json))
        .containsEntry("…", "2 labels left out")
        .hasSize(16)
        .containsEntry("l0", "v".repeat(999) + "…");
  }
}
