// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
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

  /** Of a JDK with another Unicode, what it has more is to be added to the list. */
  @Test
  void theRule_isTheList_andHasAllThatUnicodeCallsControlOrFormat() {
    BitSet listed = new BitSet();
    HostileTexts.ranges().forEach(range -> listed.set(range[0], range[1] + 1));
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      boolean acts =
          switch (Character.getType(c)) {
            case Character.CONTROL,
                Character.FORMAT,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR,
                Character.SURROGATE ->
                c != 0x200c && c != 0x200d;
            default -> false;
          };
      if (ShownText.isUnsafe(c) != listed.get(c) || (acts && !listed.get(c))) {
        fail("U+%04X is unsafe: %b, acts: %b", c, ShownText.isUnsafe(c), acts);
      }
    }
  }

  @Test
  void noHostileText_isMoreThanOneHarmlessLine_andShownTwiceIsTheSame() {
    for (String text : HostileTexts.all()) {
      String shown = ShownText.of(text);
      assertThat(HostileTexts.unsafe(shown)).as(text).isEmpty();
      assertThat(shown.lines()).as(text).hasSize(1);
      assertThat(ShownText.of(shown)).isSameAs(shown);
    }
  }

  @Test
  void ofAnException_onlyTheFirstLineHasNoTab() {
    for (String text : HostileTexts.CRAFTED) {
      String shown = ShownText.of(new IllegalStateException(text, new IOException(text)));
      List<String> lines = shown.lines().toList();
      assertThat(lines.getFirst()).startsWith("java.lang.IllegalStateException:");
      assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("\t"));
      assertThat(HostileTexts.unsafe(shown, '\n', '\r', '\t')).as(text).isEmpty();
      assertThat(lines).anyMatch(line -> line.startsWith("\tCaused by: java.io.IOException"));
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
