// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {
  private static final ReplayOptions UTC_1 =
      new ReplayOptions("lab", ZoneOffset.ofHours(1), MlperfEdges.MEASURED, Map.of());

  @TempDir Path folder;

  @Test
  void real_logsBecomeTwoJobsAndAnIdleGpu() {
    TraceSet traces = Traces.find(TraceFolder.of("gpu-power-benchmark"), UTC_1);
    assertThat(traces.jobs())
        .extracting(JobRecord::job)
        .containsExactly("3090_5050", "A100_transient");
    assertThat(traces.readings()).isEqualTo(1690 + 1245 + 1999);
    assertThat(traces.notices())
        .containsExactlyInAnyOrder(
            unnamed("3090_5050/gpudata.csv"),
            unnamed("A100_transient/gpudata.csv"),
            unnamed("dirty_nvidia_smi/data.csv"),
            "dirty_nvidia_smi/data.csv: no job, there is no timestamps.csv with load marks beside it;"
                + " energy is idle",
            "dirty_nvidia_smi/data.csv: 1,999 refused: clocks.current.sm '[Unknown Error]', not"
                + " needed (line 2, 3, 4 and 1,996 more)");
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.power("dirty_nvidia_smi", "gpu0")).containsValue(46_190L);
    // the marks are absolute times: only with the right offset does the load fall between them
    JobRecord job = traces.jobs().getFirst();
    double watts =
        recorded.joules(
                "3090_5050", "gpu0", job.span().startEpochMillis(), job.span().endEpochMillis())
            / ((job.span().endEpochMillis() - job.span().startEpochMillis()) / 1e3);
    assertThat(watts).isBetween(130.0, 350.0);
    assertThat(recorded.devicesOf("3090_5050"))
        .as("of three power columns, one is used: that without an average")
        .containsExactly(Device.sensor("gpu0", DeviceKind.GPU));
  }

  private static String unnamed(String file) {
    return file
        + ": names no GPU model, so it is neither shifted nor calibrated; give it with --model NAME";
  }

  @Test
  void real_withoutOffsetSaysWhatIsMissing() {
    Path real = TraceFolder.of("gpu-power-benchmark");
    assertThatThrownBy(() -> Traces.find(real, ReplayOptions.DEFAULT))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("local times without an offset")
        .hasMessageContaining("--utc-offset +01:00");
  }

  @Test
  void wrongOffset_isNoticedByTheLoadMarks() throws IOException {
    write("gpudata.csv", "timestamp, power.draw.instant [W]", "2023/07/14 10:10:26.905, 56.38");
    write("timestamps.csv", "timestamp", "1689325826000000", "1689325828000000");
    assertThat(Traces.find(folder, UTC_1).notices()).containsExactly(unnamed("gpudata.csv"));
    assertThat(
            Traces.find(
                    folder,
                    new ReplayOptions("lab", ZoneOffset.UTC, MlperfEdges.MEASURED, Map.of()))
                .notices())
        .anyMatch(notice -> notice.contains("is --utc-offset right?"));
  }

  private void write(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
  }

  @Test
  void marks_areMicrosecondsAndHoldTheGpus() throws IOException {
    write("a/gpudata.csv", "timestamp, power.draw.instant [W]", "2023/07/14 10:10:26.905, 56.38");
    write("a/timestamps.csv", "timestamp", "1689325828417687", "oops", "1689325826000999");
    TraceSet traces = Traces.find(folder, UTC_1);
    JobRecord job = traces.jobs().getFirst();
    assertThat(job.span().startEpochMillis()).isEqualTo(1_689_325_826_000L);
    assertThat(job.span().endEpochMillis()).isEqualTo(1_689_325_828_417L);
    assertThat(traces.notices())
        .containsExactly(
            unnamed("a/gpudata.csv"), "a/timestamps.csv: 1 refused: 'oops' is not a time (line 3)");
    AllocationEvent hold = Recorded.of(traces).allocations.getFirst();
    assertThat(hold.node()).isEqualTo("a");
    assertThat(hold.devices()).containsExactly(DeviceShare.whole("gpu0"));
    assertThat(hold.gpusOnNode()).isEqualTo(1);
  }

  @Test
  void time_isMovedByTheOffset() throws IOException {
    write("gpudata.csv", "timestamp, power.draw.instant [W]", "2023/07/14 10:10:26.905, 56.38 W");
    assertThat(Recorded.of(Traces.find(folder, UTC_1)).power("lab", "gpu0"))
        .containsExactly(
            Map.entry(Instant.parse("2023-07-14T09:10:26.905Z").toEpochMilli(), 56_380L));
  }

  @Test
  void badFields_areMissingAndBadLinesAreRefused() throws IOException {
    write(
        "data.csv",
        "timestamp, utilization.gpu [%], memory.used [MiB], memory.total [MiB], power.draw.instant [W]",
        "2023/07/14 10:10:26.000, 50 %, 1024 MiB, 2048 MiB, 100.5 W",
        "2023/07/14 10:10:27.000, [N/A], 1024 MiB, 2048 MiB, [Unknown Error]",
        "",
        "yesterday, 1 %, 1 MiB, 1 MiB, 1 W",
        "2023/07/14 10:10:28.000, 1 %",
        "2023/07/14 10:10:29.000, 100 %, , 2048 MiB, NaN W");
    TraceSet traces = Traces.find(folder, UTC_1);
    assertThat(traces.notices())
        .containsExactlyInAnyOrder(
            unnamed("data.csv"),
            "data.csv: no job, there is no timestamps.csv with load marks beside it; energy is idle",
            "data.csv: 1 refused: a line of 2 fields where the header has 5 (line 6)",
            "data.csv: 1 refused: a line without a time (line 5)",
            "data.csv: 1 refused: memory.used '' (line 7)",
            "data.csv: 1 refused: power.draw.instant 'NaN W' (line 7)",
            "data.csv: 1 refused: power.draw.instant '[Unknown Error]' (line 3)",
            "data.csv: 1 refused: utilization.gpu '[N/A]' (line 3)");
    Readings readings = Recorded.of(traces).batches.getFirst().devices().getFirst().readings();
    long missing = Readings.MISSING;
    assertThat(readings.powerMilliwatts()).containsExactly(100_500, missing, missing);
    assertThat(readings.utilisationBasisPoints()).containsExactly(5_000, missing, 10_000);
    assertThat(readings.usedBytes()).containsExactly(1L << 30, 1L << 30, missing);
    assertThat(Recorded.of(traces).devicesOf("lab"))
        .extracting(Device::capacityBytes)
        .containsExactly(2L << 30);
  }

  @Test
  void gpus_areToldApartByIndexOrElseByUuid() throws IOException {
    write(
        "byindex/log.csv",
        "timestamp, index, uuid, power.draw.instant [W]",
        "2023/07/14 10:10:26.000, 3, GPU-a, 100 W",
        "2023/07/14 10:10:26.000, 7, GPU-b, 200 W",
        "2023/07/14 10:10:27.000, [N/A], GPU-b, 200 W");
    write(
        "byuuid/log.csv",
        "timestamp, uuid, power.draw.instant [W]",
        "2023/07/14 10:10:26.000, GPU-a, 100 W",
        "2023/07/14 10:10:26.000, GPU-b, 200 W");
    TraceSet traces = Traces.find(folder, UTC_1);
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.power("byindex", "gpu3").values()).containsExactly(100_000L);
    assertThat(recorded.power("byindex", "gpu7").values()).containsExactly(200_000L);
    assertThat(recorded.power("byuuid", "gpu0").values()).containsExactly(100_000L);
    assertThat(recorded.power("byuuid", "gpu1").values()).containsExactly(200_000L);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("index is '[N/A]' (line 4)"));
  }

  @Test
  void severalLogsInOneFolder_areOfSeveralNodes() throws IOException {
    for (String name : List.of("n1.csv", "n2.csv")) {
      write(name, "timestamp, power.draw.instant [W]", "2023/07/14 10:10:26.000, 100 W");
    }
    assertThat(Recorded.of(Traces.find(folder, UTC_1)).batches)
        .extracting(batch -> batch.node())
        .containsExactlyInAnyOrder("lab.n1", "lab.n2");
  }

  @Test
  void readings_arePlacedWhereTheSensorOfTheModelAverages() throws IOException {
    assertThat(shift("power.draw.average [W]", "NVIDIA GeForce RTX 3090")).isEqualTo(610);
    assertThat(shift("power.draw [W]", "NVIDIA RTX A5000")).isEqualTo(610);
    assertThat(shift("power.draw.instant [W]", "NVIDIA GeForce RTX 3090")).isEqualTo(105);
    assertThat(shift("power.draw [W]", "NVIDIA GeForce RTX 4090")).isEqualTo(105);
    assertThat(shift("power.draw [W]", "NVIDIA A100-SXM4-80GB")).isEqualTo(65);
    assertThat(shift("power.draw.instant [W]", "NVIDIA A100-PCIE-40GB")).isEqualTo(65);
    assertThat(shift("power.draw [W]", "Tesla K40m")).isEqualTo(50);
  }

  @Test
  void readingsOfUnknownSensors_areNotShifted_andThatIsSaid() throws IOException {
    for (String model :
        List.of("NVIDIA H100 80GB HBM3", "NVIDIA GeForce RTX 3090 Ti", "NVIDIA A1000")) {
      assertThat(shift("power.draw.average [W]", model)).as(model).isZero();
      assertThat(Traces.find(folder, UTC_1).notices())
          .anyMatch(
              notice -> notice.contains("power.draw.average of " + model + " averages is not"));
    }
  }

  /** What the fields mean changed with the driver that brought average and instant. */
  @Test
  void anOlderDriver_isNotKnown() throws IOException {
    write(
        "log.csv",
        "timestamp, name, driver_version, power.draw [W]",
        "2023/07/14 10:10:26.000, NVIDIA GeForce RTX 3090, 525.60.13, 100 W");
    assertThat(recordedTime("lab")).isEqualTo(Instant.parse("2023-07-14T09:10:26Z").toEpochMilli());
    write(
        "log.csv",
        "timestamp, name, driver_version, power.draw [W]",
        "2023/07/14 10:10:26.000, NVIDIA GeForce RTX 3090, 535.54.03, 100 W");
    assertThat(recordedTime("lab"))
        .isEqualTo(Instant.parse("2023-07-14T09:10:26Z").toEpochMilli() - 610);
  }

  private long shift(String column, String name) throws IOException {
    write("log.csv", "timestamp, name, " + column, "2023/07/14 10:10:26.000, " + name + ", 100 W");
    Recorded recorded = Recorded.of(Traces.find(folder, UTC_1));
    Device device = recorded.devicesOf("lab").iterator().next();
    assertThat(device.model()).isEqualTo(name);
    assertThat(device.averagingMillis()).as("the times are moved here, and once").isZero();
    return Instant.parse("2023-07-14T09:10:26Z").toEpochMilli() - recordedTime("lab");
  }

  private long recordedTime(String node) {
    return Recorded.of(Traces.find(folder, UTC_1)).power(node, "gpu0").firstKey();
  }

  @Test
  void model_isGivenForLogsThatNameNone_byFolderOrForAll() throws IOException {
    String row = "2023/07/14 10:10:26.000, 100 W";
    write("a/x.csv", "timestamp, power.draw [W]", row);
    write("b/x.csv", "timestamp, power.draw [W]", row);
    write("c/x.csv", "timestamp, name, power.draw [W]", "2023/07/14 10:10:26.000, Tesla K40m, 1 W");
    Recorded recorded =
        Recorded.of(
            Traces.find(
                folder,
                new ReplayOptions(
                    "lab",
                    ZoneOffset.ofHours(1),
                    MlperfEdges.MEASURED,
                    Map.of("", "NVIDIA A100", "b", "NVIDIA GeForce RTX 3090"))));
    assertThat(recorded.devicesOf("a")).extracting(Device::model).containsExactly("NVIDIA A100");
    assertThat(recorded.devicesOf("b"))
        .extracting(Device::model)
        .containsExactly("NVIDIA GeForce RTX 3090");
    assertThat(recorded.devicesOf("c")).extracting(Device::model).containsExactly("Tesla K40m");
  }

  // ---- rows that were cut off

  private void writeText(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void lastRowCutOffWithinItsPower_isNoReading() throws IOException {
    for (String rest : List.of("51", "512.", "512.30", "512.30 ", "")) {
      writeText(
          "log.csv",
          "timestamp, power.draw [W]\n2023/07/14 10:10:26.000, 512.30 W\n"
              + "2023/07/14 10:10:27.000, "
              + rest);
      TraceSet traces = Traces.find(folder, UTC_1);
      assertThat(Recorded.of(traces).power("lab", "gpu0").values())
          .as("'%s'", rest)
          .containsExactly(512_300L);
      assertThat(traces.notices())
          .anyMatch(notice -> notice.contains("a last line that is cut off within its power.draw"));
    }
  }

  @Test
  void lastRowWithItsUnit_isWholeWithoutAnEndOfTheLine() throws IOException {
    writeText(
        "log.csv",
        "timestamp, power.draw [W]\n2023/07/14 10:10:26.000, 1 W\n2023/07/14 10:10:27.000, 2 W");
    assertThat(Recorded.of(Traces.find(folder, UTC_1)).power("lab", "gpu0").values())
        .containsExactly(1_000L, 2_000L);
  }

  /** Where no value has a unit, nobody can tell 51 from the beginning of 512. */
  @Test
  void lastRowWithoutUnits_countsOnlyWithItsEnd() throws IOException {
    String rows =
        "timestamp, power.draw [W]\n2023/07/14 10:10:26.000, 1\n2023/07/14 10:10:27.000, 51";
    writeText("log.csv", rows);
    assertThat(Recorded.of(Traces.find(folder, UTC_1)).power("lab", "gpu0")).hasSize(1);
    writeText("log.csv", rows + "\n");
    assertThat(Recorded.of(Traces.find(folder, UTC_1)).power("lab", "gpu0")).hasSize(2);
  }

  @Test
  void rowsGluedTogether_andAnotherUnitThanTheOthers_areRefusedAndSaid() throws IOException {
    write(
        "log.csv",
        "timestamp, power.draw [W]",
        "2023/07/14 10:10:26.000, 512.3 W",
        "2023/07/14 10:10:27.000, 512023/07/14 10:10:28.000, 512.3 W",
        "2023/07/14 10:10:29.000, 51",
        "2023/07/14 10:10:30.000, 512300 mW",
        "2023/07/14 10:10:31.000, 512.3 W");
    TraceSet traces = Traces.find(folder, UTC_1);
    assertThat(Recorded.of(traces).power("lab", "gpu0").values())
        .containsExactly(512_300L, 512_300L);
    assertThat(traces.notices())
        .anyMatch(notice -> notice.contains("a line of 3 fields where the header has 2 (line 3)"))
        .anyMatch(notice -> notice.contains("power.draw '51' where other lines have 'W' (line 4)"))
        .anyMatch(notice -> notice.contains("'512300 mW' where other lines have 'W' (line 5)"));
  }

  @Test
  void lastMarkCutOff_isNoMark() throws IOException {
    write("gpudata.csv", "timestamp, power.draw [W]", "2023/07/14 10:10:26.905, 56.38 W");
    writeText("timestamps.csv", "timestamp\n1689325826000000\n1689325828000000\n16893258");
    TraceSet traces = Traces.find(folder, UTC_1);
    assertThat(traces.jobs().getFirst().span().startEpochMillis()).isEqualTo(1_689_325_826_000L);
    assertThat(traces.notices()).anyMatch(notice -> notice.contains("cut off within '16893258'"));
  }

  @Test
  void power_isOfTheFirstColumnThatHasItInARow() throws IOException {
    write(
        "log.csv",
        "timestamp, power.draw [W], power.draw.average [W], power.draw.instant [W]",
        "2023/07/14 10:10:26.000, 1 W, 2 W, 3 W",
        "2023/07/14 10:10:27.000, 1 W, 2 W, [N/A]",
        "2023/07/14 10:10:28.000, 1 W, [N/A], [N/A]",
        "2023/07/14 10:10:29.000, [N/A], [N/A], [N/A]");
    TraceSet traces = Traces.find(folder, UTC_1);
    assertThat(Recorded.of(traces).power("lab", "gpu0").values())
        .containsExactly(3_000L, 2_000L, 1_000L);
    assertThat(traces.notices())
        .anyMatch(notice -> notice.contains("2 rows without power.draw.instant"))
        .anyMatch(notice -> notice.contains("power.draw '[N/A]' (line 5)"));
  }

  @Test
  void otherColumnsOfPower_makeNoLog() throws IOException {
    write("log.csv", "timestamp, module.power.draw.average [W]", "2023/07/14 10:10:26.000, 100 W");
    assertThatThrownBy(() -> Traces.find(folder, UTC_1)).isInstanceOf(UserError.class);
  }
}
