// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final String FULL = "n".repeat(Bounds.NAME_CHARACTERS);

  @Test
  void anId_isAsItIs_andALongerOneIsCutTheSameWayEachTime() {
    for (String id : new String[] {"", "4711", "team-a/train-0", "größe/𝄞", FULL}) {
      assertThat(Names.id(id)).isSameAs(id);
    }
    String cut = Names.id(FULL + "a");
    // a figure of the wire: it may not change from release to release
    assertThat(cut).isEqualTo("n".repeat(233) + "~8797886ad54e3fce").hasSize(250);
    assertThat(Names.id(FULL + "a")).isEqualTo(cut);
    assertThat(Names.id(FULL + "b")).isNotEqualTo(cut).startsWith("n".repeat(233) + "~");
  }

  @Test
  void whateverIsSaid_theIdCanBeOne_andTwoRemainTwo() {
    Random random = new Random(1);
    Set<String> said = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(300); i >= 0; i--) {
        text.append((char) (random.nextInt(8) == 0 ? random.nextInt(0x10000) : 'a'));
      }
      String id = Names.id(text.toString());
      assertThat(Bounds.isName(id)).as(text.toString()).isTrue();
      assertThat(said.add(text.toString())).isEqualTo(ids.add(id));
      String words = Names.words(text.toString());
      assertThat(Bounds.firstUnprintable(words)).isEqualTo(words.length());
    }
    assertThat(Names.words("a".repeat(1 << 20))).hasSize(500).endsWith(" ...");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e-9999999",
        "1e9999999",
        "1E-2147483647",
        "1e+1000",
        "",
        "e5",
        "one",
        "1e",
        "0x10",
      })
  void aNumberThatCostsTime_orIsNone_isRefused(String text) {
    assertThatThrownBy(() -> Decimals.exact(text, "share"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("share is '");
  }

  @Test
  void numbers_areReadAsTheyAre() {
    for (String text : new String[] {"0.3333", "1e-5", "1E+999", "-2", "1795485725.250"}) {
      assertThat(Decimals.exact(text, "share")).isEqualTo(new BigDecimal(text));
    }
    String long64 = "0." + "1".repeat(62);
    assertThat(Decimals.exact(long64, "share")).isEqualTo(new BigDecimal(long64));
    assertThatThrownBy(() -> Decimals.exact(long64 + "1", "share"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Decimals.approximate("1e-9999999")).isZero();
    assertThatThrownBy(() -> Decimals.approximate(long64 + "1"))
        .isInstanceOf(NumberFormatException.class);
  }
}
