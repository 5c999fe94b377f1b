// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.attribute.SeenBatches.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenBatchesTest {
  private static final long SEED = 9;

  /** In order, out of order, of several lives by turns: a batch is new once. */
  @Test
  void aBatch_isNewOnce() throws IOException {
    System.out.println("SeenBatchesTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      SeenBatches seen = new SeenBatches();
      Set<List<Long>> known = new HashSet<>();
      long next = 0;
      for (int i = 0; i < 300; i++) {
        long epoch = random.nextInt(3);
        // mostly the next one, as they come
        long sequence = random.nextInt(3) > 0 ? next++ : random.nextInt(120);
        int content = (int) (epoch * 1_000_003 + sequence + 1);
        boolean isNew = known.add(List.of(epoch, sequence));
        assertThat(seen.add(epoch, sequence, content, 0, 1_000_000))
            .as("round %d, batch %d of life %d", round, sequence, epoch)
            .isEqualTo(isNew ? Kind.NEW : Kind.REPEATED);
        assertThat(seen.add(epoch, sequence, content + 1, 0, 1_000_000))
            .as("round %d, batch %d of life %d", round, sequence, epoch)
            .isNotEqualTo(Kind.NEW);
        if (random.nextInt(20) == 0) {
          seen = writtenAndRead(seen);
        }
      }
    }
  }

  /** Of the last ones the content is known, in whatever order they came; of others it is not. */
  @Test
  void whatABatchHeld_isRememberedOfTheLast512() throws IOException {
    Random random = new Random(SEED);
    for (int round = 0; round < 40; round++) {
      SeenBatches seen = new SeenBatches();
      long newest = -1;
      java.util.Map<Long, Integer> contents = new java.util.HashMap<>();
      for (int i = 0; i < 1_500; i++) {
        long sequence =
            random.nextInt(9) > 0
                ? newest + 1 + (random.nextInt(50) == 0 ? random.nextInt(700) : 0)
                : Math.max(0, newest - random.nextInt(900));
        int content = random.nextInt(1 << 20) + 1;
        Integer before = contents.putIfAbsent(sequence, content);
        boolean known = before != null && newest - sequence < 512 && newest - sequence < i;
        Kind kind = seen.add(1, sequence, content, 0, 1_000_000);
        if (before == null) {
          assertThat(kind).isEqualTo(Kind.NEW);
        } else if (kind != Kind.RIVAL) {
          // the same by chance, or too long ago
          assertThat(kind).isEqualTo(Kind.REPEATED);
          assertThat(known && before != content && newest - sequence < 16).isFalse();
        }
        newest = Math.max(newest, sequence);
        if (random.nextInt(200) == 0) {
          seen = writtenAndRead(seen);
        }
      }
    }
    SeenBatches seen = new SeenBatches();
    for (long sequence = 0; sequence < 2_000; sequence++) {
      seen.add(1, sequence, (int) sequence + 1, 0, 0);
    }
    for (long sequence = 2_000 - 512; sequence < 2_000; sequence++) {
      assertThat(seen.add(1, sequence, -1, 0, 1_000_000)).isEqualTo(Kind.RIVAL);
      assertThat(seen.add(1, sequence, (int) sequence + 1, 999_999, 1_000_000))
          .isEqualTo(Kind.REPEATED);
    }
    long forgotten = 2_000 - 513;
    assertThat(seen.add(1, forgotten, -1, 0, 1_000_000)).isEqualTo(Kind.REPEATED);
    // nothing so fresh was sent so many batches ago
    assertThat(seen.add(1, forgotten, -1, 999_999, 1_000_000)).isEqualTo(Kind.RIVAL);
  }

  private static SeenBatches writtenAndRead(SeenBatches seen) throws IOException {
    StateWriter out = new StateWriter();
    seen.write(out);
    return SeenBatches.read(SampleAccount.reader(out));
  }
}
