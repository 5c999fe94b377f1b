// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.NodeCapacity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CapacityMeansTest {
  private static final long SEED = Long.getLong("laws.seed", 19_005);

  private static CapacityUse use(long seen, long allocated, long used) {
    return new CapacityUse(seen, allocated, used);
  }

  /** Three nodes worked out by hand. */
  @Test
  void stranded_untouched_andRentable_areByNode() {
    CapacitySums sums = new CapacitySums();
    // all GPUs taken: 40 of 100 are free and stranded; 60 allocated, 10 used, so 50 untouched
    sums.add(use(100, 60, 10), true);
    // GPUs free: 70 rentable; 30 allocated, 45 used: 15 beyond, nothing untouched
    sums.add(use(100, 30, 45), false);
    // use unknown
    sums.add(use(50, 20, CapacityUse.UNKNOWN), true);
    CapacityMeans means = new CapacityMeans();
    means.add(sums, 7_000);
    // of sums, max(0, 90 - 55) = 35 would be untouched: the node that uses more hides 15
    assertThat(means.mean())
        .isEqualTo(new SiteCapacity(250, 110, 70, 70, 200, 55, 55, 50, 15, 7_000));
  }

  @Test
  void unknownUse_isUnknown_andNot0() {
    CapacitySums sums = new CapacitySums();
    sums.add(use(100, 60, CapacityUse.UNKNOWN), false);
    CapacityMeans means = new CapacityMeans();
    means.add(sums, 0);
    assertThat(means.mean()).isEqualTo(new SiteCapacity(100, 60, 0, 40, 0, -1, -1, -1, -1, 0));
    // at the next time it is known: the mean is of that time alone
    sums.clear();
    sums.add(use(100, 60, 20), false);
    means.add(sums, 0);
    assertThat(means.mean()).isEqualTo(new SiteCapacity(100, 60, 0, 40, 100, 20, 20, 40, 0, 0));
  }

  @Test
  void gpusAreTaken_ifNoneIsLeft_butForTheRoundingOfShares() {
    NodeCapacity whole = new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 8, 80_000);
    assertThat(whole.areGpusTaken()).isTrue();
    // three thirds of each of two GPUs
    assertThat(new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 2, 19_998).areGpusTaken())
        .isTrue();
    assertThat(new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 8, 79_900).areGpusTaken())
        .isFalse();
    // without GPUs nothing is taken, so what is free can be rented
    assertThat(new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 0, 0).areGpusTaken()).isFalse();
  }

  /** Over generated nodes: the parts are the whole, in sums and in means. */
  @Test
  void free_isStrandedAndRentable_andUsedIsAllocatedLessUntouchedAndBeyond() throws IOException {
    System.out.println("CapacityMeansTest seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      CapacityMeans means = new CapacityMeans();
      long peak = 0;
      int times = 1 + random.nextInt(6);
      for (int t = 0; t < times; t++) {
        CapacitySums sums = new CapacitySums();
        long allocatedOfKnown = 0;
        for (int n = random.nextInt(40); n >= 0; n--) {
          int seen = 1 + random.nextInt(1 << 20);
          CapacityUse use = use(seen, random.nextInt(seen + 1), random.nextInt(seen + 2) - 1L);
          sums.add(use, random.nextBoolean());
          allocatedOfKnown += use.isUseKnown() ? use.allocatedMebibytes() : 0;
        }
        assertThat(sums.strandedMebibytes() + sums.rentableMebibytes())
            .isEqualTo(sums.seenMebibytes() - sums.allocatedMebibytes());
        assertThat(sums.usedMebibytes())
            .isEqualTo(
                allocatedOfKnown - sums.untouchedMebibytes() + sums.beyondAllocationMebibytes());
        peak = Math.max(peak, sums.usedMebibytes());
        means.add(sums, 5);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      means.write(new DataOutputStream(bytes));
      CapacityMeans read = new CapacityMeans();
      read.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
      SiteCapacity mean = read.mean();
      assertThat(mean).isEqualTo(means.mean());
      assertThat(read.times()).isEqualTo(times);
      assertThat(mean.strandedMebibytes() + mean.rentableMebibytes())
          .isEqualTo(mean.seenMebibytes() - mean.allocatedMebibytes());
      assertThat(mean.rentableMebibytes()).isNotNegative();
      assertThat(mean.peakUsedMebibytes())
          .isEqualTo(peak)
          .isGreaterThanOrEqualTo(mean.usedMebibytes());
      assertThat(mean.milliwatts()).isEqualTo(5);
    }
  }
}
