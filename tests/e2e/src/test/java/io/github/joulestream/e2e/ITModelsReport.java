// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.e2e.Jobs.Job;
import io.github.joulestream.energy.grid.CarbonBasis.Scope;
import io.github.joulestream.reports.data.ReportRequest;
import io.github.joulestream.reports.data.StoreReportSource;
import io.github.joulestream.reports.kinds.ModelsReport;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.period.Period;
import io.github.joulestream.reports.render.HtmlRenderer;
import io.github.joulestream.store.history.ReadLimits;
import io.github.joulestream.store.history.StoredHistory;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbHistory;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real measurements through the whole pipeline into the store, and out of it as a report. */
class ITModelsReport {
  private static final Period YEAR =
      new Period(
          "2024",
          Instant.parse("2024-01-01T00:00:00Z"),
          Instant.parse("2025-01-01T00:00:00Z"),
          ZoneOffset.UTC);

  @TempDir Path folder;

  private Report report(Path traces, String... more) throws Exception {
    Path data = folder.resolve("data");
    List<String> args = new ArrayList<>();
    args.addAll(List.of("up", "--replay", traces.toString(), "--until-done"));
    args.addAll(List.of("--data", data.toString(), "--kafka-port", "0", "--store-port", "0"));
    args.addAll(List.of(more));
    try (Program up = Program.start(args.toArray(String[]::new))) {
      assertThat(up.await()).as(up.output()).isZero();
    }
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(data.resolve("questdb"), FreePort.find());
        StoredHistory history =
            new StoredHistory(new QuestDbHistory(store.url(), ReadLimits.OF_REPORTS))) {
      ReportRequest request =
          new ReportRequest(
              history.sites(),
              YEAR,
              new TreeSet<>(),
              new TreeSet<>(),
              new TreeMap<>(),
              List.of(),
              Instant.parse("2026-01-01T00:00:00Z"),
              Scope.LIFECYCLE,
              Map.of());
      Report report = new ModelsReport().make(new StoreReportSource(history, request, _ -> {}));
      // to be looked at
      Path file = Path.of("target", "reports", traces.getFileName() + ".html");
      Files.createDirectories(requireNonNull(file.getParent()));
      try (OutputStream out = Files.newOutputStream(file)) {
        new HtmlRenderer().render(report, out);
      }
      return report;
    }
  }

  private static @Nullable Table table(Report report, String name) {
    return report.sections().stream()
        .map(Section::table)
        .filter(table -> table != null && table.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Map<String, Double> column(Report report, String name, String key, String value) {
    Table table = requireNonNull(table(report, name), name);
    Map<String, Double> values = new HashMap<>();
    for (List<@Nullable Object> row : table.rows()) {
      values.put(
          (String) requireNonNull(row.get(table.indexOf(key))),
          ((BigDecimal) requireNonNull(row.get(table.indexOf(value)))).doubleValue());
    }
    return values;
  }

  @Test
  void mlperfInference_aMixtureOfExpertsDoesTwiceTheWorkOfADenseModel() throws Exception {
    Path traces = RealTraces.folder("mlperf-inference-h200");
    Report report = report(traces);
    Map<String, Double> tokens = column(report, "work_tokens", "model", "work_per_joule");
    assertThat(tokens).hasSize(2);
    assertThat(requireNonNull(tokens.get("mixtral-8x7b"))).isCloseTo(7.96, within(0.01));
    assertThat(requireNonNull(tokens.get("llama2-70b"))).isCloseTo(4.11, within(0.01));
    Table pairs = requireNonNull(table(report, "pairs_tokens"));
    assertThat(pairs.rows()).hasSize(1);
    List<@Nullable Object> pair = pairs.rows().getFirst();
    assertThat((String) pair.get(pairs.indexOf("first"))).startsWith("mixtral-8x7b (moe, infer)");
    assertThat(((BigDecimal) requireNonNull(pair.get(pairs.indexOf("ratio")))).doubleValue())
        .isCloseTo(1.94, within(0.005));
    // one run of each
    assertThat((String) pair.get(pairs.indexOf("verdict")))
        .contains("one run", "precision not known");
    assertThat(pair.get(pairs.indexOf("chance"))).isNull();

    Map<String, Double> energies = new HashMap<>();
    Map<String, Double> work = new HashMap<>();
    for (String unit : List.of("tokens", "samples", "queries")) {
      energies.putAll(column(report, "jobs_" + unit, "job", "energy"));
      work.putAll(column(report, "jobs_" + unit, "job", "work"));
    }
    assertThat(energies).hasSize(5);
    for (Job published : Jobs.read(traces.resolve("published_power.csv"))) {
      String id = "mlperf-inference-h200/" + published.text("Location");
      double seconds = requireNonNull(work.get(id), id) / published.number("Performance_Result");
      double watts = requireNonNull(energies.get(id), id) / 1000 / seconds;
      assertThat(watts / published.number("Power_Result")).as(id).isCloseTo(1, within(0.001));
    }
    assertThat(report.meta().differenceMillijoules()).isZero();
    assertThat(report.headline()).contains("1.94 times", "With one run on a side");
  }

  @Test
  void mlperfTraining_hasTheEnergyOfTheReference_inEachOfItsJobs() throws Exception {
    Path traces = RealTraces.folder("mlperf-training-smc");
    Report report = report(traces, "--mlperf-edges", "held");
    Map<String, Double> energies = column(report, "jobs_without_work", "job", "energy");
    energies.putAll(column(report, "jobs_samples", "job", "energy"));
    assertThat(energies).hasSize(14);
    for (Job reference : Jobs.read(traces.resolve("reference_energy.csv"))) {
      String id =
          String.join(
              "/",
              "mlperf-training-smc",
              reference.text("system"),
              reference.text("benchmark"),
              reference.text("run"));
      assertThat(requireNonNull(energies.get(id), id) / 1000 / reference.number("energy_j"))
          .as(id)
          .isCloseTo(1, within(1e-6));
    }
    Map<String, Double> ofModels = column(report, "without_work", "model", "energy");
    assertThat(ofModels).containsOnlyKeys("bert", "resnet", "unet3d");
    double llama =
        requireNonNull(column(report, "work_samples", "model", "energy").get("llama2-70b"));
    // three runs on 512 GPUs, 114.4 MJ together
    assertThat(llama / 3.6e9)
        .isCloseTo((38418258.968 + 38053794.998 + 37929617.778) / 3.6e6, within(1e-4));
    assertThat(
            requireNonNull(table(report, "running_samples")).rows().stream()
                .map(List::getLast)
                .filter(Objects::nonNull))
        .as("whether GPUs idled is not known of a node's meter")
        .isEmpty();
    assertThat(report.meta().differenceMillijoules()).isZero();
  }
}
