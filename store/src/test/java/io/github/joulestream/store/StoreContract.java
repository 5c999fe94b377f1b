// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertMeasurement;
import io.github.joulestream.schemas.AlertRouting;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AlertSubject;
import io.github.joulestream.schemas.AlertTimes;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.PointSink.PointsRefused;
import io.github.joulestream.store.ResultReader.Unbalanced;
import io.github.joulestream.store.health.PipelineHealth;
import io.github.joulestream.store.points.AlertPoint;
import io.github.joulestream.store.points.BudgetPoint;
import io.github.joulestream.store.points.DeviceWindowPoints;
import io.github.joulestream.store.points.JobQuarterHourPoint;
import io.github.joulestream.store.points.JobSummaryPoint;
import io.github.joulestream.store.points.JobWindowPoint;
import io.github.joulestream.store.points.LedgerPoint;
import io.github.joulestream.store.points.NodePoint;
import io.github.joulestream.store.points.NodeWindowPoint;
import io.github.joulestream.store.points.PlacementPoint;
import io.github.joulestream.store.points.SiteWindowPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What every store must do: what the writer's sink puts in is what the reader finds, once, and
 * exactly.
 */
public abstract class StoreContract {
  /** A whole hour not long ago, so that no store finds it too old. */
  protected static final long START =
      Math.floorDiv(System.currentTimeMillis(), 3_600_000) * 3_600_000 - 7_200_000;

  protected abstract PointSink sink();

  protected abstract ResultReader reader();

  /** Waits until the reader sees what was written. */
  protected abstract void awaitVisible();

  private void write(StorePoint... points) {
    sink().write(List.of(points));
    awaitVisible();
  }

  protected static <A extends Enum<A>> Totals<A> filled(Totals<A> totals, long base) {
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, base - i);
    }
    return totals;
  }

  protected static JobSummary summary(String site, String job, long energy, JobState state) {
    return new JobSummary(
        site,
        job,
        new JobDetails(
            "user, with \"quotes\" and ünicode",
            "project=a b",
            "",
            "queue\\x",
            Map.of("gpu", "H100", "x", "")),
        state,
        new JobTimes(
            START + 7, START + 7, state.ended() ? START + 60_000 : JobSpan.OPEN, START + 60_000),
        700_000,
        new JobWork(1.0e15 + 0.25, "tokens"),
        filled(Totals.ofJob(), energy),
        0,
        3);
  }

  protected static SiteWindow window(String site, long offset, int length, long base) {
    return new SiteWindow(site, START + offset, length, filled(Totals.ofSite(), base));
  }

  /** A point whose field has the wrong type. */
  protected static StorePoint wrong(String site, long offset) {
    return new StorePoint(
        Measurement.LEDGER,
        Map.of("site", site, "window", "10s"),
        Map.of("readings", "a text in a field of numbers"),
        (START + offset) * 1_000_000);
  }

  @Test
  void aSummary_comesBackExactly_andALaterOneTakesItsPlace() {
    // far beyond 2^53: no number may pass through a double
    JobSummary first = summary("exact", "job/1", 9_007_199_254_740_993L, JobState.RUNNING);
    JobSummary other = summary("exact", "job/2", 5_000, JobState.FAILED);
    write(JobSummaryPoint.of(first), JobSummaryPoint.of(other));
    assertThat(ofSite("exact")).containsExactlyInAnyOrder(first, other);

    JobSummary last = summary("exact", "job/1", Long.MAX_VALUE, JobState.COMPLETED);
    write(JobSummaryPoint.of(last));
    write(JobSummaryPoint.of(last));
    assertThat(ofSite("exact")).containsExactlyInAnyOrder(last, other);
  }

  private List<JobSummary> ofSite(String site) {
    return reader().jobSummaries().stream().filter(job -> job.site().equals(site)).toList();
  }

  @Test
  void namesWithWhatTheLineProtocolUses_comeBackAsTheyWere() {
    JobSummary odd = summary("a site, with=signs and ünicode", "j", 1_000, JobState.RUNNING);
    write(JobSummaryPoint.of(odd));
    assertThat(ofSite(odd.site())).containsExactly(odd);
  }

  @Test
  void aLedger_isSummedOverItsWindows_eachOnce() {
    SiteWindow a = window("ledger", 0, 10_000, 1L << 60);
    SiteWindow b = window("ledger", 10_000, 10_000, 77);
    SiteWindow hour = window("ledger", 0, 3_600_000, (1L << 60) + 77);
    write(LedgerPoint.of(a), SiteWindowPoint.of(a), LedgerPoint.of(b), LedgerPoint.of(hour));
    write(LedgerPoint.of(a), SiteWindowPoint.of(a), LedgerPoint.of(b));
    Totals<SiteAmount> expected = a.totals().copy().addAll(b.totals());
    assertThat(reader().ledger(0, ResultReader.END_EPOCH_MILLIS)).containsEntry("ledger", expected);
    assertThat(reader().ledger(START, START + 10_000)).containsEntry("ledger", a.totals());
    assertThat(reader().newestWindows()).containsEntry("ledger", b.windowStartEpochMillis());
    assertThat(reader().ledger(START - 10_000, START)).doesNotContainKey("ledger");
  }

  @Test
  void windowsThatDoNotBalance_areFound_ofWhateverLength() {
    Totals<SiteAmount> balanced = Totals.ofSite();
    balanced.set(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 50);
    balanced.set(SiteAmount.JOBS_TOTAL_MILLIJOULES, 20);
    balanced.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, 30);
    Totals<SiteAmount> lacking = balanced.copy();
    lacking.set(SiteAmount.IDLE_TOTAL_MILLIJOULES, 31);
    write(
        LedgerPoint.of(new SiteWindow("balance", START, 10_000, balanced)),
        LedgerPoint.of(new SiteWindow("balance", START + 10_000, 10_000, lacking)),
        LedgerPoint.of(new SiteWindow("balance", START, 3_600_000, lacking)),
        LedgerPoint.of(new SiteWindow("balance", START + 3_600_000, 3_600_000, balanced)));
    assertThat(reader().unbalanced(0, ResultReader.END_EPOCH_MILLIS))
        .filteredOn(window -> window.site().equals("balance"))
        .containsExactly(
            new Unbalanced("balance", START, -1), new Unbalanced("balance", START + 10_000, -1));
  }

  @Test
  void jobWindows_areSummed_andACorrectionTakesTheOldPlace() {
    Totals<JobAmount> totals = filled(Totals.ofJob(), 40_000);
    write(JobWindowPoint.of(new JobWindow("energy", "j", START, 10_000, totals)));
    Totals<JobAmount> corrected = filled(Totals.ofJob(), 30_000);
    write(
        JobWindowPoint.of(new JobWindow("energy", "j", START, 10_000, corrected)),
        JobWindowPoint.of(new JobWindow("energy", "j", START + 10_000, 10_000, totals)));
    assertThat(reader().jobEnergyMillijoules()).isEqualTo(70_000);
    assertThat(reader().newestJobEnergyEpochMillis()).hasValue(START + 10_000);
  }

  @Test
  void whatTheStoreWillNeverTake_isRefused_andItsNeighboursCanBeWritten() {
    write(LedgerPoint.of(window("refused", 0, 10_000, 1_000)));
    List<StorePoint> points = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      points.add(LedgerPoint.of(window("refused", i * 10_000L, 10_000, 1_000)));
    }
    points.set(3, wrong("refused", 40_000));
    assertThatThrownBy(() -> sink().write(points))
        .isInstanceOfSatisfying(
            PointsRefused.class,
            e -> {
              assertThat(e.getMessage()).isNotBlank();
              // all that it names, it names rightly
              assertThat(e.reasons().keySet()).isSubsetOf(3);
            });
    assertThatThrownBy(() -> sink().write(points.subList(3, 4)))
        .isInstanceOfSatisfying(PointsRefused.class, e -> assertThat(e.getMessage()).isNotBlank());
    points.remove(3);
    sink().write(points);
    awaitVisible();
    assertThat(
            Objects.requireNonNull(
                    reader().ledger(START, START + 100_000).get("refused"), "of that site")
                .get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(5_000);
  }

  private static JobSummary described(String site, String job, String text) {
    return new JobSummary(
        site,
        job,
        new JobDetails(text, text, text, text, Map.of("label", text)),
        JobState.COMPLETED,
        new JobTimes(START, START, START + 60_000, START + 60_000),
        1,
        new JobWork(1, text),
        filled(Totals.ofJob(), 5_000),
        0,
        1);
  }

  /** All that may be in a name: a store that refuses one of them would lose the job's energy. */
  private static List<String> oddTexts(Random random) {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "two\nlines, \"quoted\" = and a tab\t",
                "\r\n",
                "ends in a backslash\\",
                "\\",
                "\\\\",
                "\\\\\\",
                "a\\,b",
                "a\\ b\\=c\\\"",
                "\\n is no line break",
                " blanks ",
                "-",
                "#",
                "\"",
                "'",
                "true",
                "1i",
                "日本 — naïve, 100 %",
                "\uD83D\uDE00 a pair",
                "\uD83D",
                "\uDE00\uD83D",
                "ends in a half \uD83D",
                "\uFEFF\uFFFE\uFFFF",
                "x".repeat(10_000),
                "é".repeat(StoreText.MAX_IN_FIELD),
                "😀".repeat(StoreText.MAX_IN_FIELD),
                "\"".repeat(StoreText.MAX_IN_FIELD + 1)));
    texts.addAll(io.github.joulestream.runtime.HostileTexts.all());
    for (char c = 0; c < 0x100; c++) {
      texts.add("between " + c + " both");
    }
    for (char c : new char[] {'\u2028', '\u2029', '\u200B', '\u202E', '\uE000'}) {
      texts.add(c + "");
    }
    String specials = "\\\",= \n\r\t\0'#\uD83D\uDE00é日";
    for (int i = 0; i < 200; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        text.append(
            random.nextBoolean()
                ? specials.charAt(random.nextInt(specials.length()))
                : (char) random.nextInt(0x10000));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @Test
  void noText_inAnyField_isRefused_andComesBackReadable() {
    long seed = Long.getLong("texts.seed", System.nanoTime());
    List<String> texts = oddTexts(new Random(seed));
    texts.add("");
    List<JobSummary> expected = new ArrayList<>();
    List<StorePoint> points = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      points.add(JobSummaryPoint.of(described("texts", "job-" + i, texts.get(i))));
      String stored = StoreText.field(texts.get(i));
      JobSummary job = described("texts", "job-" + i, stored);
      expected.add(withLabels(job, LabelText.parse(LabelText.of(Map.of("label", texts.get(i))))));
    }
    write(points.toArray(StorePoint[]::new));
    assertThat(ofSite("texts"))
        .as("texts.seed=%d", seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static JobSummary withLabels(JobSummary job, Map<String, String> labels) {
    return new JobSummary(
        job.site(),
        job.job(),
        new JobDetails(
            job.details().user(),
            job.details().project(),
            job.details().name(),
            job.details().partition(),
            labels),
        job.state(),
        job.times(),
        job.peakMilliwatts(),
        job.work(),
        job.totals(),
        job.fragmentEpochMillis(),
        job.nodes());
  }

  @Test
  void noText_inATag_isRefused_orLandsInAnotherSeries() {
    long seed = Long.getLong("texts.seed", System.nanoTime());
    List<String> texts = oddTexts(new Random(seed));
    List<JobSummary> expected = new ArrayList<>();
    List<StorePoint> points = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      String site = "of " + i + " " + texts.get(i);
      points.add(JobSummaryPoint.of(described(site, "job-" + i, "name")));
      expected.add(described(StoreText.tag(site), "job-" + i, "name"));
    }
    write(points.toArray(StorePoint[]::new));
    assertThat(reader().jobSummaries().stream().filter(job -> job.site().startsWith("of ")))
        .as("texts.seed=%d", seed)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /**
   * Budgets, alerts, nodes, devices, placements, quarters and the pipeline's own points: no text of
   * theirs is refused either.
   */
  @Test
  void noText_ofABudgetAnAlertOrANode_isRefused() {
    String odd = "a\nb\t\\,=\" \uD83D\\";
    Budget budget =
        new Budget(
            "odd",
            "name \"\\",
            Scope.project("p \\"),
            new PowerLimit(1_000),
            "UTC",
            Thresholds.DEFAULT,
            new AlertTiming(0, 300_000, 60_000, 0),
            odd,
            odd,
            0);
    Alert alert =
        new Alert(
            "id\n\\",
            new AlertSubject(Rule.HELD_IDLE, odd, odd, "job=a\\"),
            Severity.INFO,
            AlertState.FIRING,
            new AlertMeasurement(1, 1, odd, 100, 10_000),
            new AlertTimes(START, START, AlertTimes.OPEN),
            List.of(new Contributor(Contributor.Consumer.JOB, odd, 1, 1)),
            odd,
            1,
            new AlertRouting(odd, odd, odd));
    sink()
        .write(
            List.of(
                BudgetPoint.of("odd/name \"\\", budget, START),
                BudgetPoint.of("odd\n\\/x\n\\", null, START),
                AlertPoint.of(alert),
                JobWindowPoint.of(new JobWindow(odd, odd, START, 10_000, Totals.ofJob())),
                NodeWindowPoint.of(new NodeWindow(odd, odd, START, 10_000, Totals.ofSite(), 1)),
                LedgerPoint.of(new SiteWindow(odd, START, 10_000, Totals.ofSite())),
                DeviceWindowPoints.of(
                        new DeviceWindow(
                            odd,
                            odd,
                            START,
                            10_000,
                            List.of(
                                new DeviceTotals(
                                    odd, DeviceKind.GPU, odd, 1L << 40, Totals.ofDevice())),
                            1))
                    .getFirst(),
                PlacementPoint.of(
                    new Placement(
                        odd,
                        odd,
                        odd,
                        START,
                        START,
                        Placement.OPEN,
                        Placement.EndedBy.NOBODY,
                        List.of(new HeldDevice(odd, START, Placement.OPEN, 10_000)),
                        NodeShares.AS_GPUS,
                        8)),
                JobQuarterHourPoint.of(
                    new JobQuarterHour(
                        odd,
                        odd,
                        new JobDetails(odd, odd, odd, odd, Map.of(odd, odd)),
                        START,
                        900_000,
                        Totals.ofJob(),
                        0)),
                NodePoint.of(
                    new NodeRecord(
                        "odd",
                        "n \"\\",
                        START,
                        "1 \"\\",
                        Map.of("rack", "r \"\\,="),
                        0,
                        0,
                        List.of("none \"\\"))),
                PipelineHealth.point(odd, odd, odd, START, Map.of("lag_records", 1L))));
    awaitVisible();
    assertThat(reader().ledger(START, START + 10_000)).containsKey(StoreText.tag(odd));
  }

  @Test
  void manyLongLabels_stayJson_andSayThatSomeAreLeftOut() {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      labels.put("label-%03d".formatted(i), "value \"\\ ".repeat(20));
    }
    JobSummary job = withLabels(described("labels", "j", "n"), labels);
    write(JobSummaryPoint.of(job));
    Map<String, String> stored = ofSite("labels").getFirst().details().labels();
    assertThat(stored).containsEntry("label-000", "value \"\\ ".repeat(20));
    assertThat(stored.get("…")).isEqualTo((400 - (stored.size() - 1)) + " labels left out");
  }
}
