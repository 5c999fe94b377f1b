// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(seen.add(epoch, sequence, 0))
            .as("round %d, batch %d of life %d", round, sequence, epoch)
            .isEqualTo(known.add(List.of(epoch, sequence)));
        if (random.nextInt(20) == 0) {
          seen = writtenAndRead(seen);
        }
      }
    }
  }

  private static SeenBatches writtenAndRead(SeenBatches seen) throws IOException {
    StateWriter out = new StateWriter();
    seen.write(out);
    return SeenBatches.read(SampleAccount.reader(out));
  }
}
