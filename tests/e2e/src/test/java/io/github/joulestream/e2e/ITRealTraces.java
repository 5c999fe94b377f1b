// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.e2e.Jobs.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  void mlperfTraining_agreesWithTheReference_inEachWayThatEdgesAreTaken() throws Exception {
    Path traces = RealTraces.folder("mlperf-training-smc");
    Path held = folder.resolve("held.csv");
    assertThat(run(traces, held, "--mlperf-edges", "held"))
        .contains("--mlperf-edges held", "interconnect");
    List<Job> jobs = Jobs.read(held);
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
      assertThat(job.text("edges")).isEqualTo("held");
      assertThat(job.text("mlcommons_j")).isEmpty();
      assertThat(job.text("complete")).isEqualTo("yes");
    }

    // what was measured, and beside it the formula; both worked out here once more
    Path formula = folder.resolve("mlcommons.csv");
    run(traces, formula, "--mlperf-edges", "mlcommons");
    for (Job job : Jobs.read(formula)) {
      TrainingRun run = TrainingRun.of(traces, job.text("job"));
      assertThat(job.number("energy_j") / run.measuredJoules())
          .as(job.text("job"))
          .isCloseTo(1, within(1e-6));
      assertThat(job.number("mlcommons_j") / run.formulaJoules()).isCloseTo(1, within(1e-6));
      assertThat(job.text("conversion_eff")).isEqualTo("1");
    }
  }

  /** Two runs on different machines at one time, under the name of one system. */
  @Test
  void overlappingRunsOfOneSystem_areEachRight() throws Exception {
    Path traces = RealTraces.folder("mlperf-training-smc");
    String one = "9xSMC-H100-SXM-80GB/unet3d/result_5016-240510051637692552791_01";
    String other = "9xSMC-H100-SXM-80GB/unet3d/result_5016-240510051637692552791_02";
    long apart =
        TrainingRun.of(traces, other).startEpochMillis()
            - TrainingRun.of(traces, one).startEpochMillis();
    Path overlapping = folder.resolve("overlapping");
    TrainingRun.copy(traces, one, overlapping, 0);
    TrainingRun.copy(traces, other, overlapping, 30_000 - apart);
    Path summary = folder.resolve("overlapping.csv");
    assertThat(run(overlapping, summary, "--mlperf-edges", "held"))
        .contains("2 runs have different readings at the same time");
    List<Job> jobs = Jobs.read(summary);
    for (Job reference : Jobs.read(traces.resolve("reference_energy.csv"))) {
      String id =
          String.join(
              "/", reference.text("system"), reference.text("benchmark"), reference.text("run"));
      if (id.equals(one) || id.equals(other)) {
        double error = Jobs.of(jobs, id).number("energy_j") / reference.number("energy_j") - 1;
        System.out.printf("%s beside another: %+.7f %%%n", id, error * 100);
        assertThat(error).as(id).isCloseTo(0, within(0.0005));
      }
    }
    assertThat(jobs).hasSize(2);
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
  void nvidiaSmi_agreesWithTheMeter_withinWhatItStates() throws Exception {
    Path traces = RealTraces.folder("gpu-power-benchmark");
    Path said = folder.resolve("said.csv");
    String output = run(traces, said, "--utc-offset", "+01:00");
    assertThat(output)
        .contains("1,999", "[Unknown Error]", "data.csv")
        .contains("names no GPU model, so it is neither shifted nor calibrated");

    String[] models = {
      "--utc-offset",
      "+01:00",
      "--model",
      "3090_5050=NVIDIA GeForce RTX 3090",
      "--model",
      "A100_transient=NVIDIA A100-PCIE-40GB"
    };
    Path shifted = folder.resolve("shifted.csv");
    assertThat(run(traces, shifted, models))
        .contains("mean of 100 ms, placed 105 ms earlier", "sees 25 % of the time");

    ShuntMeter ofRtx = ShuntMeter.of(traces.resolve("3090_5050"));
    ShuntMeter ofA100 = ShuntMeter.of(traces.resolve("A100_transient"));
    Path calibration = folder.resolve("calibration.csv");
    Files.writeString(
        calibration,
        String.format(
            Locale.ROOT,
            "model,gain,offset_w%nNVIDIA GeForce RTX 3090,%.6f,0%nNVIDIA A100-PCIE-40GB,%.6f,0%n",
            ofRtx.gain("power.draw.instant", 105, 100),
            ofA100.gain("power.draw.instant", 65, 50)));
    Path calibrated = folder.resolve("calibrated.csv");
    List<String> withCalibration = new ArrayList<>(List.of(models));
    withCalibration.addAll(List.of("--calibration", calibration.toString()));
    run(traces, calibrated, withCalibration.toArray(String[]::new));

    System.out.println("| set | way | against the meter, % | states, % |");
    System.out.println("|---|---|---|---|");
    for (Map.Entry<String, ShuntMeter> set :
        Map.of("3090_5050", ofRtx, "A100_transient", ofA100).entrySet()) {
      double before = Double.MAX_VALUE;
      for (Path way : List.of(said, shifted, calibrated)) {
        Job job = Jobs.of(Jobs.read(way), set.getKey());
        double truth = set.getValue().joules();
        double energy = job.number("gpu_j");
        double less = job.number("bound_less_pct");
        double more = job.number("bound_more_pct");
        System.out.printf(
            Locale.ROOT,
            "| %s | %s | %+.2f | -%.1f to +%.1f |%n",
            set.getKey(),
            way.getFileName(),
            (energy / truth - 1) * 100,
            less,
            more);
        assertThat(truth)
            .as("%s, %s", set.getKey(), way)
            .isBetween(energy * (1 - less / 100), energy * (1 + more / 100));
        if (set.getKey().equals("3090_5050")) {
          assertThat(Math.abs(energy / truth - 1)).isLessThan(before);
          before = Math.abs(energy / truth - 1);
        } else if (!way.equals(said)) {
          // the log alone does not say that it is an A100
          assertThat(more).as("what the A100 does not see is in its bound").isGreaterThan(20);
        }
        assertThat(energy).isPositive().isEqualTo(job.number("energy_j"));
        assertThat(job.number("peak_w")).isGreaterThanOrEqualTo(job.number("mean_w"));
      }
    }

    try (Program up = Program.start("up", "--replay", traces.toString(), "--until-done")) {
      assertThat(up.await()).isNotZero();
      assertThat(up.output().lines()).hasSize(1);
      assertThat(up.output()).contains("--utc-offset");
    }
  }

  /** What is stopped early says so, in what it prints, in what it writes, and by its status. */
  @Test
  void stoppedEarly_isPartial() throws Exception {
    Path traces = RealTraces.folder("mlperf-training-smc");
    Path summary = folder.resolve("jobs.csv");
    try (Program up =
        Program.start(
            "up", "--replay", traces.toString(), "--for", "1ms", "--summary", summary.toString())) {
      assertThat(up.await()).as(up.output()).isEqualTo(1);
      assertThat(up.output()).contains("PARTIAL").doesNotContain("difference");
    }
    assertThat(Jobs.read(summary)).allMatch(job -> job.text("complete").equals("no"));
  }
}
