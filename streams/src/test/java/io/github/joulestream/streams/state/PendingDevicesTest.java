// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.streams.failure.DamagedStateException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PendingDevicesTest {
  private static final long SEED = Long.getLong("laws.seed", 31);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 300);
  private static final String GOLDEN = "golden/state/0.1.1/device-windows.hex";
  private static final long START = 1_700_000_000_000L;
  private static final Device GPU =
      Device.sensor("gpu0", DeviceKind.GPU).withModel("H200", 0).withCapacityBytes(150L << 30);

  private static Totals<DeviceAmount> totals(DeviceAmount amount, long value) {
    Totals<DeviceAmount> totals = Totals.ofDevice();
    totals.set(amount, value);
    return totals;
  }

  /** All windows and devices, as text. */
  private static Map<String, String> taken(PendingDevices pending) {
    Map<String, String> all = new TreeMap<>();
    pending.remove(
        _ -> true,
        (window, devices) -> devices.forEach(device -> all.put(window + " " + device, "")));
    assertThat(pending.isEmpty()).isTrue();
    assertThat(pending.bytes()).isZero();
    return all;
  }

  /** Statuses of two commits, each of which is accepted: the second commit must not fail. */
  @Test
  void anAmountThatOverflows_staysAtTheHighestNumber() {
    PendingDevices pending = new PendingDevices(10_000);
    for (int commit = 0; commit < 3; commit++) {
      Totals<DeviceAmount> added = totals(DeviceAmount.PCIE_SENT_BYTES, Bounds.STATUS_COUNT * 600);
      added.set(DeviceAmount.ENERGY_MILLIJOULES, 7);
      added.set(DeviceAmount.PCIE_RECEIVED_BYTES, -Bounds.STATUS_COUNT * 600);
      pending.add(GPU, START, added);
    }
    Totals<DeviceAmount> sum =
        requireNonNull(PendingDevices.read(write(pending)).find(START, DeviceKind.GPU, "gpu0"))
            .totals();
    assertThat(sum.get(DeviceAmount.PCIE_SENT_BYTES)).isEqualTo(Long.MAX_VALUE);
    assertThat(sum.get(DeviceAmount.PCIE_RECEIVED_BYTES)).isEqualTo(Long.MIN_VALUE);
    assertThat(sum.get(DeviceAmount.ENERGY_MILLIJOULES)).isEqualTo(21);
  }

  @Test
  void law_whatIsWritten_isRead_andSumsAreThoseOfAMap() {
    System.out.println("PendingDevicesTest seed " + SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      PendingDevices pending = new PendingDevices(10_000 * (1 + random.nextInt(6)));
      Map<String, Totals<DeviceAmount>> expected = new TreeMap<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        long window = START - 10_000L * random.nextInt(3);
        DeviceKind kind = DeviceKind.ofCode(random.nextInt(10));
        String id = "d" + random.nextInt(4);
        Device device =
            Device.sensor(id, kind).withModel("model" + kind, 0).withCapacityBytes(kind.code());
        Totals<DeviceAmount> added = Totals.ofDevice();
        for (DeviceAmount amount : DeviceAmount.values()) {
          if (random.nextInt(4) == 0) {
            long value = random.nextLong() >> random.nextInt(2, 64);
            added.set(amount, amount.isPeak() ? Math.abs(value) : value);
          }
        }
        expected.computeIfAbsent(window + kind.name() + id, _ -> Totals.ofDevice()).addAll(added);
        pending.add(device, window, added);
        if (random.nextInt(8) == 0) {
          byte[] written = write(pending);
          assertThat(pending.bytes()).isGreaterThanOrEqualTo(written.length - 100L);
          pending = PendingDevices.read(written);
        }
      }
      PendingDevices found = pending;
      expected.forEach((key, sums) -> {
        long window = Long.parseLong(key.substring(0, 13));
        String id = key.substring(key.length() - 2);
        DeviceKind kind = DeviceKind.valueOf(key.substring(13, key.length() - 2));
        DeviceTotals device = requireNonNull(found.find(window, kind, id), key);
        assertThat(device.totals()).isEqualTo(sums);
        assertThat(device.model()).isEqualTo("model" + kind);
        assertThat(device.capacityBytes()).isEqualTo(kind.code());
      });
    }
  }

  private static byte[] write(PendingDevices pending) {
    return pending.write(new StateBytes());
  }

  @Test
  void onlyWindowsThatAreAskedFor_areGiven_andNothingThatCancelledOut() {
    PendingDevices pending = new PendingDevices(10_000);
    Device memory = Device.sensor("memory", DeviceKind.MEMORY);
    pending.add(GPU, START, totals(DeviceAmount.ENERGY_MILLIJOULES, 5));
    pending.add(GPU, START + 10_000, totals(DeviceAmount.ENERGY_MILLIJOULES, 7));
    pending.add(memory, START, totals(DeviceAmount.ENERGY_MILLIJOULES, 3));
    pending.add(memory, START, totals(DeviceAmount.ENERGY_MILLIJOULES, -3));
    // of the past, and of a window that is not there any more
    pending.add(memory, START - 10_000, totals(DeviceAmount.PEAK_MILLIWATTS, 9));
    assertThat(pending.earliest()).isEqualTo(START - 10_000);
    pending.remove(
        window -> window <= START,
        (window, devices) -> {
          assertThat(window).isEqualTo(START);
          assertThat(devices).extracting(DeviceTotals::id).isEqualTo(List.of("gpu0"));
        });
    assertThat(pending.earliest()).isEqualTo(START + 10_000);
    assertThat(taken(pending)).hasSize(1);
  }

  @Test
  void ofADeviceThatIsDescribedAnew_theLatestDescriptionOfAWindowCounts() {
    PendingDevices pending = new PendingDevices(10_000);
    Device renamed = GPU.withModel("H200 NVL", 0);
    Device larger = renamed.withCapacityBytes(GPU.capacityBytes() + 1);
    pending.add(GPU, START, totals(DeviceAmount.ENERGY_MILLIJOULES, 1));
    pending.add(GPU, START + 10_000, totals(DeviceAmount.ENERGY_MILLIJOULES, 2));
    pending.add(renamed, START + 10_000, totals(DeviceAmount.ENERGY_MILLIJOULES, 3));
    pending.add(larger, START + 10_000, totals(DeviceAmount.ENERGY_MILLIJOULES, 4));
    assertThat(pending.find(START, DeviceKind.GPU, "gpu0"))
        .isEqualTo(described(GPU, totals(DeviceAmount.ENERGY_MILLIJOULES, 1)));
    assertThat(pending.find(START + 10_000, DeviceKind.GPU, "gpu0"))
        .isEqualTo(described(larger, totals(DeviceAmount.ENERGY_MILLIJOULES, 9)));
    // written, it is that of the latest window
    assertThat(PendingDevices.read(write(pending)).find(START, DeviceKind.GPU, "gpu0"))
        .isEqualTo(described(larger, totals(DeviceAmount.ENERGY_MILLIJOULES, 1)));
    assertThat(taken(pending)).hasSize(2);
  }

  private static DeviceTotals described(Device device, Totals<DeviceAmount> totals) {
    return new DeviceTotals(
        device.id(), device.kind(), device.model(), device.capacityBytes(), totals);
  }

  @Test
  void damagedState_isNamed_andThatOfALaterRelease() {
    PendingDevices pending = new PendingDevices(10_000);
    pending.add(GPU, START, totals(DeviceAmount.ENERGY_MILLIJOULES, 5_000));
    byte[] written = write(pending);
    for (int length = 0; length < written.length; length++) {
      byte[] cut = Arrays.copyOf(written, length);
      assertThatThrownBy(() -> PendingDevices.read(cut))
          .as("%d bytes", length)
          .hasCauseInstanceOf(DamagedStateException.class);
    }
    assertThatThrownBy(() -> PendingDevices.read(Arrays.copyOf(written, written.length + 1)))
        .hasCauseInstanceOf(DamagedStateException.class);
    byte[] kind = written.clone();
    kind[2 + 2 + 1 + 2 + 4] = 99;
    assertThatThrownBy(() -> PendingDevices.read(kind))
        .hasCauseInstanceOf(DamagedStateException.class);
    byte[] later = written.clone();
    later[1]++;
    assertThatThrownBy(() -> PendingDevices.read(later))
        .hasCauseInstanceOf(UnknownStateFormatException.class);
  }

  /** What a release wrote is read by those after it. */
  @Test
  void stateOfRelease011_isRead_andWrittenTheSame() throws IOException {
    PendingDevices pending = new PendingDevices(60_000);
    Totals<DeviceAmount> totals = Totals.ofDevice();
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, 1_000L * i * i - 300);
    }
    pending.add(GPU, START, totals);
    pending.add(GPU, START + 60_000, totals(DeviceAmount.COVERED_MILLIS, -10_000));
    Device drive = Device.sensor("nvme0", DeviceKind.STORAGE).withModel("made by ä", 0);
    pending.add(drive, START, totals(DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS, 3_112));
    byte[] written = write(pending);
    if (Boolean.getBoolean("golden.write")) {
      Path file = Path.of("src/test/resources", GOLDEN);
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.writeString(file, HexFormat.of().formatHex(written) + "\n");
    }
    byte[] golden;
    try (InputStream in = PendingDevicesTest.class.getClassLoader().getResourceAsStream(GOLDEN)) {
      golden =
          HexFormat.of()
              .parseHex(new String(requireNonNull(in, GOLDEN).readAllBytes(), UTF_8).strip());
    }
    assertThat(written).isEqualTo(golden);
    PendingDevices read = PendingDevices.read(golden);
    assertThat(read.windowMillis()).isEqualTo(60_000);
    assertThat(requireNonNull(read.find(START, DeviceKind.GPU, "gpu0")).totals()).isEqualTo(totals);
    assertThat(requireNonNull(read.find(START, DeviceKind.STORAGE, "nvme0")).model())
        .isEqualTo("made by ä");
  }
}
