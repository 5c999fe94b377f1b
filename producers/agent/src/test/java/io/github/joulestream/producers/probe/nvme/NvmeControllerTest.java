// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvme;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that answers as the specification says, and the way to a real one. */
class NvmeControllerTest {
  /** Answers with what was laid out, byte by byte. */
  private static final class Laid implements NvmeAdmin {
    final ByteBuffer identify = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    int powerManagement;

    @Override
    public int read(int opcode, int namespace, int dword10, byte[] data) throws IOException {
      switch (opcode) {
        case 0x06 -> {
          assertThat(dword10).isEqualTo(1);
          assertThat(data).hasSize(4096);
          identify.get(0, data);
        }
        case 0x0A -> {
          assertThat(dword10).isEqualTo(2);
          assertThat(data).isEmpty();
          return powerManagement;
        }
        default -> throw new IOException("not a command");
      }
      return 0;
    }

    @Override
    public void close() {}
  }

  private static void state(
      Laid laid, int number, int max, int flags, int idle, int idleScale, int active, int scale) {
    int at = 2048 + 32 * number;
    laid.identify.putShort(at, (short) max).put(at + 3, (byte) flags);
    laid.identify.putShort(at + 16, (short) idle).put(at + 18, (byte) (idleScale << 6));
    // with a workload beside the scale
    laid.identify.putShort(at + 20, (short) active).put(at + 22, (byte) (scale << 6 | 2));
  }

  private static Laid laid() {
    Laid laid = new Laid();
    laid.identify.put(4, "S4YPNE0R700001      ".getBytes(US_ASCII));
    laid.identify.put(24, "ACME DATACENTER 3.84TB                  ".getBytes(US_ASCII));
    laid.identify.put(263, (byte) 3);
    state(laid, 0, 2_500, 0, 500, 2, 1_800, 2); // 25 W, idle 5 W, active 18 W
    state(laid, 1, 1_200, 0, 0, 0, 1_100, 2); // 12 W, active 11 W
    state(laid, 2, 65_535, 1, 34_567, 1, 0, 0); // 6.5535 W, idle 3.4567 W
    state(laid, 3, 50, 3, 0, 0, 0, 0); // 5 mW, sleeps
    return laid;
  }

  @Test
  void identify_givesTheMakersFigures() throws IOException {
    NvmeController controller = NvmeController.identify(laid());
    assertThat(controller.model()).isEqualTo("ACME DATACENTER 3.84TB");
    assertThat(controller.serial()).isEqualTo("S4YPNE0R700001");
    assertThat(controller.states())
        .containsExactly(
            new PowerState(25_000, 5_000, 18_000, true),
            new PowerState(12_000, 0, 11_000, true),
            new PowerState(6_554, 3_457, 0, true),
            new PowerState(5, 0, 0, false));
  }

  @Test
  void thePowerStateOfNow_isTheFeatures() throws IOException {
    Laid laid = laid();
    NvmeController controller = NvmeController.identify(laid);
    assertThat(controller.current(laid)).isEqualTo(controller.states().getFirst());
    laid.powerManagement = 0b010_00001; // with a workload hint
    assertThat(controller.current(laid)).isEqualTo(controller.states().get(1));
    laid.powerManagement = 9;
    assertThatThrownBy(() -> controller.current(laid))
        .isInstanceOf(IOException.class)
        .hasMessage("power state 9 of a drive that has 4");
  }

  @Test
  void power_goesFromIdleToActive_andNotOverTheMaximum() {
    PowerState told = new PowerState(25_000, 5_000, 18_000, true);
    assertThat(told.milliwatts(0, 1_000)).isEqualTo(5_000);
    assertThat(told.milliwatts(0.5, 1_000)).isEqualTo(11_500);
    assertThat(told.milliwatts(1, 1_000)).isEqualTo(18_000);
    // makers' figures for active may be over a state's maximum
    assertThat(new PowerState(9_000, 5_000, 18_000, true).milliwatts(1, 0)).isEqualTo(9_000);
    // what is not told: idle by size, active by the maximum
    assertThat(new PowerState(12_000, 0, 0, true).milliwatts(0, 4_000)).isEqualTo(4_000);
    assertThat(new PowerState(12_000, 0, 0, true).milliwatts(1, 4_000)).isEqualTo(12_000);
    assertThat(new PowerState(0, 0, 0, true).milliwatts(1, 4_000)).isEqualTo(8_000);
    // asleep
    assertThat(new PowerState(5, 0, 0, false).milliwatts(1, 4_000)).isEqualTo(5);
    assertThat(new PowerState(80, 60, 0, false).milliwatts(0.3, 4_000)).isEqualTo(60);
  }

  @Test
  void whatIsNoNvmeDrive_saysSoInWords(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> NvmeIoctl.open(folder.resolve("nvme0")).close())
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("nvme0") + " cannot be opened: No such file or directory");
    Path file = Files.writeString(folder.resolve("nvme1"), "not a drive");
    for (Path other : List.of(file, Path.of("/dev/null"))) {
      try (NvmeIoctl admin = NvmeIoctl.open(other)) {
        assertThatThrownBy(() -> NvmeController.identify(admin))
            .isInstanceOf(IOException.class)
            .hasMessage(other + " takes no NVMe command: Inappropriate ioctl for device");
      }
    }
  }

  @Test
  void aRealDrive_tellsItsPowerStates() throws IOException {
    Path device = Path.of("/dev/nvme0");
    assumeThat(Files.isReadable(device)).as("needs an NVMe drive that may be asked").isTrue();
    try (NvmeIoctl admin = NvmeIoctl.open(device)) {
      NvmeController controller = NvmeController.identify(admin);
      System.out.println(controller + " " + controller.current(admin));
      assertThat(controller.states()).isNotEmpty();
      assertThat(NvmeController.percentageUsed(admin)).isBetween(0, 255);
    }
  }
}
