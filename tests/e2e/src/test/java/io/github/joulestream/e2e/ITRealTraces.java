// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.e2e.Jobs.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real measurements through the whole pipeline, against figures that others worked out. */
class ITRealTraces {
  @TempDir Path folder;

  private String run(Path traces, Path summary, String... more) throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of(
                "up",
                "--replay",
                traces.toString(),
                "--until-done",
                "--summary",
                summary.toString()));
    args.addAll(List.of(more));
    try (Program up = Program.start(args.toArray(String[]::new))) {
      assertThat(up.await()).as(up.output()).isZero();
      assertThat(up.output())
          .contains("difference 0 mJ")
          .contains("everything is in the store")
          .doesNotContain("Exception");
      return up.output();
    }
  }

  @Test
  void mlperfTraining_agreesWithTheReference_andMeasuredEdgesDoBetween() throws Exception {
    Path traces = RealTraces.folder("mlperf-training-smc");
    Path summary = folder.resolve("jobs.csv");
    run(traces, summary, "--mlperf-edges", "held");
    List<Job> jobs = Jobs.read(summary);
    assertThat(jobs).hasSize(14);
    for (Job reference : Jobs.read(traces.resolve("reference_energy.csv"))) {
      String id =
          String.join(
              "/", reference.text("system"), reference.text("benchmark"), reference.text("run"));
      Job job = Jobs.of(jobs, id);
      double energy = job.number("energy_j");
      assertThat(energy / reference.number("energy_j")).as(id).isCloseTo(1, within(0.0005));
      assertThat(job.number("node_j")).isEqualTo(energy);
      assertThat(job.number("duration_s")).isEqualTo(reference.number("duration_s"));
      assertThat(job.number("coverage")).isEqualTo(1);
      assertThat(job.number("measured_j") + job.number("estimated_j") + job.number("modelled_j"))
          .isCloseTo(energy, within(1e-6));
      assertThat(job.text("start")).endsWith("Z");
    }

    // without the two readings that the benchmark's convention adds, within half a per cent
    Path measured = folder.resolve("measured.csv");
    run(traces, measured, "--mlperf-edges", "measured");
    for (Job job : Jobs.read(measured)) {
      Job other = Jobs.of(jobs, job.text("job"));
      assertThat(job.number("energy_j") / other.number("energy_j")).isCloseTo(1, within(0.005));
    }
  }

  @Test
  void mlperfInference_agreesWithWhatWasPublished() throws Exception {
    Path traces = RealTraces.folder("mlperf-inference-h200");
    Path summary = folder.resolve("jobs.csv");
    run(traces, summary);
    List<Job> jobs = Jobs.read(summary);
    assertThat(jobs).hasSize(5);
    for (Job published : Jobs.read(traces.resolve("published_power.csv"))) {
      String id = published.text("Location");
      Job job = Jobs.of(jobs, id);
      double watts = job.number("energy_j") / job.number("duration_s");
      assertThat(watts / published.number("Power_Result")).as(id).isCloseTo(1, within(0.001));
    }
    assertThat(workPerJoule(jobs, "mixtral-8x7b/Offline") / 7.96).isCloseTo(1, within(0.005));
    assertThat(workPerJoule(jobs, "llama2-70b-99/Offline") / 4.11).isCloseTo(1, within(0.005));
  }

  private static double workPerJoule(List<Job> jobs, String id) {
    Job job = Jobs.of(jobs, id);
    assertThat(job.text("work_unit")).isEqualTo("tokens");
    return job.number("work_per_joule");
  }

  @Test
  void nvidiaSmi_saysWhatItRefused_andAsksForTheOffset() throws Exception {
    Path traces = RealTraces.folder("gpu-power-benchmark");
    Path summary = folder.resolve("jobs.csv");
    String output = run(traces, summary, "--utc-offset", "+01:00");
    assertThat(output).contains("1,999").contains("[Unknown Error]").contains("data.csv");
    assertThat(Jobs.read(summary))
        .hasSize(2)
        .allSatisfy(job -> {
          assertThat(job.number("gpu_j")).isPositive().isEqualTo(job.number("energy_j"));
          assertThat(job.number("peak_w")).isGreaterThanOrEqualTo(job.number("mean_w"));
        });

    try (Program up = Program.start("up", "--replay", traces.toString(), "--until-done")) {
      assertThat(up.await()).isNotZero();
      assertThat(up.output().lines()).hasSize(1);
      assertThat(up.output()).contains("--utc-offset");
    }
    assertThat(Files.exists(summary)).isTrue();
  }
}
