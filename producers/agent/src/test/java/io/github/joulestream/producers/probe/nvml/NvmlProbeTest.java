// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvml;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.producers.probe.Detail;
import io.github.joulestream.producers.probe.GpuNumbering;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.probe.ProbeContract;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The probe on a library with NVML's interface, see nvml.c. */
class NvmlProbeTest extends ProbeContract {
  private static final int LOST = 15;
  private static final int DOUBLE = 0;
  private static final int UNSIGNED_INT = 1;
  private static final int UNSIGNED_LONG_LONG = 3;
  private static final int SIGNED_INT = 5;
  private static final int UNSIGNED_SHORT = 6;

  @TempDir Path folder;
  private NvmlLibrary library;

  @BeforeEach
  void build() throws Exception {
    library = NvmlLibrary.build(folder).gpu(0, "GPU-aa").gpu(1, "GPU-bb");
    bootId("5f7e6b2e-3d63-4f5c-8f0c-0f9d2f1f9a11");
  }

  @AfterEach
  void close() {
    assertThat(library.initialised()).as("every start is followed by an end").isZero();
    assertThat(library.eventSets()).as("every set of events is freed").isZero();
    library.close();
  }

  private void bootId(String id) throws IOException {
    Path random = Files.createDirectories(folder.resolve("sys/kernel/random"));
    Files.writeString(random.resolve("boot_id"), id + "\n");
  }

  @Override
  protected NvmlProbe probe() {
    return new NvmlProbe(library.file().toString(), folder);
  }

  @Override
  protected Probe absent() {
    return new NvmlProbe(folder.resolve("libnone.so.1").toString(), folder);
  }

  @Override
  protected void unplug() {
    library.answer("*", 1, LOST);
  }

  @Test
  void layouts_areThoseOfC() {
    Map<String, StructLayout> layouts =
        Map.of(
            "nvmlMemory_t", Nvml.MEMORY,
            "nvmlUtilization_t", Nvml.UTILIZATION,
            "nvmlProcessInfo_t", Nvml.PROCESS,
            "nvmlPciInfo_t", Nvml.PCI,
            "nvmlEventData_t", Nvml.EVENT,
            "nvmlFieldValue_t", Nvml.FIELD);
    layouts.forEach(
        (name, layout) -> assertThat(layout.byteSize()).as(name).isEqualTo(library.size(name)));
    for (String member :
        List.of(
            "nvmlMemory_t.total",
            "nvmlMemory_t.used",
            "nvmlUtilization_t.gpu",
            "nvmlUtilization_t.memory",
            "nvmlProcessInfo_t.pid",
            "nvmlProcessInfo_t.usedGpuMemory",
            "nvmlProcessInfo_t.gpuInstanceId",
            "nvmlProcessInfo_t.computeInstanceId",
            "nvmlPciInfo_t.domain",
            "nvmlPciInfo_t.bus",
            "nvmlPciInfo_t.device",
            "nvmlEventData_t.device",
            "nvmlEventData_t.eventType",
            "nvmlEventData_t.eventData",
            "nvmlFieldValue_t.scopeId",
            "nvmlFieldValue_t.valueType",
            "nvmlFieldValue_t.nvmlReturn",
            "nvmlFieldValue_t.value")) {
      String[] words = member.split("\\.", 2);
      assertThat(
              requireNonNull(layouts.get(words[0])).byteOffset(PathElement.groupElement(words[1])))
          .as(member)
          .isEqualTo(library.offset(member));
    }
  }

  @Test
  void blanksOfTheDriver_areNoReadings_andNoReset() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      long epoch = probe.read(NOW).get(1).device().counterEpoch();
      for (long blank : new long[] {-1, 0x7FFF_FFF0L, 0x7FFF_FFFFL, 0xFFFF_FFFFL}) {
        library.field(1, Nvml.FIELD_POWER_AVERAGE, 0, 1, blank);
        library.set(1, "energy", blank).set(1, "busy", blank).set(1, "memory used", -1);
        Readings readings = probe.read(NOW + 1_000).get(1).readings();
        assertThat(readings.power(0)).as("%x", blank).isEqualTo(MISSING);
        assertThat(readings.energy(0)).isEqualTo(MISSING);
        assertThat(readings.utilisation(0)).isEqualTo(MISSING);
        assertThat(readings.used(0)).isEqualTo(MISSING);
      }
      library.set(1, "energy", Long.MAX_VALUE - 13);
      assertThat(probe.read(NOW + 2_000).get(1).readings().energy(0)).isEqualTo(MISSING);
      library.set(1, "energy", 5_300_001);
      DeviceSeries after = probe.read(NOW + 3_000).get(1);
      assertThat(after.readings().energy(0)).isEqualTo(5_300_001_000L);
      assertThat(after.device().counterEpoch()).isEqualTo(epoch);
    }
  }

  @Test
  void theLimit_isTheBoards_neverTheOneInForce() throws Exception {
    library.set(1, "limit", 200_000).set(1, "enforced", 150_000);
    assertThat(limitMilliwatts()).isEqualTo(700_000);
    library.set(1, "most", 0xFFFF_FFFFL).set(1, "default limit", 650_000);
    assertThat(limitMilliwatts()).isEqualTo(650_000);
    library.set(1, "default limit", 0x7FFF_FFF2L);
    assertThat(limitMilliwatts()).isZero();
    library.answer("nvmlDeviceGetPowerManagementLimitConstraints", 1, Nvml.NOT_SUPPORTED);
    library.set(1, "default limit", 450_000);
    assertThat(limitMilliwatts()).isEqualTo(450_000);
  }

  private long limitMilliwatts() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      return probe.read(NOW).get(1).device().powerLimitMilliwatts();
    }
  }

  @Test
  void aGpuThatIsPluggedInWithoutADriver_isNotAbsent() throws Exception {
    Path bus = folder.resolve("bus/pci/devices");
    String[][] devices = {
      {"0000:00:1f.0", "0x8086", "0x060100"},
      {"0000:17:00.1", "0x10de", "0x040300"}, // its sound
      {"0000:03:00.0", "0x1002", "0x030000"}, // another maker's
    };
    for (String[] device : devices) {
      plug(bus.resolve(device[0]), device[1], device[2]);
    }
    String none = folder.resolve("libnone.so.1").toString();
    try (NvmlProbe probe = new NvmlProbe(none, folder, folder)) {
      assertThatThrownBy(probe::open)
          .isInstanceOfSatisfying(
              Probe.ProbeUnavailable.class, e -> assertThat(e.isAbsent()).isTrue());
      plug(bus.resolve("0000:17:00.0"), "0x10de", "0x030200");
      assertThatThrownBy(probe::open)
          .isInstanceOfSatisfying(
              Probe.ProbeUnavailable.class, e -> assertThat(e.isInstallable()).isTrue())
          .hasMessageContaining("1 GPU of NVIDIA (0000:17:00.0) in this machine")
          .hasMessageContaining("install NVIDIA's driver");
    }
  }

  private static void plug(Path device, String vendor, String type) throws Exception {
    Files.createDirectories(device);
    Files.writeString(device.resolve("vendor"), vendor + "\n");
    Files.writeString(device.resolve("class"), type + "\n");
  }

  @Test
  void aGpu_givesCounterMeanPowerBusyAndMemory_inOurUnits() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe()).isEqualTo("2 NVIDIA GPUs (NVIDIA H100 80GB HBM3)");
      DeviceSeries gpu = probe.read(NOW).get(1);
      Device device = gpu.device();
      assertThat(device.id()).isEqualTo("GPU-bb");
      assertThat(device.kind()).isEqualTo(DeviceKind.GPU);
      assertThat(device.source()).isEqualTo(PowerSource.COUNTER);
      assertThat(device.model()).isEqualTo("NVIDIA H100 80GB HBM3");
      assertThat(device.powerLimitMilliwatts()).isEqualTo(700_000);
      assertThat(device.averagingMillis()).isEqualTo(1_000);
      assertThat(device.counterWrapMicrojoules()).isZero();
      assertThat(device.capacityBytes()).isEqualTo(80L << 30);
      // the counter is in mJ
      assertThat(gpu.readings().energy(0)).isEqualTo(5_000_001_000L);
      assertThat(gpu.readings().power(0)).isEqualTo(310_000);
      assertThat(gpu.readings().utilisation(0)).isEqualTo(9_700);
      assertThat(gpu.readings().used(0)).isEqualTo(20L << 30);

      library.set(1, "energy", 5_300_001);
      long later = probe.read(NOW + 1_000).get(1).readings().energy(0);
      // 300 J in a second
      assertThat(later - gpu.readings().energy(0)).isEqualTo(300_000_000);
    }
  }

  @Test
  void fields_areReadByTheirType() throws Exception {
    long seventyFiveWatts = 75_000;
    try (NvmlProbe probe = probe()) {
      probe.open();
      library.field(0, 185, 0, DOUBLE, Double.doubleToLongBits(75_000.4));
      assertThat(probe.read(NOW).getFirst().readings().power(0)).isEqualTo(seventyFiveWatts);
      for (int type : new int[] {UNSIGNED_INT, 2, UNSIGNED_LONG_LONG, 4, SIGNED_INT}) {
        library.field(0, 185, 0, type, seventyFiveWatts);
        assertThat(probe.read(NOW).getFirst().readings().power(0)).isEqualTo(seventyFiveWatts);
      }
      library.field(0, 185, 0, UNSIGNED_INT, 0xFFFF_FFFEL);
      assertThat(probe.read(NOW).getFirst().readings().power(0)).isEqualTo(0xFFFF_FFFEL);
      library.field(0, 185, 0, UNSIGNED_SHORT, 65_535);
      assertThat(probe.read(NOW).getFirst().readings().power(0)).isEqualTo(65_535);
    }
  }

  @Test
  void withoutTheMean_thePowerOfTheMomentIsRead() throws Exception {
    // as of a GA100
    library.withoutFields(0).field(0, 186, 0, UNSIGNED_INT, 320_000);
    // as of a GPU that has no fields at all
    library.withoutFields(1);
    try (NvmlProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> gpus = probe.read(NOW);
      assertThat(gpus.getFirst().readings().power(0)).isEqualTo(320_000);
      assertThat(gpus.getFirst().device().averagingMillis()).isZero();
      assertThat(gpus.get(1).readings().power(0)).isEqualTo(300_000);
      assertThat(gpus.get(1).device().averagingMillis()).isZero();
    }
  }

  /** Readings of such a GPU are placed as those of a log of nvidia-smi are. */
  @ParameterizedTest
  @CsvSource({
    "NVIDIA GeForce RTX 3090, AVERAGE, 1220",
    "NVIDIA GeForce RTX 3090, INSTANT, 210",
    "NVIDIA GeForce RTX 3090, DRAW, 1220",
    "NVIDIA A100-SXM4-40GB, INSTANT, 130",
    "NVIDIA A100-SXM4-40GB, DRAW, 130",
    "NVIDIA A100-SXM4-40GB, AVERAGE, 0",
    "NVIDIA GeForce RTX 3090 Ti, AVERAGE, 0",
    "NVIDIA H100 80GB HBM3, AVERAGE, 0",
    "NVIDIA H100 80GB HBM3, DRAW, 0"
  })
  void withoutACounter_theMeanIsOverWhatIsKnownOfTheModel_andTheUnknownIsNotShifted(
      String model, SensorWindow.Field field, int averagingMillis) throws Exception {
    library.gpu(0, "GPU-aa", model).gpu(1, "GPU-bb", model);
    for (int gpu = 0; gpu < 2; gpu++) {
      library.withoutFields(gpu);
      if (field == SensorWindow.Field.AVERAGE) {
        library.field(gpu, Nvml.FIELD_POWER_AVERAGE, 0, UNSIGNED_INT, 310_000);
      } else if (field == SensorWindow.Field.INSTANT) {
        library.field(gpu, Nvml.FIELD_POWER_INSTANT, 0, UNSIGNED_INT, 310_000);
      }
    }
    library.answer("nvmlDeviceGetTotalEnergyConsumption", 0, Nvml.NOT_SUPPORTED);
    try (NvmlProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> gpus = probe.read(NOW);
      assertThat(gpus.getFirst().device().source()).isEqualTo(PowerSource.SENSOR);
      assertThat(gpus.getFirst().device().averagingMillis()).isEqualTo(averagingMillis);
      assertThat(gpus.get(1).device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(gpus.get(1).device().averagingMillis())
          .as("beside a counter as before")
          .isEqualTo(field == SensorWindow.Field.AVERAGE ? 1_000 : 0);
    }
  }

  /** A counter or the mean that is given up while it runs: what is left has its own window. */
  @Test
  void whatIsGivenUpLater_changesTheWindowToo() throws Exception {
    library.gpu(0, "GPU-aa", "NVIDIA GeForce RTX 3090");
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().device().averagingMillis()).isEqualTo(1_000);
      library.answer("nvmlDeviceGetTotalEnergyConsumption", 0, Nvml.NOT_SUPPORTED);
      assertThat(probe.read(NOW + 1_000).getFirst().device().averagingMillis()).isEqualTo(1_220);
    }
  }

  @Test
  void anOldDriver_lacksFunctions_andIsReadAllTheSame() throws Exception {
    Path old = Files.createDirectory(folder.resolve("old"));
    try (NvmlLibrary driver = NvmlLibrary.build(old, "-DOLD_DRIVER").gpu(0, "GPU-old");
        NvmlProbe probe = new NvmlProbe(driver.file().toString(), folder)) {
      driver.set(0, "reasons", 0x4 | 0x40);
      probe.open();
      DeviceSeries gpu = probe.read(NOW).getFirst();
      assertThat(gpu.readings().power(0)).isEqualTo(300_000);
      assertThat(gpu.readings().energy(0)).isEqualTo(5_000_000_000L);
      assertThat(gpu.device().averagingMillis()).isZero();
      assertThat(probe.statuses(NOW).getFirst().get(StatusColumn.THROTTLE_REASONS))
          .isEqualTo(1 | 2);
      driver.xid(0, 79);
      assertThat(probe.statuses(NOW).getFirst().get(StatusColumn.LAST_XID)).isEqualTo(79);
    }
  }

  @Test
  void whatIsNotSupported_isNotAskedForAgain() throws Exception {
    library
        .answer("nvmlDeviceGetTotalEnergyConsumption", 0, 3)
        .answer("nvmlDeviceGetUtilizationRates", 0, 4)
        .answer("nvmlDeviceGetMemoryInfo", -1, 13);
    try (NvmlProbe probe = probe()) {
      probe.open();
      DeviceSeries gpu = probe.read(NOW).getFirst();
      assertThat(gpu.device().source()).isEqualTo(PowerSource.SENSOR);
      assertThat(gpu.device().capacityBytes()).isZero();
      assertThat(gpu.readings().energyMicrojoules()).isEmpty();
      assertThat(gpu.readings().utilisationBasisPoints()).isEmpty();
      assertThat(gpu.readings().usedBytes()).isEmpty();
      assertThat(gpu.readings().power(0)).isEqualTo(310_000);
      long before = library.calls();
      probe.read(NOW + 1_000);
      // power of both; counter and utilisation of the second
      assertThat(library.calls() - before).isEqualTo(4);
      assertThat(probe.details())
          .contains(
              new Detail("GPU-aa", "not given", "energy counter, utilisation, memory in use"));
    }
  }

  @Test
  void whatFailsOnce_isMissingOnce() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      library
          .answer("nvmlDeviceGetTotalEnergyConsumption", 0, 999)
          .answer("nvmlDeviceGetFieldValues", 0, 999);
      DeviceSeries gpu = probe.read(NOW).getFirst();
      assertThat(gpu.device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(gpu.readings().energy(0)).isEqualTo(MISSING);
      assertThat(gpu.readings().power(0)).isEqualTo(MISSING);
      assertThat(gpu.readings().used(0)).isEqualTo(20L << 30);
      library
          .answer("nvmlDeviceGetTotalEnergyConsumption", 0, 0)
          .answer("nvmlDeviceGetFieldValues", 0, 0);
      gpu = probe.read(NOW + 1_000).getFirst();
      assertThat(gpu.readings().energy(0)).isEqualTo(5_000_000_000L);
      assertThat(gpu.readings().power(0)).isEqualTo(310_000);
    }
  }

  @Test
  void aLostGpu_isLeftOut_andComesBack() throws Exception {
    for (int code : new int[] {LOST, 16}) {
      try (NvmlProbe probe = probe()) {
        probe.open();
        assertThat(probe.read(NOW)).hasSize(2);
        library.answer("*", 0, code);
        assertThat(ids(probe.read(NOW + 1_000))).containsExactly("GPU-bb");
        assertThat(probe.details()).contains(new Detail("GPU-aa", "state", "lost"));
        library.answer("*", 0, 0);
        // it is asked every ten seconds only
        assertThat(ids(probe.read(NOW + 2_000))).containsExactly("GPU-bb");
        assertThat(ids(probe.read(NOW + 11_000))).containsExactly("GPU-aa", "GPU-bb");

        library.answer("*", 0, code).answer("*", 1, code);
        assertThatThrownBy(() -> probe.read(NOW + 12_000))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("all GPUs are lost");
        library.answer("*", 0, 0).answer("*", 1, 0);
        assertThat(probe.read(NOW + 30_000)).hasSize(2);
      }
    }
  }

  @Test
  void aGpuThatIsLostAtFirst_isFoundLater() throws Exception {
    library.answer("*", 0, LOST);
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(ids(probe.read(NOW))).containsExactly("GPU-bb");
      assertThat(probe.numbering().find("0")).isNull();
      assertThat(probe.numbering().find("1")).isEqualTo("GPU-bb");
      library.answer("*", 0, 0);
      assertThat(ids(probe.read(NOW + 10_000))).containsExactly("GPU-bb", "GPU-aa");
      assertThat(probe.numbering().find("0")).isEqualTo("GPU-aa");
      assertThat(probe.numbering().find("1")).isEqualTo("GPU-bb");
    }
  }

  @Test
  void aDriverThatIsReloaded_isOpenedAnew_andItsCounterHasAnotherEpoch() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      long epoch = probe.read(NOW).getFirst().device().counterEpoch();
      library.answer("nvmlDeviceGetTotalEnergyConsumption", -1, 1).answer("nvmlInit_v2", -1, 9);
      assertThatThrownBy(() -> probe.read(NOW + 1_000)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> probe.read(NOW + 2_000))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("not loaded");
      assertThatThrownBy(() -> probe.read(NOW + 12_000))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Driver Not Loaded (9)");
      library.answer("nvmlDeviceGetTotalEnergyConsumption", -1, 0).answer("nvmlInit_v2", -1, 0);
      library.set(0, "energy", 3);
      DeviceSeries gpu = probe.read(NOW + 23_000).getFirst();
      assertThat(gpu.readings().energy(0)).isEqualTo(3_000);
      assertThat(gpu.device().counterEpoch()).isNotEqualTo(epoch);
    }
  }

  @Test
  void theCountersEpoch_isTheBoots_andChangesWhenTheCounterFalls() throws Exception {
    long epoch;
    try (NvmlProbe probe = probe()) {
      probe.open();
      epoch = probe.read(NOW).getFirst().device().counterEpoch();
    }
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().device().counterEpoch()).isEqualTo(epoch);
      library.set(0, "energy", 1);
      assertThat(probe.read(NOW + 1_000).getFirst().device().counterEpoch()).isEqualTo(epoch + 1);
      assertThat(probe.read(NOW + 1_000).get(1).device().counterEpoch()).isEqualTo(epoch);
    }
    bootId("00000000-0000-0000-0000-000000000001");
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().device().counterEpoch()).isNotEqualTo(epoch);
    }
  }

  @Test
  void gpusAndInstances_areKnownByWhatTheDriverCallsThem() throws Exception {
    library
        .set(0, "minor", 3)
        .set(0, "bus", 0x3b)
        .set(1, "minor", 0)
        .set(1, "bus", 0xaf)
        .set(0, "mig", 1)
        .instance(0, 0, "MIG-1", 40L << 30, 0)
        .instanceIds(0, 0, 2, 0)
        .instance(0, 1, "MIG-2", 10L << 30, 0)
        .instanceIds(0, 1, 9, 1);
    try (NvmlProbe probe = probe()) {
      probe.open();
      probe.read(NOW);
      GpuNumbering names = probe.numbering();
      assertThat(names.find("/dev/nvidia3")).isEqualTo("GPU-aa");
      assertThat(names.find("/dev/nvidia0")).isEqualTo("GPU-bb");
      assertThat(names.find("0000:af:00.0")).isEqualTo("GPU-bb");
      assertThat(names.find("0.9")).isEqualTo("MIG-2");
      assertThat(names.find("0:0")).isEqualTo("MIG-1");
      assertThat(names.find("0.1")).as("a place is no GPU instance id").isNull();
      assertThat(names.find("MIG-GPU-aa/9/1")).isEqualTo("MIG-2");
    }
  }

  @Test
  void migInstances_repeatTheirGpu_andComeAndGo() throws Exception {
    library
        .set(0, "mig", 1)
        .set(0, "mig pending", 1)
        .instance(0, 0, "MIG-1", 40L << 30, 1L << 30)
        .instanceIds(0, 0, 1, 0)
        .instance(0, 5, "MIG-2", 10L << 30, 2L << 30)
        .instanceIds(0, 5, 9, 0);
    try (NvmlProbe probe = probe()) {
      probe.open();
      List<DeviceSeries> read = probe.read(NOW);
      assertThat(read)
          .extracting(
              series -> series.device().id(),
              series -> series.device().instanceOf(),
              series -> series.device().capacityBytes() >> 30,
              series -> series.readings().energy(0),
              series -> series.readings().power(0),
              series -> series.readings().utilisation(0),
              series -> series.readings().used(0) >> 30)
          .containsExactly(
              tuple("GPU-aa", "", 80L, 5_000_000_000L, 310_000L, MISSING, 20L),
              tuple("MIG-1", "GPU-aa", 40L, 5_000_000_000L, 310_000L, MISSING, 1L),
              tuple("MIG-2", "GPU-aa", 10L, 5_000_000_000L, 310_000L, MISSING, 2L),
              tuple("GPU-bb", "", 80L, 5_000_001_000L, 310_000L, 9_700L, 20L));
      assertThat(read.get(1).device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(probe.details()).contains(new Detail("GPU-aa", "MIG", "on, 2 instances"));

      // a second compute instance of the same GPU instance: half of its memory each
      library.instance(0, 3, "MIG-4", 40L << 30, 0).instanceIds(0, 3, 1, 1);
      assertThat(probe.read(NOW + 10_000))
          .filteredOn(series -> !series.device().instanceOf().isEmpty())
          .extracting(series -> series.device().capacityBytes() >> 30)
          .containsExactly(20L, 20L, 10L);

      library.instance(0, 0, "", 0, 0).instance(0, 3, "", 0, 0);
      library.instance(0, 1, "MIG-3", 5L << 30, 0).instanceIds(0, 1, 2, 0);
      assertThat(ids(probe.read(NOW + 20_000)))
          .containsExactly("GPU-aa", "MIG-3", "MIG-2", "GPU-bb");
      library.set(0, "mig", 0);
      assertThat(ids(probe.read(NOW + 30_000))).containsExactly("GPU-aa", "GPU-bb");
      assertThat(probe.read(NOW + 31_000).getFirst().readings().utilisation(0)).isEqualTo(9_700);
    }
  }

  @Test
  void details_showWhatIsNeitherReadingNorStatus() throws Exception {
    library
        .field(0, 185, 2, UNSIGNED_INT, 61_500)
        .field(0, 186, 1, UNSIGNED_INT, 900_000)
        .set(0, "mig pending", 1)
        .processes(0, 2);
    try (NvmlProbe probe = probe()) {
      probe.open();
      assertThat(probe.details())
          .filteredOn(detail -> detail.device().equals("GPU-aa"))
          .extracting(Detail::name, Detail::value)
          .containsExactly(
              tuple("driver", "570.00.test"),
              tuple("power of the moment", "320 W"),
              tuple("power, mean of 1 s", "310 W"),
              tuple("memory power, mean of 1 s", "61.5 W"),
              tuple("module power of the moment", "900 W"),
              tuple("power limit", "600 W"),
              tuple("memory busy", "41 %"),
              tuple("MIG", "off, after a reset on"),
              tuple("process", "pid 1000"),
              tuple("process", "pid 1001, 1 MiB, instance 3/1"));
    }
  }

  @Test
  void manyProcesses_areAllFound() throws Exception {
    library.processes(1, 100);
    try (NvmlProbe probe = probe()) {
      probe.open();
      List<GpuProcess> processes = probe.processes();
      assertThat(processes).hasSize(100);
      assertThat(processes.getFirst()).isEqualTo(new GpuProcess("GPU-bb", 1_000, MISSING, -1, -1));
      assertThat(processes.getLast()).isEqualTo(new GpuProcess("GPU-bb", 1_099, 99L << 20, 3, 1));
    }
  }

  @Test
  void whatCannotBeOpened_saysWhy() {
    try (Probe absent = absent()) {
      assertThatThrownBy(absent::open).hasMessageContaining("no NVIDIA driver is installed");
    }
    library.answer("nvmlInit_v2", -1, 9);
    try (NvmlProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("Driver Not Loaded (9)");
    }
    library.answer("nvmlInit_v2", -1, 0).answer("*", 0, LOST).answer("*", 1, 777);
    try (NvmlProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("GPU 1 does not answer: error 777");
    }
    library.set(0, "there", 0).set(1, "there", 0);
    try (NvmlProbe probe = probe()) {
      assertThatThrownBy(probe::open).hasMessageContaining("shows no GPU");
    }
  }

  @Test
  void itIsReadByAnotherThreadThanItWasOpenedBy() throws Exception {
    try (NvmlProbe probe = probe()) {
      probe.open();
      List<List<DeviceSeries>> read = new CopyOnWriteArrayList<>();
      Thread thread =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  read.add(probe.read(NOW));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      thread.join();
      assertThat(read).hasSize(1);
    }
  }

  @Test
  void withoutNativeAccess_itSaysWhatToDo() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-cp",
                System.getProperty("java.class.path"),
                NoNativeAccess.class.getName(),
                library.file().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("start it with --enable-native-access=ALL-UNNAMED");
  }

  /** Opens the probe in a JVM that may not call native code. */
  static final class NoNativeAccess {
    private NoNativeAccess() {}

    public static void main(String[] arguments) {
      try (NvmlProbe probe = new NvmlProbe(arguments[0], Path.of("/proc"))) {
        probe.open();
      } catch (Probe.ProbeUnavailable e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static List<String> ids(List<DeviceSeries> read) {
    return read.stream().map(DeviceSeries::device).map(Device::id).toList();
  }
}
