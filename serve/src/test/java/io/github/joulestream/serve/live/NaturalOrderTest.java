// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
  private static final List<String> SORTED =
      List.of(
          "",
          "0",
          "00",
          "1",
          "01",
          "2",
          "10",
          "123456789012345678901234567890",
          "123456789012345678901234567891",
          "a",
          "a1b",
          "a1b2",
          "a1b10",
          "a2",
          "a02",
          "a2b1",
          "a02b2",
          "a10",
          "b",
          "n-9-x",
          "n-10-a",
          "é1",
          "é2");

  @Test
  void numbersAreOrderedByValue() {
    for (int seed = 0; seed < 100; seed++) {
      List<String> names = new ArrayList<>(SORTED);
      Collections.shuffle(names, new Random(seed));
      names.sort(NaturalOrder.INSTANCE);
      assertThat(names).isEqualTo(SORTED);
    }
  }

  @Test
  void theOrderIsTotal_andDifferentNamesDiffer() {
    Random random = new Random(1);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      StringBuilder name = new StringBuilder();
      int length = random.nextInt(6);
      for (int c = 0; c < length; c++) {
        name.append("001a9b".charAt(random.nextInt(6)));
      }
      names.add(name.toString());
    }
    for (String a : names) {
      for (String b : names) {
        int order = NaturalOrder.INSTANCE.compare(a, b);
        assertThat(order == 0).as("%s %s", a, b).isEqualTo(a.equals(b));
        assertThat(Integer.signum(order))
            .as("%s %s", a, b)
            .isEqualTo(-Integer.signum(NaturalOrder.INSTANCE.compare(b, a)));
        for (String c : names) {
          if (order < 0 && NaturalOrder.INSTANCE.compare(b, c) < 0) {
            assertThat(NaturalOrder.INSTANCE.compare(a, c)).as("%s %s %s", a, b, c).isNegative();
          }
        }
      }
    }
  }
}
