// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import io.github.joulestream.serve.api.SiteStates;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.stream.JobCosts.JobCost;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SiteFramesTest {
  private final FakeSite site = new FakeSite("s", 40, 4);
  private long now = FakeSite.NOW;
  private final SiteFrames frames =
      new SiteFrames(
          "s",
          site,
          new SiteStates(() -> now, Map.of(), CarbonBasis.Scope.LIFECYCLE),
          (s, job, millijoules) ->
              new JobCost(BigDecimal.valueOf(millijoules, 6), "EUR", BigDecimal.ONE));

  private static Visibility of(String name, Role role, boolean sitesForAll, String... projects) {
    return new Visibility(new Viewer(name, role, new TreeSet<>(List.of(projects))), sitesForAll);
  }

  private static Viewing all() {
    return new Viewing(of("", Role.VIEWER, true), CellsMode.NODES, 200);
  }

  private static Viewing ada(boolean sitesForAll) {
    return new Viewing(of("ada", Role.USER, sitesForAll, "climate"), CellsMode.NODES, 200);
  }

  private FrameClient client(Viewing viewing, String last, FakeSink sink) {
    return new FrameClient(viewing, FrameId.of(7, "s", viewing), last, sink);
  }

  private FakeSink connect(Viewing viewing) {
    FakeSink sink = new FakeSink();
    frames.add(client(viewing, "", sink), now);
    return sink;
  }

  private void tick() {
    now += 1_000;
    frames.tick(now);
  }

  private void power(int node, long milliwatts) {
    site.table.milliwatts()[node] = milliwatts;
    site.table.highestMilliwatts()[node] = 1_000_000;
    site.changes++;
  }

  @Test
  void aClientGetsAllAtFirst_thenWhatChanged() {
    site.run("c/1", "ada", "climate", 3_000_000, 0, 1, 2, 7);
    site.run("c/2", "bob", "ocean", 5_000_000, 3);
    FakeSink sink = connect(all());
    assertThat(sink.events()).containsExactly("site", "nodes", "cells", "jobs", "alerts");
    assertThat(sink.site.path("site").textValue()).isEqualTo("s");
    assertThat(sink.names).isEqualTo(site.table.names());
    assertThat(sink.order).containsExactly("c/2", "c/1");
    assertThat(sink.job("c/1").path("nodes").toString()).isEqualTo("[[0,3],[7,1]]");
    assertThat(sink.job("c/1").path("path").textValue()).isEqualTo("/api/v1/jobs/s/c/1");
    assertThat(sink.job("c/1").path("name").textValue()).isEqualTo("job \"c/1\"");
    assertThat(sink.job("c/1").path("cost").decimalValue()).isEqualByComparingTo("3");
    assertThat(sink.job("c/1").path("idleGpuMillis").longValue()).isEqualTo(3_000);
    assertThat(sink.job("c/1").path("gpus").doubleValue()).isEqualTo(4.0);
    assertThat(sink.job("c/1").path("own").booleanValue()).isFalse();
    assertThat(sink.cells[3][5]).isEqualTo(4);
    assertThat(sink.cells[4][5]).isZero();

    sink.received.clear();
    site.run("c/1", "ada", "climate", 3_000_001, 0, 1, 2, 7);
    power(9, 500_000);
    tick();
    assertThat(sink.events()).containsExactly("site", "cells", "jobs");
    assertThat(sink.cells[9][0]).isEqualTo(125);
    assertThat(sink.order).containsExactly("c/1");
    assertThat(sink.received.getLast().data()).doesNotContain("recent");
    assertThat(sink.job("c/1").path("recent").size()).isEqualTo(60);

    sink.received.clear();
    site.jobs.remove("c/2");
    site.run("c/1", "ada", "climate", 4_000_000, 0, 1, 2, 7);
    tick();
    assertThat(sink.jobs).containsOnlyKeys("c/1");
    assertThat(sink.total).isEqualTo(1);
    assertThat(sink.received.getLast().data())
        .isEqualTo(
            "{\"full\":false,\"total\":1,\"jobs\":[{\"job\":\"c/1\",\"energyMillijoules\":4000000,"
                + "\"heldIdleMillijoules\":0,\"idleGpuMillis\":3000,\"cost\":4,\"co2eGrams\":1,"
                + "\"milliwatts\":4000000}],\"gone\":[\"c/2\"]}");
    assertThat(sink.cells[3][5]).isZero();
  }

  @Test
  void ofACurveThatMovesOn_itsEndIsSent_andAllOfItToWhoComesAgain() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink sink = connect(all());
    FakeSink again = new FakeSink();
    FrameClient lost = client(all(), "", again);
    frames.add(lost, now);
    frames.remove(lost);
    LiveJob before = requireNonNull(site.jobs.get("c/1"));
    long[] moved = new long[60];
    Arrays.fill(moved, -1);
    moved[58] = 3_500_000;
    moved[59] = 5_000_000;
    site.run("c/1", before.summary(), 3_000_000, moved, 0);
    tick();
    assertThat(sink.received.getLast().data())
        .contains("[{\"job\":\"c/1\",\"recentEnd\":[3500000,5000000]}]");
    frames.add(client(all(), again.lastId, again), now);
    assertThat(again.received.getLast().data()).contains("{\"job\":\"c/1\",\"recent\":[null,");
    assertThat(sink.jobs).isEqualTo(again.jobs);
    assertThat(sink.job("c/1").path("recent").path(58).longValue()).isEqualTo(3_500_000);
  }

  @Test
  void whereNothingChanges_thereIsAFrameEachFiveSeconds() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink sink = connect(all());
    sink.received.clear();
    for (int i = 0; i < 10; i++) {
      tick();
    }
    assertThat(sink.events()).containsExactly("site", "site");
  }

  @Test
  void aUserGetsTheOwnJobsAlone_andNoSiteWhereThatIsForStaff() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    site.run("c/2", "bob", "climate", 5_000_000, 1);
    site.run("c/3", "", "", 6_000_000, 2);
    FakeSink staff = connect(all());
    FakeSink open = connect(ada(true));
    FakeSink closed = connect(ada(false));
    tick();
    assertThat(staff.jobs).containsOnlyKeys("c/1", "c/2", "c/3");
    assertThat(open.jobs).containsOnlyKeys("c/1");
    assertThat(open.total).isEqualTo(1);
    assertThat(open.events()).contains("site", "nodes", "cells");
    assertThat(open.job("c/1").path("own").booleanValue()).isTrue();
    assertThat(closed.jobs).containsOnlyKeys("c/1");
    assertThat(closed.events()).doesNotContain("site", "nodes", "cells");
    assertThat(closed.job("c/1").path("nodes")).isEmpty();
    for (FakeSink sink : List.of(open, closed)) {
      assertThat(sink.received).noneMatch(one -> one.data().contains("c/2"));
      assertThat(sink.received).noneMatch(one -> one.data().contains("bob"));
    }
  }

  @Test
  void aManagerGetsTheJobsOfTheProjects_ownFirst() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    site.run("c/2", "bob", "climate", 5_000_000, 1);
    site.run("c/3", "eve", "ocean", 9_000_000, 1);
    FakeSink sink =
        connect(new Viewing(of("ada", Role.MANAGER, true, "climate"), CellsMode.NODES, 200));
    assertThat(sink.order).containsExactly("c/1", "c/2");
    FakeSink one = connect(new Viewing(of("eve", Role.ADMIN, true), CellsMode.NODES, 2));
    assertThat(one.order).containsExactly("c/3", "c/2");
    assertThat(one.total).isEqualTo(3);
    site.run("c/1", "ada", "climate", 8_000_000, 0);
    tick();
    assertThat(one.jobs).containsOnlyKeys("c/1", "c/3");
  }

  @Test
  void alertsAboutOthers_areForStaff() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    site.run("c/2", "bob", "ocean", 5_000_000, 1);
    site.alerts.add(FakeAlert.of(Scope.SITE, "power of s is high; largest: job c/2 (50 %)"));
    site.alerts.add(FakeAlert.of(Scope.job("c/1"), "job c/1"));
    site.alerts.add(FakeAlert.of(Scope.job("c/2"), "job c/2"));
    site.alerts.add(FakeAlert.of(Scope.user("bob"), "of bob"));
    site.alerts.add(FakeAlert.of(Scope.project("ocean"), "of ocean"));
    site.alerts.add(FakeAlert.of(Scope.project("climate"), "of climate"));
    site.alerts.add(FakeAlert.of(Scope.node("n3"), "node"));
    FakeSink staff = connect(all());
    FakeSink open = connect(ada(true));
    FakeSink closed = connect(ada(false));
    assertThat(staff.alerts).hasSize(7);
    assertThat(staff.site.path("alertsFiring").intValue()).isEqualTo(7);
    assertThat(open.site.path("alertsFiring").intValue()).isEqualTo(4);
    assertThat(staff.alerts.get(0).path("summary").textValue()).contains("c/2");
    assertThat(staff.alerts.get(0).path("nodes").toString()).isEqualTo("[\"n1\"]");
    assertThat(open.alerts.findValuesAsText("summary"))
        .containsExactly("power of s is high", "job c/1", "of climate", "node");
    assertThat(closed.alerts.findValuesAsText("summary")).containsExactly("job c/1", "of climate");
    assertThat(closed.alerts.get(0).path("nodes")).isEmpty();
    int before = open.received.size();
    site.changes++;
    tick();
    assertThat(open.events().subList(before, open.events().size())).containsExactly("site");
    site.alerts.removeLast();
    tick();
    assertThat(open.events().getLast()).isEqualTo("alerts");
    assertThat(open.alerts).hasSize(3);
    assertThat(open.site.path("alertsFiring").intValue()).isEqualTo(3);
    assertThat(staff.site.path("alertsFiring").intValue()).isEqualTo(6);
  }

  @Test
  void energyOfAJob_isAbsent_untilItsFirstSummary() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    LiveJob known = requireNonNull(site.jobs.get("c/1"));
    site.jobs.put(
        "c/1",
        new LiveJob("c/1", null, 3_000_000, 10_000, 0, known.nodes(), 1, known.recentMilliwatts()));
    FakeSink sink = connect(all());
    for (String figure : List.of("energyMillijoules", "heldIdleMillijoules", "idleGpuMillis")) {
      assertThat(sink.job("c/1").path(figure).isNull()).as(figure).isTrue();
    }
    assertThat(sink.job("c/1").path("milliwatts").longValue()).isEqualTo(3_000_000);
    site.jobs.put("c/1", known);
    site.changes++;
    tick();
    assertThat(sink.job("c/1").path("energyMillijoules").longValue()).isEqualTo(3_000_000);
  }

  @ParameterizedTest
  @EnumSource(
      value = CellsMode.class,
      names = {"NODES", "RACKS"})
  void whoComesAgain_getsWhatItMissed(CellsMode mode) {
    Viewing viewing = new Viewing(of("", Role.VIEWER, true), mode, 200);
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    site.run("c/2", "bob", "ocean", 5_000_000, 1);
    FakeSink always = connect(viewing);
    FakeSink away = new FakeSink();
    FrameClient first = client(viewing, "", away);
    frames.add(first, now);
    String last = away.lastId;
    frames.remove(first);
    for (int i = 0; i < 30; i++) {
      power(i, 10_000L * i);
      site.run("c/" + i, "eve", "ocean", 1_000_000 + i, i);
      tick();
    }
    site.jobs.remove("c/1");
    tick();
    away.received.clear();
    frames.add(client(viewing, last, away), now);
    assertThat(away.events()).containsExactly("site", "cells", "jobs");
    assertThat(away.received.getLast().data()).startsWith("{\"full\":false").contains("c/1");
    assertThat(away.jobs).isEqualTo(always.jobs);
    assertThat(away.cells).isDeepEqualTo(always.cells);
    assertThat(away.lastId).isEqualTo(always.lastId);
  }

  @Test
  void aClientThatIsBehind_getsLessOften_andAllOfIt() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink quick = connect(all());
    FakeSink slow = connect(all());
    slow.behind = true;
    int before = slow.received.size();
    for (int i = 0; i < 5; i++) {
      power(i, 100_000L * (i + 1));
      site.run("c/" + i, "ada", "climate", 2_000_000 + i, i);
      tick();
    }
    assertThat(slow.received).hasSize(before);
    slow.behind = false;
    tick();
    power(0, 1);
    tick();
    assertThat(slow.cells).isDeepEqualTo(quick.cells);
    assertThat(slow.jobs).isEqualTo(quick.jobs);
  }

  @Test
  void onlyTheLastEventOfAFrame_hasItsId() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink sink = connect(all());
    String id = sink.lastId;
    assertThat(sink.received.subList(0, 4)).noneMatch(one -> one.id().equals(id));
    FakeSink cut = new FakeSink();
    FrameClient again = client(all(), sink.received.get(2).id(), cut);
    frames.add(again, now);
    assertThat(cut.events()).containsExactly("site", "nodes", "cells", "jobs", "alerts");
  }

  @Test
  void idsOfOtherRunsViewersAndForms_areThoseOfNoFrame() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink sink = connect(all());
    String id = sink.lastId;
    assertThat(FrameId.of(7, "s", all()).frame(id)).isPositive();
    assertThat(FrameId.of(8, "s", all()).frame(id)).isZero();
    assertThat(FrameId.of(7, "t", all()).frame(id)).isZero();
    assertThat(FrameId.of(7, "s", ada(true)).frame(id)).isZero();
    for (String wrong : List.of("", "x", id + "x", id + "99999999999999999999", "-1")) {
      assertThat(FrameId.of(7, "s", all()).frame(wrong)).as(wrong).isZero();
    }
    FakeSink ahead = new FakeSink();
    frames.add(client(all(), id + "999", ahead), now);
    assertThat(ahead.events()).containsExactly("site", "nodes", "cells", "jobs", "alerts");
  }

  @Test
  void aClientThatIsGone_isSentNothing_andNobodyMakesNoFrames() {
    FakeSink sink = connect(all());
    sink.over = true;
    site.changes++;
    tick();
    assertThat(frames.clients()).isZero();
    FakeSink other = connect(all());
    frames.close();
    assertThat(other.events()).endsWith("bye");
    assertThat(other.over).isTrue();
  }

  @Test
  void namesOfVeryManyNodes_comeBeforeTheRest() {
    site.table = FakeSite.table(2, 50_000, 40);
    FakeSink sink = connect(all());
    assertThat(sink.events()).containsExactly("site", "nodes");
    FakeSink cut = new FakeSink();
    frames.add(client(all(), sink.lastId, cut), now);
    assertThat(cut.events()).containsExactly("site", "nodes");
    tick();
    assertThat(sink.events()).containsExactly("site", "nodes", "site", "cells", "jobs", "alerts");
    assertThat(sink.cells).hasNumberOfRows(50_000);
    site.table = FakeSite.table(3, 50_001, 40);
    site.changes++;
    tick();
    tick();
    assertThat(sink.names).hasSize(50_001);
    assertThat(sink.cells).hasNumberOfRows(50_001);
  }

  @Test
  void jobsThatAreOver_areNotAmongThoseThatRun() {
    site.run("c/1", "ada", "climate", 3_000_000, 0);
    FakeSink sink = connect(all());
    LiveJob job = requireNonNull(site.jobs.get("c/1"));
    site.jobs.put(
        "c/1",
        new LiveJob(
            "c/1",
            requireNonNull(job.summary()).withState(JobState.COMPLETED),
            0,
            0,
            0,
            new int[0],
            1,
            job.recentMilliwatts()));
    site.changes++;
    tick();
    assertThat(sink.jobs).isEmpty();
    assertThat(sink.cells[0][5]).isZero();
  }
}
