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
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
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
   * A site that is restored from its store again and again emits the same alerts as one that never
   * is: none is lost, and none is emitted twice.
   */
  @Test
  void crashes_changeNoAlert() {
    System.out.println("SiteWatchTest seed " + SEED);
    int all = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Memory steady = new Memory(SITE);
      Memory restored = new Memory(SITE);
      SiteWatch steadyWatch = new SiteWatch(SITE, steady, steady);
      SiteWatch restoredWatch = new SiteWatch(SITE, restored, restored);
      Random one = new Random(SEED + round);
      Random other = new Random(SEED + round);
      Random crash = new Random(round);
      for (int second = 0; second < 1_500; second++) {
        step(steadyWatch, second, one);
        step(restoredWatch, second, other);
        if (crash.nextInt(20) == 0) {
          restoredWatch = restored.restored();
        }
      }
      assertThat(brief(restored.alerts)).isEqualTo(brief(steady.alerts));
      all += steady.alerts.size();
    }
    assertThat(all).isGreaterThan(20 * ROUNDS);
  }

  /** All but changes of figures, which are compared every 30 s: that begins anew. */
  private static List<String> brief(List<Alert> alerts) {
    List<String> lines = new ArrayList<>();
    Map<String, String> last = new TreeMap<>();
    for (Alert alert : alerts) {
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
      set(watch, budget("site", Scope.SITE, Quantity.POWER, 2_000_000));
      set(watch, budget("rack", Scope.nodes("rack", "r1"), Quantity.POWER, 1_000_000));
      set(watch, budget("ada", Scope.user("ada"), Quantity.POWER, 800_000));
      set(watch, budget("hour", Scope.user("ada"), Quantity.ENERGY_PER_HOUR, 200_000_000));
      set(watch, budget("day", Scope.nodes("rack", "r1"), Quantity.ENERGY_PER_DAY, 300_000_000));
      set(watch, budget("month", Scope.SITE, Quantity.ENERGY_PER_MONTH, 500_000_000));
      NodeRecord record =
          new NodeRecord(SITE, "n1", START, "", Map.of("rack", "r1"), 0, 0, List.of());
      watch.accept(
          new SiteEvent.NodeDescribed(
              record, WireSerdes.nodes().serializer().serialize("nodes", record)));
      JobRecord job =
          new JobRecord(
              SITE,
              "job",
              new JobDetails("ada", "p", "", "", Map.of()),
              JobSpan.openSince(START),
              JobState.RUNNING,
              JobWork.NONE,
              0);
      watch.accept(
          new SiteEvent.JobDescribed(job, WireSerdes.jobs().serializer().serialize("jobs", job)));
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
      watch.accept(new SiteEvent.EnergyOfSite(new SiteWindow(SITE, window, 10_000, site), now));
      watch.accept(
          new SiteEvent.EnergyOfNodes(
              NodeWindows.of(new NodeWindow(SITE, "n1", window, 10_000, site, 0))));
      Totals<JobAmount> job = Totals.ofJob();
      job.add(JobAmount.TOTAL_MILLIJOULES, more);
      watch.accept(
          new SiteEvent.EnergyOfJobs(
              JobWindows.of(new JobWindow(SITE, "job", window, 10_000, job)), now));
      if (second > 30) {
        // an earlier window is corrected
        watch.accept(
            new SiteEvent.EnergyOfJobs(
                JobWindows.of(new JobWindow(SITE, "job", window - 20_000, 10_000, job)), now));
      }
    }
  }

  private static void take(SiteWatch watch, long now, List<NodePower> nodes) {
    PowerSnapshot live = new PowerSnapshot(SITE, 0, now, nodes);
    watch.accept(
        new SiteEvent.Power(
            live, WireSerdes.powerSnapshot().serializer().serialize("power-snapshot", live), now));
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
    watch.accept(
        new SiteEvent.BudgetSet(
            budget, WireSerdes.budgets().serializer().serialize("budgets", budget)));
  }

  /** The state does not grow with time. */
  @Test
  void theState_doesNotGrowWithTime() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory, memory);
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
      watch.accept(
          new SiteEvent.JobDescribed(job, WireSerdes.jobs().serializer().serialize("jobs", job)));
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
      watch.accept(
          new SiteEvent.EnergyOfJobs(
              JobWindows.of(new JobWindow(SITE, name, now, 10_000, totals)), now));
      if (minute == 60 * 24 * 45) {
        early = memory.entries.size();
      }
    }
    System.out.printf(
        "SiteWatchTest: %d entries after 45 days, %d after 80%n", early, memory.entries.size());
    assertThat(memory.entries.size()).isLessThanOrEqualTo(early + early / 20);
    assertThat(watch.power().all()).hasSizeLessThan(30);
  }

  /**
   * A snapshot is stored as it came while it is the latest of any node; a silent node does not keep
   * the snapshot of all others.
   */
  @Test
  void thePowerOfNodes_isStoredOncePerSnapshot() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory, memory);
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
    SitePower restored = memory.restored().power();
    assertThat(restored.nodes()).hasSize(50);
    // its lowest power was in a snapshot that is deleted
    assertThat(requireNonNull(restored.node("n1")).floorMilliwatts).isEqualTo(100_000);
  }

  /** The site may be silent for so long that a node is gone before it was marked as silent. */
  @Test
  void thePowerOfNodes_isNotKeptByNodesThatAreGoneAtOnce() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory, memory);
    NodePower first = new NodePower("n0", START, 500_000, List.of(), 0, List.of(), List.of());
    NodePower second = new NodePower("n1", START, 500_000, List.of(), 0, List.of(), List.of());
    take(watch, START, List.of(first, second));
    long later = START + SiteRules.GONE_MILLIS + 1_000;
    NodePower again = new NodePower("n1", later, 500_000, List.of(), 0, List.of(), List.of());
    take(watch, later, List.of(again));
    assertThat(memory.powers()).hasSize(2).allMatch(power -> power.nodes().size() == 1);
    // a node that is alone already is not written again
    List<PowerSnapshot> before = memory.powers();
    memory.restored();
    assertThat(memory.powers()).isEqualTo(before);
  }

  @Test
  void everyAlert_fires_andResolvesOnce() {
    Memory memory = new Memory(SITE);
    SiteWatch watch = new SiteWatch(SITE, memory, memory);
    Random random = new Random(SEED);
    for (int second = 0; second < 3_000; second++) {
      step(watch, second, random);
    }
    Map<String, AlertState> last = new TreeMap<>();
    for (Alert alert : memory.alerts) {
      AlertState before = last.put(alert.id(), alert.state());
      if (alert.state() == AlertState.RESOLVED) {
        assertThat(before).isEqualTo(AlertState.FIRING);
      } else {
        assertThat(alert.revision() == 1).isEqualTo(before != AlertState.FIRING);
      }
    }
  }
}
