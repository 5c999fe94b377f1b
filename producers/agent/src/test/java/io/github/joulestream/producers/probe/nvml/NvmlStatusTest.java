// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static io.github.joulestream.energy.StatusColumn.ECC_CORRECTED_ERRORS;
import static io.github.joulestream.energy.StatusColumn.ECC_UNCORRECTED_ERRORS;
import static io.github.joulestream.energy.StatusColumn.FAN_BASIS_POINTS;
import static io.github.joulestream.energy.StatusColumn.LAST_XID;
import static io.github.joulestream.energy.StatusColumn.MEMORY_CLOCK_MEGAHERTZ;
import static io.github.joulestream.energy.StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES;
import static io.github.joulestream.energy.StatusColumn.NVLINK_RECEIVED_BYTES;
import static io.github.joulestream.energy.StatusColumn.NVLINK_SENT_BYTES;
import static io.github.joulestream.energy.StatusColumn.PCIE_RECEIVED_BYTES;
import static io.github.joulestream.energy.StatusColumn.PCIE_SENT_BYTES;
import static io.github.joulestream.energy.StatusColumn.POWER_LIMIT_MILLIWATTS;
import static io.github.joulestream.energy.StatusColumn.SM_CLOCK_MEGAHERTZ;
import static io.github.joulestream.energy.StatusColumn.TEMPERATURE_DECIDEGREES;
import static io.github.joulestream.energy.StatusColumn.THROTTLE_REASONS;
import static io.github.joulestream.energy.StatusColumn.XID_ERRORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.ThrottleReason;
import io.github.joulestream.producers.probe.Detail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a GPU reports besides power, on a library with NVML's interface, see nvml.c. */
class NvmlStatusTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int LOST = 15;
  private static final int UNSIGNED_INT = 1;
  private static final int UNSIGNED_LONG_LONG = 3;

  @TempDir Path folder;
  private NvmlLibrary library;
  private NvmlProbe probe;

  @BeforeEach
  void open() throws Exception {
    library = NvmlLibrary.build(folder).gpu(0, "GPU-aa").status(0).gpu(1, "GPU-bb").status(1);
    probe = new NvmlProbe(library.file().toString(), folder);
    probe.open();
  }

  @AfterEach
  void close() {
    probe.close();
    assertThat(library.initialised()).isZero();
    assertThat(library.eventSets()).as("every set of events is freed").isZero();
    library.close();
  }

  private DeviceStatus of(int gpu) throws IOException {
    return probe.statuses(NOW).get(gpu);
  }

  @Test
  void aGpuGivesAllColumns_inOurUnits_andCountersAsIncrements() throws Exception {
    List<DeviceStatus> first = probe.statuses(NOW);
    assertThat(first).extracting(DeviceStatus::deviceId).containsExactly("GPU-aa", "GPU-bb");
    assertThat(first).extracting(DeviceStatus::epochMillis).containsOnly(NOW);
    for (int gpu = 0; gpu < 2; gpu++) {
      DeviceStatus status = first.get(gpu);
      assertThat(status.get(TEMPERATURE_DECIDEGREES)).isEqualTo(600 + 10 * gpu);
      assertThat(status.get(MEMORY_TEMPERATURE_DECIDEGREES)).isEqualTo(700 + 10 * gpu);
      assertThat(status.get(SM_CLOCK_MEGAHERTZ)).isEqualTo(1_900 + gpu);
      assertThat(status.get(MEMORY_CLOCK_MEGAHERTZ)).isEqualTo(2_600 + gpu);
      assertThat(status.get(POWER_LIMIT_MILLIWATTS)).isEqualTo(550_000 + gpu);
      assertThat(status.get(FAN_BASIS_POINTS)).isEqualTo(4_000 + 100 * gpu);
      assertThat(status.get(THROTTLE_REASONS))
          .isEqualTo(gpu == 0 ? ThrottleReason.POWER_CAP.bit() : ThrottleReason.THERMAL.bit());
      assertThat(status.get(XID_ERRORS)).isZero();
      assertThat(status.values())
          .as("what was counted before is not known to belong to anything")
          .doesNotContainKeys(
              LAST_XID,
              ECC_CORRECTED_ERRORS,
              ECC_UNCORRECTED_ERRORS,
              NVLINK_SENT_BYTES,
              NVLINK_RECEIVED_BYTES,
              PCIE_SENT_BYTES,
              PCIE_RECEIVED_BYTES);
    }
    count(1, 3, 4, 100, 200, 7_000, 8_000);
    library.xid(1, 31).xid(1, 79).event(1, 4, 5);
    DeviceStatus second = of(1);
    assertThat(second.get(ECC_CORRECTED_ERRORS)).isEqualTo(3);
    assertThat(second.get(ECC_UNCORRECTED_ERRORS)).isEqualTo(4);
    assertThat(second.get(NVLINK_SENT_BYTES)).isEqualTo(100 * 1_024);
    assertThat(second.get(NVLINK_RECEIVED_BYTES)).isEqualTo(200 * 1_024);
    assertThat(second.get(PCIE_SENT_BYTES)).isEqualTo(7_000);
    assertThat(second.get(PCIE_RECEIVED_BYTES)).isEqualTo(8_000);
    assertThat(second.get(XID_ERRORS)).isEqualTo(2);
    assertThat(second.get(LAST_XID)).isEqualTo(79);
    DeviceStatus third = of(1);
    assertThat(third.get(XID_ERRORS)).isZero();
    assertThat(third.get(LAST_XID)).isEqualTo(MISSING);
    assertThat(third.get(ECC_CORRECTED_ERRORS)).isZero();
  }

  private void count(int gpu, long... more) {
    long[] base = {10, 20, 1_000, 2_000, 5_000_000_000L, 6_000_000_000L};
    int[] fields = {3, 4, 138, 139, 197, 198};
    for (int i = 0; i < fields.length; i++) {
      int scope = fields[i] == 138 || fields[i] == 139 ? -1 : 0;
      library.field(gpu, fields[i], scope, UNSIGNED_LONG_LONG, base[i] + gpu + more[i]);
    }
  }

  /** Whatever is counted, read, lost and begun anew: increments add up to what was counted. */
  @Test
  void increments_addUpToWhatWasCounted() throws Exception {
    long seed = Long.getLong("laws.seed", new Random().nextLong());
    Random random = new Random(seed);
    of(0);
    long counter = 10;
    long counted = 0;
    long reported = 0;
    for (int step = 0; step < 300; step++) {
      if (random.nextInt(10) == 0) {
        // as after a reset; below what it was, or nobody can see it
        counter = counter == 0 ? 0 : random.nextLong(counter);
        counted += counter;
      } else {
        long more = random.nextInt(3) == 0 ? random.nextInt(1_000) : 0;
        counter += more;
        counted += more;
      }
      library.field(0, 3, 0, UNSIGNED_LONG_LONG, counter);
      boolean fails = random.nextInt(5) == 0 && step < 299;
      if (fails) {
        library.answer("nvmlDeviceGetFieldValues", 0, 999);
        assertThat(of(0).get(ECC_CORRECTED_ERRORS)).isEqualTo(MISSING);
        library.answer("nvmlDeviceGetFieldValues", 0, 0);
      }
      reported += of(0).get(ECC_CORRECTED_ERRORS);
      assertThat(reported).as("seed %d, step %d", seed, step).isEqualTo(counted);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x0, ''",
    "0x1, ''",
    "0x2, OTHER",
    "0x4, POWER_CAP",
    "0x8, HARDWARE",
    "0x10, OTHER",
    "0x20, THERMAL",
    "0x40, THERMAL",
    "0x48, THERMAL",
    "0x80, POWER_BRAKE",
    "0x88, POWER_BRAKE",
    "0x28, THERMAL HARDWARE",
    "0x100, OTHER",
    "0x104, POWER_CAP OTHER",
    "0x8000, ''"
  })
  void reasonsOfNvml_areOurs_andIdleIsNone(String bits, String reasons) throws Exception {
    library.set(0, "reasons", Long.decode(bits));
    long expected = 0;
    for (String reason : reasons.isEmpty() ? new String[0] : reasons.split(" ", -1)) {
      expected |= ThrottleReason.valueOf(reason).bit();
    }
    assertThat(of(0).get(THROTTLE_REASONS)).isEqualTo(expected);
  }

  @Test
  void whatIsNotSupported_isAbsent_andNotAskedForAgain() throws Exception {
    library
        .withoutFields(0)
        .field(0, 82, 0, UNSIGNED_INT, 71)
        .answer("nvmlDeviceGetFanSpeed", 0, 3)
        .answer("nvmlDeviceGetTemperature", 0, 4)
        .answer("nvmlDeviceGetCurrentClocksEventReasons", 0, 13)
        .answer("nvmlDeviceRegisterEvents", 0, 3);
    DeviceStatus status = of(0);
    assertThat(status.values())
        .containsOnlyKeys(
            SM_CLOCK_MEGAHERTZ,
            MEMORY_CLOCK_MEGAHERTZ,
            POWER_LIMIT_MILLIWATTS,
            MEMORY_TEMPERATURE_DECIDEGREES);
    assertThat(of(1).get(FAN_BASIS_POINTS)).as("the other gives it").isEqualTo(4_100);
    long before = library.calls();
    library.xid(0, 31);
    assertThat(of(0).values()).doesNotContainKey(XID_ERRORS);
    // two clocks, the limit, fields; of the other six functions and fields; and no event
    assertThat(library.calls() - before).isEqualTo(4 + 7 + 1);
    assertThat(probe.details())
        .contains(
            new Detail(
                "GPU-aa",
                "not given",
                "temperature, throttle reasons, fan speed, corrected memory errors, uncorrected"
                    + " memory errors, bytes sent over NVLink, bytes received over NVLink, bytes"
                    + " sent over PCIe, bytes received over PCIe"));
  }

  @Test
  void aGpuWithoutFields_isNotAskedForThem() throws Exception {
    library.answer("nvmlDeviceGetFieldValues", 0, 13).answer("nvmlDeviceGetFieldValues", 1, 13);
    of(0);
    long before = library.calls();
    assertThat(of(0).values())
        .containsOnlyKeys(
            TEMPERATURE_DECIDEGREES,
            SM_CLOCK_MEGAHERTZ,
            MEMORY_CLOCK_MEGAHERTZ,
            POWER_LIMIT_MILLIWATTS,
            THROTTLE_REASONS,
            FAN_BASIS_POINTS,
            XID_ERRORS);
    assertThat(library.calls() - before).as("six functions of two, and events").isEqualTo(13);
  }

  @Test
  void aDriverThatGivesNoEvents_isAskedOnce_andTheRestIsRead() throws Exception {
    library.answer("nvmlEventSetCreate", -1, 4);
    assertThat(of(0).values()).doesNotContainKey(XID_ERRORS).containsKey(SM_CLOCK_MEGAHERTZ);
    library.answer("nvmlEventSetCreate", -1, 0);
    assertThat(of(0).values()).doesNotContainKey(XID_ERRORS);
  }

  @Test
  void whatFailsOnce_isMissingOnce_andItsCountIsInTheNext() throws Exception {
    of(0);
    count(0, 3, 4, 100, 200, 7_000, 8_000);
    library.answer("nvmlDeviceGetClockInfo", 0, 999).answer("nvmlDeviceGetFieldValues", 0, 999);
    assertThat(of(0).values())
        .containsOnlyKeys(
            TEMPERATURE_DECIDEGREES,
            POWER_LIMIT_MILLIWATTS,
            THROTTLE_REASONS,
            FAN_BASIS_POINTS,
            XID_ERRORS);
    library.answer("nvmlDeviceGetClockInfo", 0, 0).answer("nvmlDeviceGetFieldValues", 0, 0);
    DeviceStatus after = of(0);
    assertThat(after.get(SM_CLOCK_MEGAHERTZ)).isEqualTo(1_900);
    assertThat(after.get(ECC_UNCORRECTED_ERRORS)).isEqualTo(4);
    assertThat(after.get(PCIE_RECEIVED_BYTES)).isEqualTo(8_000);
  }

  @Test
  void blanksOfTheDriver_areNoValues() throws Exception {
    of(0);
    for (long blank : new long[] {0x7FFF_FFF0L, 0xFFFF_FFFFL}) {
      library
          .set(0, "temperature", blank)
          .set(0, "sm clock", blank)
          .set(0, "memory clock", blank)
          .set(0, "enforced", blank)
          .set(0, "fan", blank)
          .field(0, 3, 0, UNSIGNED_LONG_LONG, blank)
          .field(0, 82, 0, UNSIGNED_INT, blank)
          .field(0, 138, -1, UNSIGNED_LONG_LONG, -1);
      assertThat(of(0).values())
          .as("%x", blank)
          .doesNotContainKeys(
              TEMPERATURE_DECIDEGREES,
              SM_CLOCK_MEGAHERTZ,
              MEMORY_CLOCK_MEGAHERTZ,
              POWER_LIMIT_MILLIWATTS,
              FAN_BASIS_POINTS,
              ECC_CORRECTED_ERRORS,
              MEMORY_TEMPERATURE_DECIDEGREES,
              NVLINK_SENT_BYTES);
    }
    library.field(0, 3, 0, UNSIGNED_LONG_LONG, 12).field(0, 82, 0, UNSIGNED_INT, 0);
    DeviceStatus after = of(0);
    assertThat(after.get(ECC_CORRECTED_ERRORS)).isEqualTo(2);
    assertThat(after.get(MEMORY_TEMPERATURE_DECIDEGREES))
        .as("0 °C of a GPU without this sensor")
        .isEqualTo(MISSING);
  }

  /** Counters of 32 bits wrap several times between two statuses: their increment is not known. */
  @Test
  void aCounterOfPcie_isUsed_onlyIfItIsKnownToBeWide() throws Exception {
    long[] sent = {4_000_000_000L, 4_294_967_295L, 100, 4_294_967_296L, 4_294_967_300L, 5, 6};
    long[] expected = {MISSING, MISSING, MISSING, MISSING, 4, MISSING, MISSING};
    for (int i = 0; i < sent.length; i++) {
      library.field(0, 197, 0, i < 3 ? UNSIGNED_INT : UNSIGNED_LONG_LONG, sent[i]);
      assertThat(of(0).get(PCIE_SENT_BYTES)).as("%d", sent[i]).isEqualTo(expected[i]);
    }
  }

  @Test
  void aLostGpu_reportsItsXid_andNothingElse() throws Exception {
    of(0);
    library.xid(0, 79).answer("*", 0, LOST);
    List<DeviceStatus> all = new ArrayList<>(probe.statuses(NOW + 1));
    // that it is lost shows while its status is read
    assertThat(all).extracting(DeviceStatus::deviceId).containsExactly("GPU-aa", "GPU-bb");
    assertThat(all.getFirst().values()).containsOnlyKeys(XID_ERRORS, LAST_XID);
    assertThat(all.getFirst().get(LAST_XID)).isEqualTo(79);
    assertThat(probe.read(NOW + 2)).hasSize(1);
    assertThat(probe.statuses(NOW + 3))
        .extracting(DeviceStatus::deviceId)
        .containsExactly("GPU-bb");
    // a reset ends its registration
    library.answer("*", 0, 0).set(0, "registered", 0);
    probe.read(NOW + 12_000);
    of(0);
    library.xid(0, 43);
    assertThat(of(0).get(LAST_XID)).as("it is registered again").isEqualTo(43);
  }

  @Test
  void aDriverThatIsReloaded_countsFromZero_andItsEventsAreFetchedAgain() throws Exception {
    of(0);
    library.answer("nvmlDeviceGetTotalEnergyConsumption", -1, 1).answer("nvmlInit_v2", -1, 9);
    assertThatThrownBy(() -> probe.read(NOW + 1_000)).isInstanceOf(IOException.class);
    assertThat(probe.statuses(NOW + 1_000)).isEmpty();
    library.answer("nvmlDeviceGetTotalEnergyConsumption", -1, 0).answer("nvmlInit_v2", -1, 0);
    library.field(0, 3, 0, UNSIGNED_LONG_LONG, 2);
    probe.read(NOW + 12_000);
    DeviceStatus after = of(0);
    assertThat(after.get(ECC_CORRECTED_ERRORS)).isEqualTo(2);
    library.xid(0, 13);
    assertThat(of(0).get(LAST_XID)).isEqualTo(13);
  }

  @Test
  void aDriverThatIsUnloadedWhileStatusesAreRead_isReportedByTheReadings() throws Exception {
    library.answer("nvmlDeviceGetTemperature", 1, 1);
    assertThat(probe.statuses(NOW)).extracting(DeviceStatus::deviceId).containsExactly("GPU-aa");
    library.answer("nvmlDeviceGetTemperature", 1, 0).answer("nvmlInit_v2", -1, 9);
    assertThatThrownBy(() -> probe.read(NOW + 1)).isInstanceOf(IOException.class);
    library.answer("nvmlInit_v2", -1, 0);
    assertThat(probe.read(NOW + 20_000)).hasSize(2);
  }

  @Test
  void instancesHaveNoStatus_theirGpuHas() throws Exception {
    library.set(0, "mig", 1).instance(0, 0, "MIG-1", 40L << 30, 0).instanceIds(0, 0, 1, 0);
    assertThat(probe.read(NOW)).hasSize(3);
    assertThat(probe.statuses(NOW))
        .extracting(DeviceStatus::deviceId)
        .containsExactly("GPU-aa", "GPU-bb");
  }
}
