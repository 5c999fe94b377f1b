// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static io.github.joulestream.energy.Readings.MISSING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.StatusColumn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeterFilesProbeTest extends ProbeContract {
  @TempDir Path folder;
  private long written;

  private void write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, String.join("\n", lines) + "\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(NOW + ++written * 1_000));
  }

  @Override
  protected MeterFilesProbe probe() {
    return new MeterFilesProbe(folder);
  }

  @Override
  protected Probe absent() {
    return new MeterFilesProbe(folder.resolve("none"));
  }

  /** The program that asks the meters writes both before each turn. */
  @Override
  protected List<DeviceSeries> read(Probe probe, long epochMillis) throws Exception {
    write("ups-1.meter", "kind=ups", "watts=412300", "joules=900000000");
    if (!Files.exists(folder.resolve("gone"))) {
      write("grid.meter", "kind=facility", "watts=500000.5");
    }
    return probe.read(epochMillis);
  }

  @Override
  protected boolean stampsItself() {
    return true;
  }

  @Override
  protected void unplug() throws IOException {
    Files.delete(folder.resolve("grid.meter"));
    Files.createFile(folder.resolve("gone"));
  }

  @Test
  void aMeter_isReadWhenItsFileHasChanged_inOurUnits() throws Exception {
    try (MeterFilesProbe probe = probe()) {
      probe.open();
      write("ups-1.meter", "# by snmp", "kind=ups", "watts=412300.25", "joules=12.5", "other=1");
      DeviceSeries series = probe.read(NOW).getFirst();
      assertThat(series.device().id()).isEqualTo("ups-1");
      assertThat(series.device().kind()).isEqualTo(DeviceKind.UPS);
      assertThat(series.device().source()).isEqualTo(PowerSource.COUNTER);
      assertThat(series.device().countsInTotal()).isFalse();
      assertThat(series.readings().epochMillis()).containsExactly(NOW + 1_000);
      assertThat(series.readings().power(0)).isEqualTo(412_300_250);
      assertThat(series.readings().energy(0)).isEqualTo(12_500_000);
      // a program that has stopped is a meter that is silent
      assertThat(probe.read(NOW + 1_000)).isEmpty();
      write("ups-1.meter", "kind=ups", "watts=1", "time=" + (NOW + 90_000) / 1_000 + ".5");
      DeviceSeries next = probe.read(NOW + 2_000).getFirst();
      assertThat(next.device().source()).isEqualTo(PowerSource.SENSOR);
      assertThat(next.readings().epochMillis()).containsExactly(NOW + 90_500);
      assertThat(next.readings().energy(0)).isEqualTo(MISSING);
      // of the same time again, and of one before
      write("ups-1.meter", "kind=ups", "watts=2", "time=" + (NOW + 90_500));
      assertThat(probe.read(NOW + 3_000)).isEmpty();
      write("ups-1.meter", "kind=ups", "watts=2", "time=" + NOW);
      assertThat(probe.read(NOW + 4_000)).isEmpty();
      assertThat(probe.details()).extracting(Detail::device).contains("ups-1");
    }
  }

  @Test
  void everyKindOfMeterOfASite_andNoOther_canBeDeclared() throws Exception {
    try (MeterFilesProbe probe = probe()) {
      probe.open();
      for (DeviceKind kind : DeviceKind.values()) {
        String name = kind.name().toLowerCase(java.util.Locale.ROOT);
        write(name + ".meter", "kind=" + name, "watts=1");
      }
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().kind())
          .containsExactlyInAnyOrder(
              DeviceKind.FACILITY,
              DeviceKind.UPS,
              DeviceKind.PDU,
              DeviceKind.GENERATION,
              DeviceKind.EXPORT);
      assertThat(probe.notTaken())
          .hasSize(5)
          .contains(
              "node.meter: kind is 'node': it is one of facility, ups, pdu, generation, export");
    }
  }

  @Test
  void water_isWhatWasUsedSinceTheStatusBefore() throws Exception {
    try (MeterFilesProbe probe = probe()) {
      probe.open();
      write("site.meter", "kind=facility", "watts=5", "litres=100.5");
      probe.read(NOW);
      assertThat(probe.statuses(NOW)).isEmpty();
      write("site.meter", "kind=facility", "watts=5", "litres=102");
      probe.read(NOW + 1_000);
      assertThat(probe.statuses(NOW + 1_000))
          .containsExactly(
              new DeviceStatus(
                  "site", NOW + 1_000, Map.of(StatusColumn.WATER_MILLILITRES, 1_500L)));
      assertThat(probe.statuses(NOW + 2_000).getFirst().get(StatusColumn.WATER_MILLILITRES))
          .isZero();
    }
  }

  /** 2.5 GWh are more microjoules than a long holds. */
  @Test
  void aCounterOfManyGigawattHours_wraps() {
    long modulus = MeterFile.MODULUS_MICROJOULES;
    assertThat(MeterFile.parse("kind=facility\nkilowatt_hours=12345678.9\n").microjoules())
        .isEqualTo(1_244_444_040_000_000_000L)
        .isLessThan(modulus);
    assertThat(MeterFile.parse("kind=facility\nkilowatt_hours=1000000\n").microjoules()).isZero();
    assertThat(MeterFile.parse("kind=facility\njoules=3599999999999.9999999\n").microjoules())
        .isEqualTo(modulus - 1);
  }

  @Test
  void whatIsNotUsable_isLeftOut_withTheReason_andDoesNotAffectOthers() throws Exception {
    try (MeterFilesProbe probe = probe()) {
      probe.open();
      write("good.meter", "kind=pdu", "watts=7");
      write("negative.meter", "kind=pdu", "watts=-7");
      write("word.meter", "kind=pdu", "watts=much");
      write("huge.meter", "kind=pdu", "watts=1e300");
      write("none.meter", "kind=pdu");
      write("both.meter", "kind=pdu", "joules=1", "kilowatt_hours=1");
      write("ignored.txt", "kind=pdu", "watts=7");
      write(".hidden.meter", "kind=pdu", "watts=7");
      Files.createSymbolicLink(folder.resolve("link.meter"), folder.resolve("good.meter"));
      Files.createDirectory(folder.resolve("folder.meter"));
      Files.writeString(folder.resolve("half.meter"), "kind=pdu\nwatts=1");
      Files.writeString(folder.resolve("long.meter"), "#".repeat(5_000) + "\n");
      assertThat(probe.read(NOW))
          .extracting(series -> series.device().id())
          .containsExactly("good");
      assertThat(probe.notTaken())
          .containsExactly(
              "both.meter: it has both joules and kilowatt_hours",
              "folder.meter: %s is a folder, not a file".formatted(folder.resolve("folder.meter")),
              "huge.meter: watts is '1e300'",
              "link.meter: %s is a link, not a file".formatted(folder.resolve("link.meter")),
              "long.meter: %s is longer than 4,096 bytes".formatted(folder.resolve("long.meter")),
              "negative.meter: watts is '-7'",
              "none.meter: it has neither watts, joules nor kilowatt_hours",
              "word.meter: watts is 'much', not a number");
      // mended
      write("word.meter", "kind=pdu", "watts=8");
      Files.writeString(folder.resolve("half.meter"), "kind=pdu\nwatts=10\n");
      assertThat(probe.read(NOW + 1_000))
          .extracting(series -> series.device().id())
          .containsExactly("half", "word");
      assertThat(probe.notTaken()).hasSize(7).noneMatch(why -> why.startsWith("word"));
    }
  }

  @Test
  void moreMetersThanASiteHas_areRefused() throws Exception {
    for (int i = 0; i <= 256; i++) {
      Files.writeString(folder.resolve(i + ".meter"), "kind=pdu\nwatts=1\n");
    }
    try (MeterFilesProbe probe = probe()) {
      probe.open();
      assertThatThrownBy(() -> probe.read(NOW))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than 256 meters");
    }
  }
}
