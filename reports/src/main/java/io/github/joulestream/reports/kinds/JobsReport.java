// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.kinds;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.reports.data.JobUse;
import io.github.joulestream.reports.data.PeriodData;
import io.github.joulestream.reports.data.ReportSource;
import io.github.joulestream.reports.data.ReportSource.Detail;
import io.github.joulestream.reports.data.SiteUse;
import io.github.joulestream.reports.data.Use;
import io.github.joulestream.reports.model.Chart;
import io.github.joulestream.reports.model.Column;
import io.github.joulestream.reports.model.ComputedRows;
import io.github.joulestream.reports.model.Quantity;
import io.github.joulestream.reports.model.Report;
import io.github.joulestream.reports.model.Section;
import io.github.joulestream.reports.model.Table;
import io.github.joulestream.reports.model.Tile;
import io.github.joulestream.reports.work.Said;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A line a job, with the part of it that is in the period. */
public final class JobsReport implements ReportKind {
  private static final int TOP = 10;
  private static final int SHOWN = 50;
  private static final List<String> LARGEST_COLUMNS =
      List.of("job", "user", "project", "energy", "cost", "co2e_location", "gpu_busy");

  @Override
  public String name() {
    return "jobs";
  }

  @Override
  public String summary() {
    return "A line a job: energy within the period, cost, CO2e, GPU hours, work";
  }

  @Override
  public Report make(ReportSource source) {
    PeriodData data = source.of(source.request().period(), Detail.JOBS);
    PresentData.check(source, data);
    boolean hasMoney = !PeriodFigures.currency(data).isEmpty();
    List<JobUse> jobs = data.jobList();
    List<SiteUse> idle =
        DirectorTrend.isNarrowed(source.request()) ? List.of() : List.copyOf(data.sites().values());
    Largest largest = new Largest();
    jobs.forEach(largest::add);
    List<Section> sections = new ArrayList<>();
    sections.add(largest.section(hasMoney));
    sections.add(
        new Section(
            "jobs",
            "Jobs",
            List.of(
                "Energy, cost and emissions are those within the period, by the quarters of an hour"
                    + " that were measured; start, end, whole energy and work are those of the whole"
                    + " job."
                    + (idle.isEmpty()
                        ? ""
                        : " What no job had is a line of its site, so that all lines are the energy"
                            + " that was measured.")),
            new Table(
                "jobs",
                JobLine.COLUMNS,
                new Lines(jobs, idle, hasMoney),
                JobLine.all(data.jobs(), idle, hasMoney),
                SHOWN),
            List.of(),
            false));
    return new Report(
        MetaOf.of(
            name(),
            "Jobs in " + data.period().label(),
            source.request(),
            data,
            List.of(
                "A job whose energy was accounted to several users or projects has a line for each"
                    + " of them.")),
        headline(data, jobs.size(), largest.running),
        tiles(data, hasMoney),
        sections);
  }

  private static String headline(PeriodData data, int lines, int running) {
    Use all = data.jobs();
    return "%s used %s in %s%s."
        .formatted(
            lines == 1 ? "1 job" : String.format(Locale.ROOT, "%,d jobs", data.jobCount()),
            Said.energy(all.sum(JobAmount.TOTAL_MILLIJOULES).value()),
            data.period().label(),
            running == 0 ? "" : "; %d of them not ended yet".formatted(running));
  }

  private static List<Tile> tiles(PeriodData data, boolean hasMoney) {
    DirectorFigures of = DirectorFigures.ofJobs(data);
    Use all = data.jobs();
    return List.of(
        tile("energy", "Energy of jobs", Quantity.ENERGY, "", of.energy(), ""),
        tile("cost", "Cost", Quantity.MONEY, "", hasMoney ? of.cost() : null, of.priced()),
        tile("co2e", "CO2e, location", Quantity.MASS, "", of.location(), of.withIntensity()),
        tile("jobs", "Jobs", Quantity.COUNT, "", BigDecimal.valueOf(data.jobCount()), ""),
        tile(
            "gpu_time",
            "GPU hours held",
            Quantity.DURATION,
            "",
            Cells.sum(all.sum(JobAmount.GPU_HELD_MILLIS)),
            ""),
        tile(
            "energy_per_gpu_hour",
            "Per GPU hour",
            Quantity.NUMBER,
            "kWh/GPU h",
            of.perGpuHour(),
            ""));
  }

  private static Tile tile(
      String name,
      String title,
      Quantity quantity,
      String unit,
      @Nullable BigDecimal value,
      String note) {
    List<@Nullable BigDecimal> trend = new ArrayList<>();
    trend.add(value);
    return new Tile(name, title, quantity, unit, value, null, null, trend, note);
  }

  /** Lines of jobs, and one of each site for what no job had. */
  private static final class Lines extends ComputedRows {
    private final List<JobUse> jobs;
    private final List<SiteUse> idle;
    private final boolean hasMoney;

    Lines(List<JobUse> jobs, List<SiteUse> idle, boolean hasMoney) {
      this.jobs = jobs;
      this.idle = idle;
      this.hasMoney = hasMoney;
    }

    @Override
    public List<@Nullable Object> get(int row) {
      return row < jobs.size()
          ? JobLine.of(jobs.get(row), hasMoney)
          : JobLine.notAllocated(idle.get(row - jobs.size()), hasMoney);
    }

    @Override
    public int size() {
      return jobs.size() + idle.size();
    }
  }

  /** The jobs with the most energy, found in one pass. */
  private static final class Largest {
    private static final Comparator<JobUse> BY_ENERGY =
        Comparator.comparing(Largest::energy).thenComparing(JobUse::job, Comparator.reverseOrder());

    private final PriorityQueue<JobUse> most = new PriorityQueue<>(BY_ENERGY);
    private int running;

    private static BigInteger energy(JobUse job) {
      return job.use().sum(JobAmount.TOTAL_MILLIJOULES).value();
    }

    void add(JobUse job) {
      if (job.whole() != null && !job.whole().times().hasEnded()) {
        running++;
      }
      most.add(job);
      if (most.size() > TOP) {
        most.poll();
      }
    }

    Section section(boolean hasMoney) {
      List<JobUse> sorted = new ArrayList<>(most);
      sorted.sort(BY_ENERGY.reversed());
      List<Column> columns = new ArrayList<>();
      List<Integer> positions = new ArrayList<>();
      for (int i = 0; i < JobLine.COLUMNS.size(); i++) {
        if (LARGEST_COLUMNS.contains(JobLine.COLUMNS.get(i).name())) {
          columns.add(JobLine.COLUMNS.get(i));
          positions.add(i);
        }
      }
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (JobUse job : sorted) {
        List<@Nullable Object> line = JobLine.of(job, hasMoney);
        List<@Nullable Object> row = new ArrayList<>();
        positions.forEach(position -> row.add(line.get(position)));
        rows.add(row);
      }
      return new Section(
          "largest",
          "Most energy",
          List.of(),
          new Table("largest", columns, rows, null, Table.ALL_ROWS),
          List.of(
              new Chart(
                  Chart.Form.BARS,
                  sorted.isEmpty()
                      ? "No job used energy"
                      : "%s used the most".formatted(sorted.getFirst().job()),
                  "job",
                  List.of(new Chart.Series("energy", Chart.Role.JOBS)),
                  "")),
          true);
    }
  }
}
