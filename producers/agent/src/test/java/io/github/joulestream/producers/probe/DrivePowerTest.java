// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrivePowerTest {
  private static final long GIGABYTE = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "nvme0n1, SAMSUNG MZVL2256HCHQ, false, 256, 4000, 6000, 12000, 13000",
    "nvme3n1, '', false, 3840, 4000, 6000, 12000, 14000",
    "sda, INTEL SSDSC2KB03, false, 3840, 1000, 2000, 3500, 4500",
    "sdb, ST18000NM000J, true, 18000, 5000, 6000, 9000, 10000",
    "sdc, '', true, 250, 5000, 6000, 9000, 10000",
  })
  void aDrive_drawsWhatItsKindDraws_howeverSmall(
      String id,
      String model,
      boolean spins,
      long gigabytes,
      long idleFrom,
      long idleTo,
      long activeFrom,
      long activeTo) {
    DrivePower power = DrivePower.of(id, model, spins, gigabytes * GIGABYTE);
    assertThat(power.virtual()).isFalse();
    assertThat(power.milliwatts(0)).isBetween(idleFrom, idleTo);
    assertThat(power.milliwatts(1)).isBetween(activeFrom, activeTo);
    assertThat(power.milliwatts(0.5)).isEqualTo((power.milliwatts(0) + power.milliwatts(1)) / 2);
  }

  @ParameterizedTest
  @CsvSource({
    "vda, ''",
    "xvdb, ''",
    "sda, QEMU HARDDISK",
    "sda, Virtual disk",
    "sdb, PersistentDisk",
    "nvme1n1, Amazon Elastic Block Store",
  })
  void aVirtualDrive_isAPartOfOthers_bySize(String id, String model) {
    DrivePower small = DrivePower.of(id, model, true, 250 * GIGABYTE);
    DrivePower large = DrivePower.of(id, model, false, 1_000 * GIGABYTE);
    assertThat(small.virtual()).isTrue();
    assertThat(large.milliwatts(0)).isEqualTo(4 * small.milliwatts(0)).isEqualTo(1_300);
  }

  @Test
  void whatOnlySoundsVirtual_isNot() {
    assertThat(DrivePower.of("sdvd", "VIRTEX", false, GIGABYTE).virtual()).isFalse();
  }
}
