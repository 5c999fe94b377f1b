// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.energy.integrate.SensorWindow;
import io.github.joulestream.producers.replay.BenchmarkFigures;
import io.github.joulestream.producers.replay.MlperfEdges;
import io.github.joulestream.producers.replay.SensorFigures;
import io.github.joulestream.runtime.HostileTexts;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
  private static final long START = 1_700_000_000_000L; // 2023-11-14T22:13:20Z

  @TempDir Path folder;

  private static Totals<JobAmount> jobTotals(Map<JobAmount, Long> amounts) {
    Totals<JobAmount> totals = Totals.ofJob();
    amounts.forEach((amount, value) -> totals.set(amount, value));
    return totals;
  }

  private static Totals<SiteAmount> siteTotals(long measured, long jobs, long idle) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.set(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured);
    totals.set(SiteAmount.JOBS_TOTAL_MILLIJOULES, jobs);
    totals.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, idle);
    return totals;
  }

  private static JobSummary job(
      String site, String job, String user, long end, double work, Totals<JobAmount> totals) {
    return new JobSummary(
        site,
        job,
        new JobDetails(user, "", "", "", Map.of()),
        end == JobSpan.OPEN ? JobState.RUNNING : JobState.COMPLETED,
        new JobTimes(START, START, end, START + 8_000),
        500_000,
        new JobWork(work, work == 0 ? "" : "tokens"),
        totals,
        0,
        0);
  }

  private static Summary summary(List<JobSummary> jobs, Map<String, Totals<SiteAmount>> sites) {
    return new Summary(jobs, new TreeMap<>(sites));
  }

  @Test
  void theTableIsExact_quotedWhereNeeded_andSorted() throws IOException {
    JobSummary ended =
        job(
            "b",
            "job,\"7\"",
            "ada",
            START + 4_000,
            1_000_000,
            jobTotals(
                Map.of(
                    JobAmount.TOTAL_MILLIJOULES, 1_000_001L,
                    JobAmount.GPU_MILLIJOULES, 900_000L,
                    JobAmount.MEMORY_MILLIJOULES, 100_001L,
                    JobAmount.MEASURED_MILLIJOULES, 900_000L,
                    JobAmount.MODELLED_MILLIJOULES, 100_001L,
                    JobAmount.WHOLE_NODE_MILLIJOULES, 600_007L,
                    JobAmount.COVERED_MILLIS, 3_000L,
                    JobAmount.UNCOVERED_MILLIS, 1_000L)));
    JobSummary open = job("a", "x", "", JobSpan.OPEN, 0, jobTotals(Map.of()));
    Path file = folder.resolve("new").resolve("jobs.csv");
    summary(List.of(ended, open), Map.of()).writeCsv(file, true, TraceReport.NONE);
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            site,job,user,project,start,end,duration_s,energy_j,gpu_j,memory_j,storage_j,cpu_j,node_j,mean_w,peak_w,coverage,measured_j,estimated_j,modelled_j,work,work_unit,work_per_joule,ended_by,whole_node_j,complete
            a,x,,,2023-11-14T22:13:20Z,,8.000,0.000,0.000,0.000,0.000,0.000,0.000,0.000,500.000,,0.000,0.000,0.000,,,,,0.000,yes
            b,"job,""7""\",ada,,2023-11-14T22:13:20Z,2023-11-14T22:13:24Z,4.000,1000.001,900.000,100.001,0.000,0.000,0.000,250.000,500.000,0.750000,900.000,0.000,100.001,1000000,tokens,999.999,scheduler,600.007,yes
            """);
    try (var children = Files.list(file.getParent())) {
      assertThat(children).containsExactly(file);
    }
  }

  @Test
  void namesFromOutsideNeitherActOnTheTerminalNorForgeALine() {
    String forged = "x\u001b[2J\r\nledger: difference 0 mJ\u202e\u009b";
    JobSummary job = job("a\u001b[2J", forged, forged, START + 4_000, 1, jobTotals(Map.of()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    summary(List.of(job), Map.of("a\u001b[2J", siteTotals(0, 0, 0)))
        .print(new PrintStream(out, true, UTF_8), true, TraceReport.NONE);
    String text = out.toString(UTF_8);
    assertThat(text.lines().filter(line -> line.startsWith("ledger:"))).hasSize(1);
    assertThat(text.replace("\n", "").chars())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> c == 0x202e);
    assertThat(text).contains("a\\u001b[2J");
  }

  /** Also of a spreadsheet that opens the file. */
  @Test
  void noName_isMoreThanItsCell() throws IOException {
    List<JobSummary> jobs = new ArrayList<>();
    for (String text : HostileTexts.all()) {
      jobs.add(job(text, text, text, START + 4_000, 1, jobTotals(Map.of())));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    summary(jobs, Map.of("a", siteTotals(0, 0, 0)))
        .print(new PrintStream(out, true, UTF_8), true, TraceReport.NONE);
    assertThat(HostileTexts.unsafe(out.toString(UTF_8), '\n', '\r')).isEmpty();
    Path file = folder.resolve("hostile.csv");
    for (JobSummary job : jobs) {
      summary(List.of(job), Map.of()).writeCsv(file, true, TraceReport.NONE);
      String csv = Files.readString(file);
      assertThat(csv.lines()).as(job.job()).hasSize(2);
      assertThat(HostileTexts.unsafe(csv, '\n')).as(job.job()).isEmpty();
      String shown = ShownText.of(job.job());
      String cell = (HostileTexts.isFormula(shown) ? "'" : "") + shown.replace("\"", "\"\"");
      String quoted = cell.contains(",") || cell.contains("\"") ? '"' + cell + '"' : cell;
      assertThat(csv.lines().skip(1).findFirst().orElseThrow())
          .startsWith("%1$s,%1$s,%1$s,,2023-11-14T22:13:20Z,".formatted(quoted));
    }
  }

  @Test
  void theDifferenceIsZeroOnlyIfBothBooksBalance() {
    JobSummary job =
        job("a", "j", "", START, 0, jobTotals(Map.of(JobAmount.TOTAL_MILLIJOULES, 70L)));
    assertThat(summary(List.of(job), Map.of("a", siteTotals(100, 70, 30))).differenceMillijoules())
        .isZero();
    assertThat(summary(List.of(job), Map.of("a", siteTotals(101, 70, 30))).differenceMillijoules())
        .isEqualTo(1);
    // the site's books balance, but a job's own total says something else
    assertThat(summary(List.of(job), Map.of("a", siteTotals(100, 69, 31))).differenceMillijoules())
        .isEqualTo(1);
    // a job whose site has no books
    assertThat(summary(List.of(job), Map.of()).differenceMillijoules()).isEqualTo(70);
    // errors of opposite sign do not hide each other
    assertThat(
            summary(List.of(), Map.of("a", siteTotals(10, 0, 5), "b", siteTotals(5, 0, 10)))
                .differenceMillijoules())
        .isEqualTo(10);
  }

  @Test
  void whatPeopleRead() {
    JobSummary job =
        job(
            "a",
            "j",
            "ada",
            START + 4_000,
            0,
            jobTotals(Map.of(JobAmount.TOTAL_MILLIJOULES, 2_000_000_000L)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    summary(List.of(job), Map.of("a", siteTotals(2_500_000_000L, 2_000_000_000L, 500_000_000L)))
        .print(new PrintStream(bytes, true, UTF_8), true, TraceReport.NONE);
    assertThat(bytes.toString(UTF_8))
        .contains("2.5 MJ")
        .contains("500 kW")
        .contains("4 s")
        .contains(
            "ledger: measured 2,500,000,000 mJ = jobs 2,000,000,000 mJ + idle 500,000,000 mJ; difference 0 mJ");
    bytes.reset();
    summary(List.of(), Map.of()).print(new PrintStream(bytes, true, UTF_8), true, TraceReport.NONE);
    assertThat(bytes.toString(UTF_8)).contains("nothing was measured");
  }

  @Test
  void whetherATotalIsOfWholeNodes_orASumOfParts_isInBothTables() {
    Totals<SiteAmount> metered = siteTotals(4_000L, 3_000L, 1_000L);
    metered.set(SiteAmount.WHOLE_NODE_MILLIJOULES, 1_000L);
    List<JobSummary> jobs =
        List.of(
            jobOf("whole", 1_000L, 1_000L), jobOf("parts", 1_000L, 0L), jobOf("nothing", 0L, 0L));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    summary(jobs, Map.of("a", metered))
        .print(new PrintStream(bytes, true, UTF_8), true, TraceReport.NONE);
    assertThat(bytes.toString(UTF_8))
        .containsPattern("site .* idle +node meters ")
        .containsPattern("job .* energy +node meters +mean power")
        .containsPattern("(?m)^a +4 J +3 J +1 J +25.0 % ")
        .containsPattern("(?m)^whole .* 1 J +100.0 % ")
        .containsPattern("(?m)^parts .* 1 J +0.0 % ")
        .containsPattern("(?m)^nothing .* 0 J +- ");
  }

  private static JobSummary jobOf(String name, long millijoules, long byNodeMeters) {
    return job(
        "a",
        name,
        "ada",
        START + 4_000,
        0,
        jobTotals(
            Map.of(
                JobAmount.TOTAL_MILLIJOULES, millijoules,
                JobAmount.WHOLE_NODE_MILLIJOULES, byNodeMeters)));
  }

  /** Books and jobs of a part need not agree: a difference would be no finding. */
  @Test
  void whatWasStoppedEarly_saysSo_andComparesNothing() throws IOException {
    JobSummary job =
        job("a", "j", "ada", START, 0, jobTotals(Map.of(JobAmount.TOTAL_MILLIJOULES, 70L)));
    Summary half = summary(List.of(job), Map.of("a", siteTotals(100, 10, 30)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    half.print(new PrintStream(bytes, true, UTF_8), false, TraceReport.NONE);
    assertThat(bytes.toString(UTF_8))
        .contains("PARTIAL", "partial, so not compared")
        .doesNotContain("difference");
    Path file = folder.resolve("jobs.csv");
    half.writeCsv(file, false, TraceReport.NONE);
    assertThat(Files.readAllLines(file).get(1)).endsWith(",no");
  }

  @Test
  void whatTracesSayBesides_isInColumnsOfItsOwn_andInNoTotal() throws IOException {
    JobSummary run =
        job("lab", "run", "", START + 4_000, 0, jobTotals(Map.of(JobAmount.TOTAL_MILLIJOULES, 7L)));
    JobSummary gpu = job("lab", "gpu", "", START + 4_000, 0, jobTotals(Map.of()));
    JobSummary elsewhere = job("other", "run", "", START + 4_000, 0, jobTotals(Map.of()));
    TraceReport report =
        new TraceReport(
            "lab",
            Map.of(
                "run",
                new BenchmarkFigures(
                    MlperfEdges.MLCOMMONS,
                    OptionalDouble.of(2_000),
                    "1.07",
                    OptionalDouble.of(12_345.6784)),
                "gpu",
                new SensorFigures(
                    List.of(
                        new SensorFigures.Sensor(
                            "X", "power.draw", new SensorWindow(50, 65, 25), 1, 2, 3)))),
            Calibration.NONE);
    Path file = folder.resolve("jobs.csv");
    Summary all = summary(List.of(run, gpu, elsewhere), Map.of("lab", siteTotals(7, 7, 0)));
    all.writeCsv(file, true, report);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.getFirst())
        .endsWith(
            "complete,edges,interconnect_j,conversion_eff,mlcommons_j,bound_less_pct,bound_more_pct");
    assertThat(lines.get(1)).endsWith(",yes,,,,,40.90,46.60");
    assertThat(lines.get(2)).contains("0.007").endsWith(",yes,mlcommons,2000.000,1.07,12345.678,,");
    assertThat(lines.get(3)).startsWith("other").endsWith(",yes,,,,,,");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    all.print(new PrintStream(bytes, true, UTF_8), true, report);
    assertThat(bytes.toString(UTF_8))
        .contains("--mlperf-edges mlcommons", "2 kJ", "1.07", "12.35 kJ")
        .contains("-40.9 to +46.6 %", "sees 25 % of the time", "not calibrated");
  }
}
