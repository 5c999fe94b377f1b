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
      new ReplayOptions("lab", ZoneOffset.ofHours(1), MlperfEdges.MEASURED);

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
            "dirty_nvidia_smi/data.csv: no job, there is no timestamps.csv with load marks beside it;"
                + " energy is idle",
            "dirty_nvidia_smi/data.csv: 1,999 refused: clocks.current.sm '[Unknown Error]', not"
                + " needed (line 2, 3, 4 and 1,996 more)");
    Recorded recorded = Recorded.of(traces);
    assertThat(recorded.power("dirty_nvidia_smi", "gpu0")).containsValue(46_190L);
    // the marks are absolute times: only with the right offset does the load fall between them
    JobRecord job = traces.jobs().getFirst();
    double watts =
        recorded.joules("3090_5050", "gpu0", job.startEpochMillis(), job.endEpochMillis())
            / ((job.endEpochMillis() - job.startEpochMillis()) / 1e3);
    assertThat(watts).isBetween(130.0, 350.0);
    assertThat(recorded.devicesOf("3090_5050"))
        .as("of three power columns, one is used: that without an average")
        .containsExactly(Device.sensor("gpu0", DeviceKind.GPU));
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
    assertThat(Traces.find(folder, UTC_1).notices()).isEmpty();
    assertThat(
            Traces.find(folder, new ReplayOptions("lab", ZoneOffset.UTC, MlperfEdges.MEASURED))
                .notices())
        .singleElement()
        .asString()
        .contains("is --utc-offset right?");
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
    assertThat(job.startEpochMillis()).isEqualTo(1_689_325_826_000L);
    assertThat(job.endEpochMillis()).isEqualTo(1_689_325_828_417L);
    assertThat(traces.notices())
        .containsExactly("a/timestamps.csv: 1 refused: 'oops' is not a time (line 3)");
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
    assertThat(readings.utilisationParts()).containsExactly(5_000, missing, 10_000);
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
  void power_isAnAverageUnlessTheColumnOrTheGpuSaysOtherwise() throws IOException {
    assertThat(averaging("power.draw.instant [W]", "NVIDIA H100")).isZero();
    assertThat(averaging("power.draw.average [W]", "NVIDIA A100-SXM4-80GB")).isEqualTo(1_000);
    assertThat(averaging("power.draw [W]", "NVIDIA H100 80GB HBM3")).isEqualTo(1_000);
    assertThat(averaging("power.draw [W]", "NVIDIA GeForce RTX 3090")).isEqualTo(1_000);
    assertThat(averaging("power.draw [W]", "NVIDIA RTX A6000")).isEqualTo(1_000);
    assertThat(averaging("power.draw [W]", "NVIDIA A100-SXM4-80GB")).isZero();
    assertThat(averaging("power.draw [W]", "Tesla V100-SXM2-16GB")).isZero();
    assertThat(averaging("power.draw [W]", "NVIDIA GeForce RTX 2080 Ti")).isZero();
  }

  private int averaging(String column, String name) throws IOException {
    write("log.csv", "timestamp, name, " + column, "2023/07/14 10:10:26.000, " + name + ", 100 W");
    Device device = Recorded.of(Traces.find(folder, UTC_1)).devicesOf("lab").iterator().next();
    assertThat(device.model()).isEqualTo(name);
    return device.averagingMillis();
  }

  @Test
  void otherColumnsOfPower_makeNoLog() throws IOException {
    write("log.csv", "timestamp, module.power.draw.average [W]", "2023/07/14 10:10:26.000, 100 W");
    assertThatThrownBy(() -> Traces.find(folder, UTC_1)).isInstanceOf(UserError.class);
  }
}
