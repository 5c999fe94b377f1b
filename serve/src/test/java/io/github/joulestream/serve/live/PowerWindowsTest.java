// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PowerWindowsTest {
  private static final long START = 1_800_000_000_000L;

  @Test
  void meansAreThoseOfTheirSamples_forAnyOrderOfGaps() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PowerWindows windows = new PowerWindows();
      Map<Long, long[]> expected = new TreeMap<>();
      long time = START;
      for (int i = 0; i < 2_000; i++) {
        time += random.nextInt(50) == 0 ? random.nextLong(900_000) : random.nextInt(3_000);
        long milliwatts = random.nextInt(9_000_000);
        windows.add(time, milliwatts);
        long[] sum = expected.computeIfAbsent(time / 10_000, _ -> new long[2]);
        sum[0] += milliwatts;
        sum[1]++;
      }
      long end = time + random.nextInt(30_000);
      long[] recent = windows.upTo(end);
      for (int i = 0; i < 60; i++) {
        long[] sum = expected.get(end / 10_000 - 59 + i);
        if (sum == null) {
          assertThat(recent[i]).as("seed %d, window %d", seed, i).isEqualTo(-1);
        } else {
          assertThat((double) recent[i])
              .as("seed %d, window %d", seed, i)
              .isBetween(sum[0] / (double) sum[1] - 0.51, sum[0] / (double) sum[1] + 0.51);
        }
      }
    }
  }

  @Test
  void whatIsOlderThanTheNewestWindow_changesNothing() {
    PowerWindows windows = new PowerWindows();
    windows.add(START, 5);
    windows.add(START + 10_000, 7);
    long[] before = windows.upTo(START + 10_000);
    windows.add(START + 9_999, 1_000);
    windows.add(START - 700_000, 1_000);
    assertThat(windows.upTo(START + 10_000)).isEqualTo(before).endsWith(5, 7);
  }

  @Test
  void ofWindowsThatAreOverOrNeverWere_nothingIsKnown() {
    PowerWindows windows = new PowerWindows();
    assertThat(windows.upTo(START)).hasSize(60).containsOnly(-1);
    windows.add(START, 5);
    assertThat(windows.upTo(START + 590_000)).startsWith(5, -1);
    assertThat(windows.upTo(START + 600_000)).containsOnly(-1);
    windows.add(START + 600_000, 6);
    assertThat(Arrays.stream(windows.upTo(START + 600_000)).filter(mean -> mean != -1))
        .containsExactly(6L);
  }
}
