// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobTimes;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class LiveStatesTest {
  private static final long START = 1_800_000_000_000L;

  private final AtomicLong clock = new AtomicLong(START);
  private final AtomicLong wallSteps = new AtomicLong();
  private final List<String> overfull = new ArrayList<>();
  private final LiveStates states =
      new LiveStates(() -> clock.get() + wallSteps.get(), clock::get, overfull::add);

  private <T> void accept(Topic topic, String key, Serde<T> serde, T value) {
    byte[] wire = serde.serializer().serialize(topic.topicName(), value);
    states.accept(topic, key, wire, clock.get(), 1_000);
  }

  private void power(String site, NodePower... nodes) {
    accept(
        Topic.POWER_SNAPSHOT,
        site,
        WireSerdes.powerSnapshot(),
        new PowerSnapshot(site, 0, clock.get(), List.of(nodes)));
  }

  private NodePower node(String name, long milliwatts, JobPower... jobs) {
    long held = 0;
    for (JobPower job : jobs) {
      held += job.milliwatts();
    }
    return new NodePower(
        name,
        clock.get(),
        milliwatts,
        List.of(milliwatts),
        milliwatts - held,
        List.of(jobs),
        List.of());
  }

  private void job(String name, JobState state, long end) {
    accept(
        Topic.JOB_SUMMARY,
        "a/" + name,
        WireSerdes.jobSummaries(),
        new JobSummary(
            "a",
            name,
            new JobDetails("ann", "physics", "train", "gpu", Map.of()),
            state,
            new JobTimes(START, START, end, START),
            0,
            JobWork.NONE,
            Totals.ofJob(),
            0,
            0));
  }

  private SiteState site(String name) {
    return requireNonNull(states.find(name), name);
  }

  @Test
  void powerIsWholeFromTheFirstReadings_andEachNodeCountsOnce() {
    power("a", node("n1", 700_000), node("n2", 300_000));
    assertThat(site("a").now().milliwatts()).isEqualTo(1_000_000);
    power("a", node("n3", 50));
    power("a", node("n2", 100_000));
    power("b", node("n1", 7));
    assertThat(site("a").now().milliwatts()).isEqualTo(800_050);
    assertThat(site("b").now().milliwatts()).isEqualTo(7);
    assertThat(states.names()).containsExactly("a", "b");
  }

  @Test
  void aNodeThatSaysNothingForHalfAMinute_isLeftOut() {
    power("a", node("silent", 10, new JobPower("j", 4, 10_000, 0)), node("n", 5));
    clock.addAndGet(20_000);
    power("a", node("n", 6));
    clock.addAndGet(10_000);
    assertThat(site("a").now().milliwatts()).isEqualTo(16);
    assertThat(site("a").jobNodes("j")).hasSize(1);
    clock.addAndGet(1);
    assertThat(site("a").isReporting()).isTrue();
    clock.addAndGet(1_000);
    SiteNow now = site("a").now();
    assertThat(now.milliwatts()).isEqualTo(6);
    assertThat(now.nodes()).isEqualTo(2);
    assertThat(now.nodesReporting()).isEqualTo(1);
    assertThat(site("a").jobNodes("j")).isEmpty();
    assertThat(site("a").nodes().silent().cardinality()).isEqualTo(1);
    clock.addAndGet(60_000);
    assertThat(site("a").now().milliwatts()).isZero();
    assertThat(site("a").isReporting()).isFalse();
  }

  @Test
  void aNodeThatSaysNothing_isLeftOut_afterAStepOfTheWallClockToo() {
    power("a", node("silent", 10), node("n", 5));
    wallSteps.set(-3_600_000);
    clock.addAndGet(NodeState.SILENT_MILLIS);
    power("a", node("n", 6));
    assertThat(site("a").now().milliwatts()).isEqualTo(16);
    // as the wall clock now shows it
    assertThat(site("a").now().arrivedEpochMillis()).isEqualTo(clock.get() - 3_600_000);
    clock.addAndGet(1_000);
    assertThat(site("a").now().milliwatts()).isEqualTo(6);
    wallSteps.set(3_600_000);
    clock.addAndGet(1_000);
    assertThat(site("a").now().milliwatts()).isEqualTo(6);
  }

  @Test
  void whatJobsHaveOnNodes_isKnownByNodeAndByJob() {
    JobPower j = new JobPower("j", 4, 10_000, 0);
    JobPower k = new JobPower("k", 3, 20_000, 5_000);
    power("a", node("n1", 10, j), node("n2", 10, k, j), node("n3", 10));
    assertThat(site("a").jobsOn("n2")).containsExactly(k, j);
    assertThat(site("a").jobsOn("n3")).isEmpty();
    assertThat(site("a").jobsOn("n4")).isEmpty();
    assertThat(site("a").jobNodes("j")).extracting(LiveJobNode::node).containsExactly("n1", "n2");
    // positions of nodes change under what was made before
    power("a", node("n0", 10, j));
    assertThat(site("a").jobNodes("j"))
        .extracting(LiveJobNode::node)
        .containsExactly("n0", "n1", "n2");
    assertThat(site("a").jobNodes("unknown")).isEmpty();
    clock.addAndGet(NodeState.SILENT_MILLIS + 1);
    assertThat(site("a").jobsOn("n2")).isEmpty();
  }

  /** A clock that is 1 ms later whenever it is read, as if each part took that long to make. */
  @Test
  void howeverMuchChanges_whatIsReadIsMadeForATenthOfTheTimeAtMost() {
    AtomicLong ticking = new AtomicLong(START);
    SiteState site =
        new SiteState("a", () -> START, ticking::getAndIncrement, new LiveRoom(overfull::add));
    NodePower node = node("n", 10);
    long before = -1;
    int made = 0;
    int reads = 0;
    while (ticking.get() < START + 900) {
      site.accept(new PowerSnapshot("a", 0, START, List.of(node)), START, 1_000);
      site.now();
      reads++;
      long now = site.changes();
      made += now == before ? 0 : 1;
      before = now;
    }
    assertThat(reads).isGreaterThan(100);
    assertThat(made).isBetween(30, 95);
    // the latest is read soon after
    long changes = site.changes();
    site.accept(new PowerSnapshot("a", 0, START, List.of(node("n", 20))), START, 1_000);
    ticking.addAndGet(90);
    assertThat(site.now().milliwatts()).isEqualTo(20);
    assertThat(site.changes()).isGreaterThan(changes);
  }

  @Test
  void onlyJobsThatRunOrEndedLatelyAreKept_howeverManyHaveEnded() {
    for (int i = 0; i < 1_000; i++) {
      job("" + i, JobState.RUNNING, JobSpan.OPEN);
      assertThat(site("a").jobsRunning()).isEqualTo(1);
      job("" + i, JobState.COMPLETED, START);
      assertThat(site("a").jobsRunning()).isZero();
    }
    assertThat(site("a").jobs()).hasSize(1_000);
    clock.addAndGet(600_001);
    states.dropOver();
    assertThat(site("a").jobs()).isEmpty();
    job("old", JobState.COMPLETED, START);
    assertThat(site("a").jobs()).isEmpty();
  }

  @Test
  void nodesAreByRack_andNumbersByValue() {
    power("a", node("n10", 1), node("n9", 2), node("n1", 3));
    for (String name : List.of("n10", "n1")) {
      accept(
          Topic.NODES,
          "a/" + name,
          WireSerdes.nodes(),
          new NodeRecord("a", name, START, "1", Map.of("rack", "r2"), 0, 0, List.of()));
    }
    NodeTable table = site("a").nodes();
    assertThat(table.names()).containsExactly("n9", "n1", "n10");
    assertThat(table.racks()).containsExactly("", "r2", "r2");
    assertThat(table.milliwatts()).containsExactly(2, 3, 1);
    power("a", node("n1", 8));
    NodeTable later = site("a").nodes();
    assertThat(later.version()).isEqualTo(table.version());
    assertThat(later.milliwatts()).containsExactly(2, 8, 1);
    power("a", node("n2", 8));
    assertThat(site("a").nodes().version()).isNotEqualTo(table.version());
    assertThat(site("a").nodes().names()).containsExactly("n2", "n9", "n1", "n10");
  }

  @Test
  void aJobThatIsForgotten_losesItsNamesAndKeepsItsPower() {
    job("j", JobState.RUNNING, JobSpan.OPEN);
    power("a", node("n1", 9, new JobPower("j", 5, 20_000, 5_000)));
    states.accept(Topic.JOB_SUMMARY, "a/j", null, clock.get(), 1_000);
    LiveJob job = site("a").job("j").orElseThrow();
    assertThat(requireNonNull(job.summary()).details())
        .isEqualTo(new JobDetails("", "", "", "gpu", Map.of()));
    assertThat(job.milliwatts()).isEqualTo(5);
    assertThat(job.nodes()).containsExactly(0);
    assertThat(job.gpuBasisPoints()).isEqualTo(20_000);
  }

  @Test
  void aRecordUnderAnotherKey_isRefused_andMakesNoSite() {
    assertThatThrownBy(() ->
            accept(
                Topic.POWER_SNAPSHOT,
                "evil",
                WireSerdes.powerSnapshot(),
                new PowerSnapshot("a", 0, START, List.of(node("n", 20)))))
        .hasMessage("a record of 'a' has the key 'evil'");
    assertThatThrownBy(() ->
            accept(
                Topic.LEDGER,
                "evil/n1",
                WireSerdes.siteWindows(),
                new SiteWindow("a", START, 10_000, Totals.ofSite())))
        .hasMessage("a record of 'a' has the key 'evil/n1'");
    assertThat(states.names()).isEmpty();
  }

  @Test
  void gpusHeldWithoutUse_areThoseThatAreNotBusy() {
    NodePower power =
        new NodePower(
            "n",
            clock.get(),
            1_000,
            List.of(1_000L),
            0,
            List.of(new JobPower("j", 1_000, 20_000, 9_000)),
            List.of(
                new GpuPower("gpu0", 700, 9_000),
                new GpuPower("gpu1", 100, 499),
                new GpuPower("gpu2", 200, 0),
                new GpuPower("gpu3", 300, 500)));
    power("a", power);
    assertThat(site("a").now().heldIdleMilliwatts()).isZero();
    NodePower all =
        new NodePower(
            "n",
            clock.get() + 1,
            1_000,
            List.of(1_000L),
            0,
            List.of(new JobPower("j", 1_000, 40_000, 9_000)),
            List.of());
    power("a", all);
    assertThat(site("a").now().heldIdleMilliwatts()).isEqualTo(300);
    assertThat(site("a").nodes().heldIdleBasisPoints()).containsExactly(5_000);
    assertThat(site("a").gpus("n")).hasSize(4);
  }
}
