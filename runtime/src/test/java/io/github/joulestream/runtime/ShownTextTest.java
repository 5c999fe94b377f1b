// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShownTextTest {
  @Test
  void whatIsHarmlessStaysAsItIs() {
    for (String text : List.of("", "job 17", "größe", "C:\\data", "日本語", "😀", "می\u200cخواهم")) {
      assertThat(ShownText.of(text)).isSameAs(text);
    }
  }

  @Test
  void whatMovesTheCursorOrBeginsALineIsEscaped() {
    assertThat(ShownText.of("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
    assertThat(ShownText.of("a\u009b2Jb")).isEqualTo("a\\u009b2Jb");
    assertThat(ShownText.of("a\nERROR b\r\tc\u007f")).isEqualTo("a\\nERROR b\\r\\tc\\u007f");
    assertThat(ShownText.of("a\u2028b\u2029\u0085")).isEqualTo("a\\u2028b\\u2029\\u0085");
  }

  @Test
  void whatTurnsTheDirectionOrCannotBeSeenIsEscaped() {
    assertThat(ShownText.of("a\u202eb\u2066\u200f\u061c\ufeff"))
        .isEqualTo("a\\u202eb\\u2066\\u200f\\u061c\\ufeff");
    assertThat(ShownText.of("a\udb40\udc41")).isEqualTo("a\\udb40\\udc41");
  }

  @Test
  void halfOfASurrogatePairIsEscaped() {
    assertThat(ShownText.of("a\ud83d")).isEqualTo("a\\ud83d");
    assertThat(ShownText.of("\ude00b")).isEqualTo("\\ude00b");
  }

  @Test
  void noCharacterOfTheWholeOfUnicodeGetsThroughThatActs() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String shown = ShownText.of("x" + Character.toString(c) + "y");
      assertThat(shown.chars().noneMatch(Character::isISOControl)).as("U+%04X", c).isTrue();
      assertThat(shown.lines().count()).as("U+%04X", c).isEqualTo(1);
    }
  }

  @Test
  void aLongTextIsCut() {
    assertThat(ShownText.of("abcdef", 3)).isEqualTo("abc…");
    assertThat(ShownText.of("abc", 3)).isEqualTo("abc");
    assertThat(ShownText.of("a".repeat(1_000_000).getBytes(UTF_8), 5)).isEqualTo("aaaaa…");
    assertThat(ShownText.of(new byte[] {'a', (byte) 0xff, 27}, 5)).isEqualTo("a\ufffd\\u001b");
  }

  @Test
  void aLineOfTheLogIsOneLine() {
    List<String> lines = new ArrayList<>();
    new DistinctErrors(lines::add).warn("jobs", "refused: \nERROR the books do not balance");
    assertThat(lines).containsExactly("refused: \\nERROR the books do not balance");
  }
}
