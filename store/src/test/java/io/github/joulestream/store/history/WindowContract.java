// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import static io.github.joulestream.store.history.MadeWindows.DAY;
import static io.github.joulestream.store.history.MadeWindows.END;
import static io.github.joulestream.store.history.MadeWindows.NAMES;
import static io.github.joulestream.store.history.MadeWindows.NODES;
import static io.github.joulestream.store.history.MadeWindows.SITES;
import static io.github.joulestream.store.history.MadeWindows.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.store.HoldsText;
import io.github.joulestream.store.PointSink;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.StoreText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every store must give back of single sites, nodes and jobs: theirs, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class WindowContract {
  static final TimeRange WHOLE = new TimeRange(START, END);
  static final int MANY = 1_000_000;
  static final int MINUTE = 60_000;
  private static final int[] STEPS = {
    Windows.MILLIS, MINUTE, Windows.QUARTER_HOUR_MILLIS, Windows.HOUR_MILLIS, (int) DAY
  };
  static final List<String> NOBODY =
      List.of("' OR ''='", "\\' OR '1'='1", "' OR time > 0 --", ".*", "nobody", "c/2", "", "A");

  protected final MadeWindows made = new MadeWindows(21);
  private boolean written;

  protected abstract PointSink sink();

  protected abstract WindowReader windows();

  /** Waits until the reader sees what was written. */
  protected abstract void awaitVisible();

  @BeforeEach
  void write() {
    if (!written) {
      written = true;
      for (int i = 0; i < made.points.size(); i += 2_000) {
        write(made.points.subList(i, Math.min(made.points.size(), i + 2_000)));
      }
    }
  }

  void write(List<StorePoint> points) {
    sink().write(points);
    awaitVisible();
  }

  private Map<Long, Totals<SiteAmount>> site(String site, TimeRange range, int step) {
    Map<Long, Totals<SiteAmount>> read = new TreeMap<>();
    windows()
        .sitePower(
            site,
            range,
            step,
            MANY,
            row -> {
              assertThat(row.site()).isEqualTo(site);
              assertThat(read.keySet()).allMatch(before -> before < row.stepStart());
              read.put(row.stepStart(), row.totals());
            });
    return read;
  }

  @Test
  void sitePower_inStepsOfAnyLength_isTheLedger() {
    for (String site : SITES) {
      Totals<SiteAmount> all = Totals.ofSite();
      made.ledger(site, Windows.MILLIS, DAY).values().forEach(all::addAll);
      for (int step : STEPS) {
        Map<Long, Totals<SiteAmount>> read = site(site, WHOLE, step);
        assertThat(read).isEqualTo(made.ledger(site, Windows.MILLIS, step));
        Totals<SiteAmount> sum = Totals.ofSite();
        read.values().forEach(sum::addAll);
        assertThat(sum).as("%d ms", step).isEqualTo(all);
      }
    }
    NOBODY.forEach(site -> assertThat(site(site, WHOLE, Windows.MILLIS)).isEmpty());
  }

  @Test
  void stepsOfARange_areWhole() {
    TimeRange range = new TimeRange(START + 3 * DAY / 8 + 1, START + 5 * DAY / 8 - 1);
    for (int step : STEPS) {
      Map<Long, Totals<SiteAmount>> expected = made.ledger("east", Windows.MILLIS, step);
      expected.keySet().removeIf(start -> start + step <= range.from() || start >= range.to());
      assertThat(site("east", range, step)).isEqualTo(expected).isNotEmpty();
    }
    for (int step : new int[] {0, -10_000, 1, 15_000, 70_000, 7 * Windows.HOUR_MILLIS}) {
      assertThatThrownBy(() -> site("east", range, step))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Map<Long, Totals<JobAmount>> job(String site, String job, int step) {
    Map<Long, Totals<JobAmount>> read = new TreeMap<>();
    windows()
        .jobPower(
            site,
            job,
            WHOLE,
            step,
            MANY,
            row -> assertThat(read.put(row.stepStart(), row.totals())).isNull());
    return read;
  }

  @Test
  void jobPower_addsUpToItsSummary_whateverItsName() {
    for (JobSummary summary : made.jobs) {
      for (int step : STEPS) {
        Map<Long, Totals<JobAmount>> read = job(summary.site(), summary.job(), step);
        read.values().removeIf(Totals::isZero);
        assertThat(read)
            .as("%s in %d ms", summary.job(), step)
            .isEqualTo(made.job(summary.site(), summary.job(), step));
        Totals<JobAmount> sum = Totals.ofJob();
        read.values().forEach(sum::addAll);
        assertThat(sum).isEqualTo(summary.totals());
      }
    }
    for (String nobody : NOBODY) {
      assertThat(job("east", nobody, Windows.MILLIS)).as(nobody).isEmpty();
      Map<Long, Totals<JobAmount>> quarters = job("east", nobody, Windows.HOUR_MILLIS);
      assertThat(quarters.values()).as(nobody).allMatch(Totals::isZero);
      assertThat(job(nobody, "c/17", Windows.HOUR_MILLIS)).isEmpty();
    }
  }

  @Test
  void nodePower_isSumsOfAmounts_andMeansOfWatts() {
    for (String site : SITES) {
      for (String node : NODES) {
        for (int step : STEPS) {
          Map<Long, Map<String, Double>> expected = made.node(site, node, step);
          Map<Long, Map<String, Double>> read = new TreeMap<>();
          windows()
              .nodePower(
                  site, node, WHOLE, step, MANY, row -> read.put(row.stepStart(), row.values()));
          assertThat(read.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
          read.forEach((start, values) -> {
            Map<String, Double> of = expected.getOrDefault(start, Map.of());
            assertThat(values.keySet()).isEqualTo(of.keySet());
            values.forEach((field, value) -> {
              double wanted = of.getOrDefault(field, 0.0);
              assertThat(value)
                  .as(field)
                  .isCloseTo(wanted, within(field.endsWith("_watts") ? wanted * 1e-12 : 0.0));
            });
          });
        }
      }
    }
    for (String nobody : NOBODY) {
      windows().nodePower("east", nobody, WHOLE, Windows.MILLIS, MANY, WindowContract::isTooMuch);
    }
  }

  static void isTooMuch(Object row) {
    fail("not asked for: " + row);
  }

  private static PlacementRow row(Placement placement) {
    return new PlacementRow(
        placement.node(),
        StoreText.field(placement.job()),
        placement.heldEpochMillis(),
        placement.endEpochMillis(),
        placement.endedBy().name(),
        2,
        "gpu0, gpu3",
        HoldsText.of(placement.devices()));
  }

  @Test
  void placements_areThoseInTheRange_withoutThoseThatWereWithdrawn() {
    for (TimeRange range : List.of(WHOLE, new TimeRange(START + DAY / 2, START + DAY / 2 + 1))) {
      for (String site : SITES) {
        for (String node : NODES) {
          List<PlacementRow> read = new ArrayList<>();
          windows().placementsOfNode(site, node, range, MANY, read::add);
          assertThat(read)
              .containsExactlyInAnyOrderElementsOf(
                  made.placements.stream()
                      .filter(p -> p.site().equals(site) && p.node().equals(node))
                      .filter(p -> isIn(p, range))
                      .map(WindowContract::row)
                      .toList())
              .isNotEmpty();
        }
        for (String job : NAMES) {
          List<PlacementRow> read = new ArrayList<>();
          windows().placementsOfJob(site, job, range, MANY, read::add);
          assertThat(read)
              .as(job)
              .containsExactlyInAnyOrderElementsOf(
                  made.placements.stream()
                      .filter(p -> p.site().equals(site) && p.job().equals(job))
                      .filter(p -> isIn(p, range))
                      .map(WindowContract::row)
                      .toList());
        }
      }
    }
    for (String nobody : NOBODY) {
      windows().placementsOfNode("east", nobody, WHOLE, MANY, WindowContract::isTooMuch);
      windows().placementsOfNode(nobody, "n1", WHOLE, MANY, WindowContract::isTooMuch);
      windows().placementsOfJob("east", nobody, WHOLE, MANY, WindowContract::isTooMuch);
    }
  }

  private static boolean isIn(Placement placement, TimeRange range) {
    return placement.heldEpochMillis() < range.to()
        && (placement.endEpochMillis() == Placement.OPEN
            || placement.endEpochMillis() > range.from());
  }

  /** As a store has it: texts are cleaned. */
  private static String text(JobSummary job) {
    return String.join(
        "|",
        job.site(),
        StoreText.field(job.job()),
        StoreText.field(job.details().user()),
        StoreText.field(job.details().project()),
        job.totals().toString());
  }

  private List<String> read(Consumer<Consumer<JobSummary>> reader) {
    List<String> read = new ArrayList<>();
    reader.accept(job -> read.add(text(job)));
    return read;
  }

  @Test
  void aJob_isFoundByItsName_whateverThatIs() {
    for (JobSummary job : made.jobs) {
      assertThat(read(to -> windows().job(job.site(), job.job(), WHOLE, MANY, to)))
          .containsExactly(text(job));
    }
    for (String nobody : NOBODY) {
      windows().job("east", nobody, WHOLE, MANY, WindowContract::isTooMuch);
      windows().job(nobody, "c/17", WHOLE, MANY, WindowContract::isTooMuch);
    }
  }

  @Test
  void jobs_areTheirs_whoseTheyAre() {
    Set<String> many = new TreeSet<>(NAMES.subList(0, 5));
    for (int i = 0; i < 100; i++) {
      many.add("nobody " + i);
    }
    List<JobFilter> filters = new ArrayList<>();
    filters.add(JobFilter.ALL);
    NAMES.forEach(name -> filters.add(of(Set.of(name), Set.of())));
    NAMES.forEach(name -> filters.add(of(Set.of(), Set.of(name))));
    filters.add(of(Set.of("c/17", "'"), Set.of("\"", "\\")));
    filters.add(of(many, Set.of("a")));
    for (JobFilter filter : filters) {
      for (TimeRange range : List.of(WHOLE, new TimeRange(START + DAY / 2, START + DAY / 2 + 1))) {
        assertThat(read(to -> windows().jobs(new TreeSet<>(SITES), range, filter, MANY, to)))
            .containsExactlyInAnyOrderElementsOf(
                made.jobs.stream()
                    .filter(job ->
                        filter.everybody()
                            || filter.users().contains(job.details().user())
                            || filter.projects().contains(job.details().project()))
                    .filter(job ->
                        job.times().startEpochMillis() < range.to()
                            && job.times().lastEpochMillis() > range.from())
                    .map(WindowContract::text)
                    .toList());
      }
    }
    JobFilter nobodys = new JobFilter(false, new TreeSet<>(), new TreeSet<>());
    windows().jobs(new TreeSet<>(SITES), WHOLE, nobodys, MANY, WindowContract::isTooMuch);
    windows().jobs(new TreeSet<>(), WHOLE, JobFilter.ALL, MANY, WindowContract::isTooMuch);
    JobFilter others = of(new TreeSet<>(NOBODY), new TreeSet<>(NOBODY));
    windows().jobs(new TreeSet<>(SITES), WHOLE, others, MANY, WindowContract::isTooMuch);
  }

  private static JobFilter of(Set<String> users, Set<String> projects) {
    return new JobFilter(false, new TreeSet<>(users), new TreeSet<>(projects));
  }

  @Test
  void quartersOfJobs_areTheirs() {
    for (int i = 0; i < NAMES.size(); i++) {
      Set<String> jobs = Set.copyOf(NAMES.subList(i, Math.min(NAMES.size(), i + 3)));
      Set<String> read = new TreeSet<>();
      windows()
          .jobQuarters(
              "east",
              new TreeSet<>(jobs),
              WHOLE,
              MANY,
              row ->
                  assertThat(
                          read.add(row.job() + "|" + row.user() + row.stepStart() + row.totals()))
                      .isTrue());
      assertThat(read)
          .isEqualTo(
              new TreeSet<>(
                  made.quarters.stream()
                      .filter(
                          quarter -> quarter.site().equals("east") && jobs.contains(quarter.job()))
                      .map(quarter ->
                          StoreText.field(quarter.job())
                              + "|"
                              + StoreText.tag(quarter.details().user()).replace('⧵', '\\')
                              + quarter.windowStartEpochMillis()
                              + quarter.totals())
                      .toList()));
    }
    windows().jobQuarters("east", new TreeSet<>(NOBODY), WHOLE, MANY, WindowContract::isTooMuch);
    windows().jobQuarters("east", new TreeSet<>(), WHOLE, MANY, WindowContract::isTooMuch);
  }

  @Test
  void manyThreads_readAtOnce() throws Exception {
    Map<Long, Totals<SiteAmount>> expected = made.ledger("east", Windows.MILLIS, MINUTE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> reads = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        JobSummary job = made.jobs.get(i % made.jobs.size());
        reads.add(threads.submit(() -> site("east", WHOLE, MINUTE).equals(expected)));
        reads.add(
            threads.submit(() ->
                read(to -> windows().job(job.site(), job.job(), WHOLE, MANY, to))
                    .equals(List.of(text(job)))));
      }
      for (Future<Boolean> read : reads) {
        assertThat(read.get()).isTrue();
      }
    }
  }
}
