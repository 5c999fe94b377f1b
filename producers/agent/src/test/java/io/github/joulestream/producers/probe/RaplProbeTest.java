// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.integrate.CounterStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaplProbeTest extends ProbeContract {
  /** 2^32 units of 61.035 µJ, less one: what Intel's server processors show. */
  private static final long RANGE = 262_143_328_850L;

  private static final String POWERCAP = "class/powercap/";

  @TempDir Path root;
  private SysTree sys;

  /** Two sockets and what is within and beside them, and all of it again by memory mapping. */
  @BeforeEach
  void twoSockets() throws IOException {
    sys = new SysTree(root);
    sys.write("sys/kernel/random/boot_id", "5f7e6b2e-3d63-4f5c-8f0c-0f9d2f1f9a11");
    for (String type : List.of("intel-rapl", "intel-rapl-mmio")) {
      for (int socket = 0; socket < 2; socket++) {
        String zone = type + ":" + socket;
        zone(zone, "package-" + socket, 1_000_000L * (socket + 1));
        zone(zone + ":0", "core", 600_000);
        zone(zone + ":1", "uncore", 100_000);
        zone(zone + ":2", "dram", 50_000L * (socket + 1));
        sys.write(POWERCAP + zone + "/constraint_0_power_limit_uw", 270_000_000);
        sys.write(POWERCAP + zone + "/constraint_1_power_limit_uw", 324_000_000);
        sys.write(POWERCAP + zone + "/constraint_0_name", "long_term");
        sys.write(POWERCAP + zone + "/constraint_1_name", "short_term");
        sys.write(POWERCAP + zone + "/constraint_0_max_power_uw", 270_000_000);
        sys.write(POWERCAP + zone + "/constraint_1_max_power_uw", 413_000_000);
      }
      sys.write(POWERCAP + type + "/enabled", 1);
    }
    zone("intel-rapl:2", "psys", 9_000_000);
  }

  private void zone(String zone, String name, long microjoules) throws IOException {
    sys.write(POWERCAP + zone + "/name", name);
    sys.write(POWERCAP + zone + "/energy_uj", microjoules);
    sys.write(POWERCAP + zone + "/max_energy_range_uj", RANGE);
  }

  private void counter(String zone, long microjoules) throws IOException {
    sys.write(POWERCAP + zone + "/energy_uj", microjoules);
  }

  @Override
  protected RaplProbe probe() {
    return new RaplProbe(root, root);
  }

  @Override
  protected Probe absent() {
    return new RaplProbe(root, root.resolve("none"));
  }

  @Override
  protected void unplug() throws IOException {
    sys.unplug(POWERCAP + "intel-rapl:1/energy_uj");
  }

  @Test
  void sockets_giveProcessorAndMemory_andNothingTwice() throws Exception {
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.describe()).isEqualTo("energy counters of 2 processors and of the memory");
      List<DeviceSeries> read = probe.read(NOW);
      assertThat(read)
          .extracting(
              series -> series.device().id(),
              series -> series.device().kind(),
              series -> series.device().containedIn(),
              series -> series.readings().energy(0))
          .containsExactly(
              tuple("package-0", DeviceKind.CPU, null, 1_000_000L),
              tuple("dram-0", DeviceKind.MEMORY, null, 50_000L),
              tuple("package-1", DeviceKind.CPU, null, 2_000_000L),
              tuple("dram-1", DeviceKind.MEMORY, null, 100_000L),
              tuple("psys", DeviceKind.NODE, DeviceKind.NODE, 9_000_000L));
      Device socket = read.getFirst().device();
      assertThat(socket.source()).isEqualTo(PowerSource.COUNTER);
      assertThat(socket.counterWrapMicrojoules()).isEqualTo(RANGE + 1);
      // the most that the hardware says, not the limit in force
      assertThat(socket.powerLimitMilliwatts()).isEqualTo(413_000);
      assertThat(read.getFirst().readings().power(0)).isEqualTo(MISSING);
      assertThat(probe.measures()).containsExactly(DeviceKind.MEMORY);
      assertThat(probe.details())
          .contains(
              new Detail("package-0", "maker's long-term power", "270 W"),
              new Detail("package-1", "short-term power limit", "324 W"),
              new Detail("dram-0", "counter range", "262.1 kJ"));
    }
  }

  @Test
  void aWrap_isBookedAsWhatWasDrawn() throws Exception {
    counter("intel-rapl:0", RANGE - 100_000_000);
    try (RaplProbe probe = probe()) {
      probe.open();
      DeviceSeries before = probe.read(NOW).getFirst();
      counter("intel-rapl:0", 149_999_999);
      DeviceSeries after = probe.read(NOW + 1_000).getFirst();
      CounterStep step =
          new CounterStep()
              .set(
                  after.device(),
                  before.device().counterEpoch() == after.device().counterEpoch(),
                  before.readings().energy(0),
                  after.readings().energy(0),
                  1_000,
                  MISSING);
      assertThat(step.event()).isEqualTo(CounterStep.Event.WRAPPED);
      // 250 J in a second: 250 W
      assertThat(step.microjoules()).isEqualTo(250_000_000);
      assertThat(step.certain()).isTrue();

      // the last value before zero is a value
      counter("intel-rapl:0", RANGE);
      DeviceSeries last = probe.read(NOW + 900_000).getFirst();
      assertThat(last.readings().energy(0)).isLessThan(last.device().counterWrapMicrojoules());
    }
  }

  @Test
  void aReboot_isAnotherEpochAndNoWrap() throws Exception {
    long before;
    try (RaplProbe probe = probe()) {
      probe.open();
      before = probe.read(NOW).getFirst().device().counterEpoch();
      assertThat(before).isPositive();
    }
    sys.write("sys/kernel/random/boot_id", "0b0c6a53-6c2c-4b0b-8d5e-0e7b63f00a12");
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW).getFirst().device().counterEpoch()).isNotEqualTo(before);
    }
  }

  @Test
  void aSocketOfSeveralDies_isReadByDie() throws Exception {
    zone("intel-rapl:0", "package-0-die-0", 5);
    zone("intel-rapl:1", "package-0-die-1", 6);
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .containsExactly(
              "package-0-die-0", "dram-0-die-0", "package-0-die-1", "dram-0-die-1", "psys");
    }
  }

  @Test
  void withoutDram_theMemoryIsNotMeasured() throws Exception {
    for (int socket = 0; socket < 2; socket++) {
      zone("intel-rapl:" + socket + ":2", "uncore", 1);
    }
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.measures()).isEmpty();
      assertThat(probe.describe()).isEqualTo("energy counters of 2 processors");
    }
  }

  @Test
  void aZoneThatIsGone_isMissed_andComesBackUnderAnyNumber() throws Exception {
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW)).hasSize(5);
      unplug();
      assertThat(probe.read(NOW + 1_000)).hasSize(4);
      sys.delete(POWERCAP + "intel-rapl:1/energy_uj");
      zone("intel-rapl:7", "package-1", 77);
      // all are looked for every ten seconds only
      assertThat(probe.read(NOW + 2_000)).hasSize(4);
      assertThat(probe.read(NOW + 11_000))
          .hasSize(5)
          .anySatisfy(series -> {
            assertThat(series.device().id()).isEqualTo("package-1");
            assertThat(series.readings().energy(0)).isEqualTo(77);
          });
    }
  }

  @Test
  void withoutPermission_itSaysWhatToDo() throws Exception {
    for (String zone :
        List.of(
            "intel-rapl:0", "intel-rapl:0:2", "intel-rapl:1", "intel-rapl:1:2", "intel-rapl:2")) {
      Path file = root.resolve(POWERCAP + zone + "/energy_uj");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
      assumeFalse(Files.isReadable(file), "root may read everything");
    }
    try (RaplProbe probe = probe()) {
      assertThatThrownBy(probe::open)
          .isInstanceOfSatisfying(
              Probe.ProbeUnavailable.class, e -> assertThat(e.isAbsent()).isFalse())
          .hasMessageContaining("root only")
          .hasMessageContaining("CAP_DAC_READ_SEARCH");
    }
  }

  private long limitMilliwatts() throws Exception {
    try (RaplProbe probe = probe()) {
      probe.open();
      return probe.read(NOW).getFirst().device().powerLimitMilliwatts();
    }
  }

  @Test
  void aCapInForce_isNoLimitOfTheHardware() throws Exception {
    String zone = POWERCAP + "intel-rapl:0/";
    for (long cap : new long[] {1, 55_000_000, 270_000_000}) {
      sys.write(zone + "constraint_0_power_limit_uw", cap);
      sys.write(zone + "constraint_1_power_limit_uw", cap);
      assertThat(limitMilliwatts()).as("capped to %d", cap).isEqualTo(413_000);
    }
    // a cap above it shows that it is none
    sys.write(zone + "constraint_1_power_limit_uw", 4_096_000_000L);
    assertThat(limitMilliwatts()).isZero();
  }

  @Test
  void whatTheMakerSaysOfTheLongTerm_isExceededByBursts() throws Exception {
    String zone = POWERCAP + "intel-rapl:0/";
    sys.write(zone + "constraint_0_power_limit_uw", 15_000_000);
    sys.write(zone + "constraint_1_power_limit_uw", 44_000_000);
    sys.write(zone + "constraint_0_max_power_uw", 15_000_000);
    for (Object unset : List.of(0, -1, 4_294_967_295L, "unknown")) {
      sys.write(zone + "constraint_1_max_power_uw", unset);
      assertThat(limitMilliwatts()).as("%s", unset).isZero();
    }
    sys.write(zone + "constraint_2_name", "peak_power");
    sys.write(zone + "constraint_2_max_power_uw", 90_000_000);
    assertThat(limitMilliwatts()).isEqualTo(90_000);
    // of a kernel without names the first one is the long term
    sys.delete(zone + "constraint_0_name").delete(zone + "constraint_2_name");
    assertThat(limitMilliwatts()).isEqualTo(90_000);
    sys.delete(zone + "constraint_2_max_power_uw");
    assertThat(limitMilliwatts()).isZero();
  }

  @Test
  void whereOnlyTheMappedCountersAreThere_theyAreRead() throws Exception {
    try (Stream<Path> zones = Files.list(root.resolve(POWERCAP))) {
      for (Path zone : zones.filter(z -> !z.toString().contains("mmio")).toList()) {
        try (Stream<Path> files = Files.list(zone)) {
          files.map(Path::toFile).forEach(file -> assertThat(file.delete()).isTrue());
        }
        Files.delete(zone);
      }
    }
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .containsExactly("package-0", "dram-0", "package-1", "dram-1");
    }
  }

  @Test
  void theBoardsCounterOfASecondSocket_hasItsOwnId() throws Exception {
    zone("intel-rapl:3", "psys-1", 8_000_000);
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.read(NOW))
          .filteredOn(series -> series.device().kind() == DeviceKind.NODE)
          .extracting(series -> series.device().id(), series -> series.device().containedIn())
          .containsExactly(tuple("psys", DeviceKind.NODE), tuple("psys-1", DeviceKind.NODE));
    }
  }

  @Test
  void aCounterThatIsRefused_isNotTaken_andTriedAgain() throws Exception {
    sys.unplug(POWERCAP + "intel-rapl:1/energy_uj");
    sys.unplug(POWERCAP + "intel-rapl:0:2/energy_uj");
    sys.write(POWERCAP + "intel-rapl:1:2/energy_uj", -1);
    try (RaplProbe probe = probe()) {
      probe.open();
      assertThat(probe.notTaken())
          .anyMatch(words -> words.startsWith("package-1: not usable: "))
          .anyMatch(
              words -> words.equals("dram-1: not usable: it answers -1, which is no reading"));
      // no memory is measured
      assertThat(probe.measures()).isEmpty();
      assertThat(probe.read(NOW)).hasSize(2);
      counter("intel-rapl:1", 5);
      assertThat(probe.read(NOW + 59_000)).hasSize(2);
      assertThat(probe.read(NOW + 60_000)).hasSize(3);
      assertThat(probe.notTaken()).hasSize(2);
    }
  }
}
