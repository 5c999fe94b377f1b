// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.alerts;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SiteWatchTest {
  private static final long SEED = Long.getLong("laws.seed", 7_005);
  private static final int ROUNDS = Math.max(1, Integer.getInteger("laws.rounds", 400) / 20);
  private static final long START = 1_764_072_000_000L;
  private static final String SITE = "site";

  /**
   * A watch that is thrown away again and again and made anew from what it wrote down tells what
   * one tells that never was: nothing is lost, and nothing is told twice.
   */
  @Test
  void codesOfParts_areThoseOfEarlierReleases() {
    StringBuilder codes = new StringBuilder();
    for (AlertStateStore.Part part : AlertStateStore.Part.values()) {
      codes.append(part.name()).append(' ').append(part.code).append(' ');
      assertThat(AlertStateStore.Part.of(part.code)).isEqualTo(part);
    }
    assertThat(codes.toString())
        .isEqualTo("CLOCK a LABELS b JOB c POWER d FLOOR e BUDGET f ENERGY g WINDOW h ALARM i ");
  }

  @Test
  void crashes_changeNothingOfWhatIsTold() {
    System.out.println("SiteWatchTest seed " + SEED);
    int all = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Memory whole = new Memory(SITE);
      Memory torn = new Memory(SITE);
      SiteWatch wholeWatch = new SiteWatch(SITE, whole);
      SiteWatch tornWatch = new SiteWatch(SITE, torn);
      Random one = new Random(SEED + round);
      Random other = new Random(SEED + round);
      Random crash = new Random(round);
      for (int second = 0; second < 1_500; second++) {
        step(wholeWatch, second, one);
        step(tornWatch, second, other);
        if (crash.nextInt(20) == 0) {
          tornWatch = torn.restored();
        }
      }
      assertThat(brief(torn.told)).isEqualTo(brief(whole.told));
      all += whole.told.size();
    }
    assertThat(all).isGreaterThan(20 * ROUNDS);
  }

  /** All but figures that changed, which are looked at every 30 s: that begins anew. */
  private static List<String> brief(List<Alert> told) {
    List<String> lines = new ArrayList<>();
    Map<String, String> last = new TreeMap<>();
    for (Alert alert : told) {
      String line =
          "%s %s %s %s %s"
              .formatted(
                  alert.rule(),
                  alert.scope(),
                  alert.state(),
                  alert.severity(),
                  alert.routing().inhibitedBy());
      if (!line.equals(last.put(alert.id(), line))) {
        lines.add(
            "%d since %d to %d: %s"
                .formatted(
                    alert.times().updatedEpochMillis(),
                    alert.times().sinceEpochMillis(),
                    alert.times().endedEpochMillis(),
                    line));
      }
    }
    lines.sort(null);
    return lines;
  }

  private static void step(SiteWatch watch, int second, Random random) {
    if (second == 0) {
      set(watch, budget("whole", Scope.SITE, Quantity.POWER, 2_000_000));
      set(watch, budget("rack", Scope.nodes("rack", "r1"), Quantity.POWER, 1_000_000));
      set(watch, budget("ada", Scope.user("ada"), Quantity.POWER, 800_000));
      set(watch, budget("hour", Scope.user("ada"), Quantity.ENERGY_PER_HOUR, 200_000_000));
      set(watch, budget("day", Scope.nodes("rack", "r1"), Quantity.ENERGY_PER_DAY, 300_000_000));
      set(watch, budget("month", Scope.SITE, Quantity.ENERGY_PER_MONTH, 500_000_000));
      NodeRecord record =
          new NodeRecord(SITE, "n1", START, "", Map.of("rack", "r1"), 0, 0, List.of());
      watch.take(record, WireSerdes.nodes().serializer().serialize("nodes", record));
      JobRecord job =
          new JobRecord(
              SITE,
              "job",
              new JobDetails("ada", "p", "", "", Map.of()),
              JobSpan.openSince(START),
              JobState.RUNNING,
              JobWork.NONE,
              0);
      watch.take(job, WireSerdes.jobs().serializer().serialize("jobs", job));
    }
    long now = START + 1_000L * second;
    List<NodePower> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      long power = 300_000 + 100_000L * random.nextInt(second / 100 % 2 == 0 ? 3 : 8);
      boolean silent = i == 2 && second > 400 && second < 900;
      if (!silent && random.nextInt(5) > 0) {
        nodes.add(
            new NodePower(
                "n" + i,
                now - random.nextInt(3) * 1_000L,
                power,
                List.of(power),
                0,
                List.of(new JobPower("job", power / 2, 10_000, random.nextInt(1_000))),
                List.of()));
      }
    }
    take(watch, now, nodes);
    if (second % 10 == 9) {
      long window = START + 1_000L * (second - 9);
      long more = 1_000_000L * (1 + random.nextInt(10));
      Totals<SiteAmount> site = Totals.ofSite();
      site.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, more);
      site.add(SiteAmount.IDLE_TOTAL_MILLIJOULES, random.nextInt(30) == 0 ? more - 1 : more);
      watch.take(new SiteWindow(SITE, window, 10_000, site), now);
      watch.take(new NodeWindow(SITE, "n1", window, 10_000, site, 0));
      Totals<JobAmount> job = Totals.ofJob();
      job.add(JobAmount.TOTAL_MILLIJOULES, more);
      watch.take(new JobWindow(SITE, "job", window, 10_000, job), now);
      if (second > 30) {
        // a window of before is mended
        watch.take(new JobWindow(SITE, "job", window - 20_000, 10_000, job), now);
      }
    }
  }

  private static void take(SiteWatch watch, long now, List<NodePower> nodes) {
    PowerSnapshot live = new PowerSnapshot(SITE, 0, now, nodes);
    watch.take(
        live, WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live), now);
  }

  private static Budget budget(String id, Scope scope, Quantity quantity, long limit) {
    return new Budget(
        SITE,
        id,
        scope,
        Limit.of(quantity, limit),
        "UTC",
        new Thresholds(List.of(80, 100), 5),
        new AlertTiming(2_000, 20_000, 10_000, 0),
        "",
        "",
        0);
  }

  private static void set(SiteWatch watch, Budget budget) {
    watch.check(budget);
    watch.set(budget, WireSerdes.budgets().serializer().serialize("budgets", budget));
  }

  /** What is kept does not grow with what is past. */
  @Test
  void whatIsKept_doesNotGrowWithTime() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory);
    set(watch, budget("month", Scope.user("ada"), Quantity.ENERGY_PER_MONTH, 1L << 50));
    int early = 0;
    for (int minute = 0; minute < 60 * 24 * 80; minute++) {
      long now = START + 60_000L * minute;
      String name = "job-" + minute;
      JobRecord job =
          new JobRecord(
              SITE,
              name,
              new JobDetails("ada", "p", "", "", Map.of()),
              new JobSpan(now, now),
              JobState.COMPLETED,
              JobWork.NONE,
              0);
      watch.take(job, WireSerdes.jobs().serializer().serialize("jobs", job));
      NodePower node =
          new NodePower(
              "n" + minute / 1_440,
              now,
              500_000,
              List.of(),
              0,
              List.of(new JobPower(name, 400_000, 10_000, 10_000)),
              List.of());
      take(watch, now, List.of(node));
      Totals<JobAmount> totals = Totals.ofJob();
      totals.add(JobAmount.TOTAL_MILLIJOULES, 5_000_000);
      watch.take(new JobWindow(SITE, name, now, 10_000, totals), now);
      if (minute == 60 * 24 * 45) {
        early = memory.kept.size();
      }
    }
    System.out.printf(
        "SiteWatchTest: %d entries after 45 days, %d after 80%n", early, memory.kept.size());
    assertThat(memory.kept.size()).isLessThanOrEqualTo(early + early / 20);
    assertThat(watch.draws().all()).hasSizeLessThan(30);
  }

  /**
   * News are kept as they came while they are some node's latest; a node that is not heard any more
   * does not hold what others said with it.
   */
  @Test
  void whatNodesDraw_isKeptOnceForAllThatCameTogether() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory);
    for (int second = 0; second < 200; second++) {
      long now = START + 1_000L * second;
      List<NodePower> nodes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        if (i > 0 || second < 100) {
          long power = i == 1 && second == 50 ? 100_000 : 500_000;
          nodes.add(new NodePower("n" + i, now, power, List.of(), 0, List.of(), List.of()));
        }
      }
      take(watch, now, nodes);
      assertThat(memory.powers()).hasSizeBetween(1, second < 100 ? 1 : 2);
    }
    assertThat(memory.powers()).hasSize(2);
    assertThat(memory.powers().getFirst().nodes())
        .extracting(NodePower::node)
        .containsExactly("n0");
    assertThat(memory.powers().getLast().nodes()).hasSize(49);
    SitePower restored = memory.restored().draws();
    assertThat(restored.nodes()).hasSize(50);
    // the least that it drew was in news that are not kept any more
    assertThat(requireNonNull(restored.node("n1")).floorMilliwatts).isEqualTo(100_000);
  }

  /** The site may be quiet for so long that a node is gone before anybody saw it fall silent. */
  @Test
  void whatNodesDraw_isNotHeldByThoseThatAreGoneAtOnce() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory);
    NodePower first = new NodePower("n0", START, 500_000, List.of(), 0, List.of(), List.of());
    NodePower second = new NodePower("n1", START, 500_000, List.of(), 0, List.of(), List.of());
    take(watch, START, List.of(first, second));
    long later = START + SiteRules.GONE_MILLIS + 1_000;
    NodePower again = new NodePower("n1", later, 500_000, List.of(), 0, List.of(), List.of());
    take(watch, later, List.of(again));
    assertThat(memory.powers()).hasSize(2).allMatch(power -> power.nodes().size() == 1);
    // what is alone already is not written again
    List<PowerSnapshot> before = memory.powers();
    memory.restored();
    assertThat(memory.powers()).isEqualTo(before);
  }

  @Test
  void whatIsTold_endsAsItBegan() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory);
    Random random = new Random(SEED);
    for (int second = 0; second < 3_000; second++) {
      step(watch, second, random);
    }
    Map<String, AlertState> last = new TreeMap<>();
    for (Alert alert : memory.told) {
      AlertState before = last.put(alert.id(), alert.state());
      if (alert.state() == AlertState.RESOLVED) {
        assertThat(before).isEqualTo(AlertState.FIRING);
      } else {
        assertThat(alert.revision() == 1).isEqualTo(before != AlertState.FIRING);
      }
    }
  }
}
