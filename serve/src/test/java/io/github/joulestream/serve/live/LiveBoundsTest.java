// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.GridRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever arrives, a bounded number of things is kept, and what is over goes. */
class LiveBoundsTest {
  private static final int BATCH = 10_000;

  private final Feed feed = new Feed();

  private NodePower node(String name, JobPower... jobs) {
    return new NodePower(name, feed.clock.get(), 1, List.of(), 0, List.of(jobs), List.of());
  }

  private void nodes(String site, int from, int to) {
    for (int first = from; first < to; first += BATCH) {
      List<NodePower> nodes = new ArrayList<>();
      for (int i = first; i < Math.min(to, first + BATCH); i++) {
        nodes.add(node("n" + i));
      }
      feed.power(site, nodes.toArray(NodePower[]::new));
    }
  }

  @Test
  void nodesAreBoundedOverAllSites_andRoomIsGivenBack() {
    nodes("a", 0, LiveRoom.NODES - 5);
    assertThat(feed.overfull).isEmpty();
    nodes("b", 0, 100);
    assertThat(feed.overfull).isNotEmpty();
    assertThat(feed.site("a").now().nodes()).isEqualTo(LiveRoom.NODES - 5);
    assertThat(feed.site("b").now().nodes()).isEqualTo(5);
    // what is known is still updated
    feed.clock.addAndGet(1_000);
    nodes("a", 0, 10);
    assertThat(feed.site("a").now().epochMillis()).isEqualTo(feed.clock.get());
    feed.remove(Topic.NODES, "a/n1");
    feed.record("b", "n50", Map.of());
    assertThat(feed.site("b").now().nodes()).isEqualTo(6);
    // a whole site
    feed.remove(Topic.NODES, "a/");
    assertThat(feed.states.names()).containsExactly("b");
    feed.overfull.clear();
    nodes("b", 0, 100);
    assertThat(feed.overfull).isEmpty();
  }

  @Test
  void nodesThatAreInNoRecordAndSilentForAnHour_areDropped() {
    feed.power("a", node("listed"), node("unlisted"));
    feed.record("a", "listed", Map.of());
    feed.clock.addAndGet(SiteNodes.FORGOTTEN_MILLIS);
    feed.states.dropOver();
    assertThat(feed.site("a").nodes().names()).containsExactly("listed", "unlisted");
    feed.clock.addAndGet(1);
    feed.states.dropOver();
    assertThat(feed.site("a").nodes().names()).containsExactly("listed");
    assertThat(feed.site("a").record("listed")).isPresent();
    assertThat(feed.site("a").record("unlisted")).isEmpty();
  }

  @Test
  void sitesAreBounded_andThoseOfWhichNothingIsKnownGo() {
    for (int i = 0; i <= LiveRoom.SITES; i++) {
      feed.power("s" + i, node("n"));
    }
    assertThat(feed.states.names()).hasSize(LiveRoom.SITES);
    assertThat(feed.overfull).hasSize(1);
    feed.clock.addAndGet(SiteNodes.FORGOTTEN_MILLIS + 1);
    feed.states.dropOver();
    assertThat(feed.states.names()).isEmpty();
    feed.power("s" + LiveRoom.SITES, node("n"));
    assertThat(feed.states.names()).containsExactly("s" + LiveRoom.SITES);
  }

  @Test
  void jobsAreBounded_alsoThoseThatOnlyHoldDevices() {
    for (int i = 0; i < LiveRoom.JOBS; i++) {
      feed.job(Feed.summary("a", "j" + i, JobState.RUNNING, JobSpan.OPEN, 0));
    }
    assertThat(feed.overfull).isEmpty();
    feed.job(Feed.summary("a", "more", JobState.RUNNING, JobSpan.OPEN, 0));
    assertThat(feed.overfull).hasSize(1);
    assertThat(feed.site("a").jobsRunning()).isEqualTo(LiveRoom.JOBS);
    // shown by what it holds, without its past
    feed.power("a", node("n", new JobPower("holder", 1, 0, 0)));
    LiveJob holder = feed.site("a").job("holder").orElseThrow();
    assertThat(holder.milliwatts()).isEqualTo(1);
    assertThat(holder.recentMilliwatts()).containsOnly(-1);
  }

  @Test
  void labelsAreBoundedTogether_andTheRestOfTheRecordIsKept() {
    Map<String, String> labels =
        Map.of("a", "x".repeat(16_000), "b", "y".repeat(16_000), "rack", "r1");
    int fit = (int) (LiveRoom.TEXT_CHARACTERS / 32_008);
    for (int i = 0; i < fit + 3; i++) {
      feed.record("a", "n" + i, labels);
    }
    assertThat(feed.site("a").record("n0").orElseThrow().labels()).isEqualTo(labels);
    assertThat(feed.site("a").record("n" + (fit - 1)).orElseThrow().labels()).isEqualTo(labels);
    assertThat(feed.site("a").record("n" + fit).orElseThrow().labels()).isEmpty();
    assertThat(feed.overfull).isNotEmpty();
    // its rack is known all the same
    assertThat(feed.site("a").nodes().racks()).containsOnly("r1").hasSize(fit + 3);
    feed.record("a", "n0", Map.of());
    feed.record("a", "n" + fit, labels);
    assertThat(feed.site("a").record("n" + fit).orElseThrow().labels()).isEqualTo(labels);
  }

  @Test
  void budgetsAreBounded() {
    Budget budget =
        Budget.of("a", "b", Scope.SITE, Limit.of(Quantity.POWER, 1_000, List.of(), CapMode.NONE));
    for (int i = 0; i <= LiveRoom.BUDGETS; i++) {
      Budget one =
          new Budget(
              "a",
              "b" + i,
              budget.scope(),
              budget.limit(),
              "UTC",
              budget.thresholds(),
              budget.timing(),
              "",
              "",
              0);
      feed.accept(Topic.BUDGETS, "a/b" + i, WireSerdes.budgets(), one);
    }
    assertThat(feed.site("a").budgets()).hasSize(LiveRoom.BUDGETS);
    feed.remove(Topic.BUDGETS, "a/b7");
    assertThat(feed.site("a").budgets())
        .hasSize(LiveRoom.BUDGETS - 1)
        .noneMatch(b -> b.id().equals("b7"));
  }

  private void grid(long from, long value, long issued, boolean withdrawn) {
    GridInterval issue =
        new GridInterval(
            "a",
            GridSeries.of(SeriesKind.PRICE),
            from,
            from + 3_600_000,
            value,
            "EUR",
            GridQuality.MEASURED,
            Feed.START + issued,
            withdrawn,
            GridInterval.Origin.UNKNOWN);
    GridRecord record = new GridRecord(issue, true);
    feed.accept(Topic.GRID, record.key(), WireSerdes.grid(), record);
  }

  private List<Long> values() {
    return feed.site("a").grid().stream().map(GridInterval::valueNano).toList();
  }

  @Test
  void ofTheSupplyTheLatestIssuesOfTheLastTwoDaysAreKept() {
    long hour = 3_600_000;
    grid(Feed.START, 5, 10, false);
    grid(Feed.START, 4, 9, false); // an earlier issue that comes later
    grid(Feed.START + hour, 6, 10, false);
    assertThat(values()).containsExactly(5L, 6L);
    grid(Feed.START, 7, 11, false);
    grid(Feed.START + hour, 0, 11, true);
    assertThat(values()).containsExactly(7L);
    grid(Feed.START - 49 * hour, 8, 10, false);
    grid(Feed.START - 48 * hour, 9, 10, false);
    assertThat(values()).containsExactly(9L, 7L);
    feed.clock.addAndGet(hour);
    feed.states.dropOver();
    assertThat(values()).containsExactly(7L);
  }

  private void window(long start, long measured, long fragment) {
    Totals<SiteAmount> totals =
        Totals.ofSite()
            .add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, measured)
            .add(SiteAmount.JOBS_TOTAL_MILLIJOULES, 10);
    SiteWindow window = new SiteWindow("a", start, 10_000, totals, fragment);
    feed.accept(Topic.SITE_WINDOW, "a", WireSerdes.siteWindows(), window);
    feed.accept(Topic.LEDGER, "a", WireSerdes.siteWindows(), window);
  }

  @Test
  void theCurveIsTheLastHour_withFragmentsAddedUp() {
    for (int i = 0; i < 1_000; i++) {
      window(Feed.START + i * 10_000L, 10, 0);
    }
    window(Feed.START, 10, 0); // long over
    List<SitePoint> curve = feed.site("a").curve();
    assertThat(curve).hasSize(360);
    assertThat(curve.getFirst().windowStart()).isEqualTo(Feed.START + 640 * 10_000L);
    assertThat(feed.site("a").now().differenceMillijoules()).isZero();
    long last = Feed.START + 999 * 10_000L;
    window(last, 12, 0); // a later total takes the place of the one before
    window(last, 30, 77);
    SitePoint newest = feed.site("a").curve().getLast();
    assertThat(newest.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(42);
    assertThat(feed.site("a").now().differenceMillijoules()).isEqualTo(22);
  }
}
