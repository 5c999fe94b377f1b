// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameSetsTest {
  @Test
  void namesThatComeAndGo_areThoseOfAPlainSet() {
    Random random = new Random(7);
    Map<Integer, Set<String>> kept = new HashMap<>();
    Map<Integer, Set<String>> plain = new HashMap<>();
    int largest = 0;
    for (int i = 0; i < 10_000; i++) {
      int key = random.nextInt(3);
      String name = "job" + random.nextInt(1 + 3 * key);
      if (random.nextBoolean()) {
        NameSets.add(kept, key, name);
        plain.computeIfAbsent(key, _ -> new HashSet<>()).add(name);
      } else {
        Set<String> left = plain.getOrDefault(key, new HashSet<>());
        left.remove(name);
        assertThat(NameSets.remove(kept, key, name)).isEqualTo(left.isEmpty());
        if (left.isEmpty()) {
          plain.remove(key);
        }
      }
      assertThat(kept).isEqualTo(plain);
      largest = Math.max(largest, kept.getOrDefault(2, Set.of()).size());
    }
    assertThat(largest).isGreaterThan(3);
  }
}
