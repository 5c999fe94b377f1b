// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeAgentTest {
  private final List<TelemetryBatch> published = new ArrayList<>();
  private final List<NodeRecord> nodes = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final CountDownLatch enough = new CountDownLatch(3);

  private final Publisher publisher =
      new Publisher() {
        @Override
        public void publish(TelemetryBatch batch) {
          published.add(batch);
          enough.countDown();
        }

        @Override
        public void publish(AllocationEvent event) {
          throw new AssertionError("an agent knows no allocations");
        }

        @Override
        public void publish(JobRecord job) {
          throw new AssertionError("an agent knows no jobs");
        }

        @Override
        public void publish(NodeRecord node) {
          nodes.add(node);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** A probe that can be told to fail. */
  private static final class Switch implements Probe {
    private final String name;
    boolean there;
    boolean fails;
    boolean mistake;
    boolean closed;
    long counterEpoch;
    @Nullable Exception statusFailure;
    final List<Long> statusTimes = new ArrayList<>();

    Switch(String name, boolean there) {
      this.name = name;
      this.there = there;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void open() throws ProbeUnavailable {
      if (!there) {
        throw new ProbeUnavailable("it is not plugged in");
      }
    }

    @Override
    public String describe() {
      return "one " + name;
    }

    @Override
    public List<DeviceSeries> read(long epochMillis) throws IOException {
      if (fails) {
        throw new IOException("worn out");
      }
      if (mistake) {
        throw new IllegalStateException("a mistake");
      }
      return List.of(
          new DeviceSeries(
              Device.sensor(name, DeviceKind.GPU).withCounter(counterEpoch, 0),
              Readings.ofPower(new long[] {epochMillis}, new long[] {5})));
    }

    @Override
    public List<DeviceStatus> statuses(long epochMillis) throws IOException {
      statusTimes.add(epochMillis);
      if (statusFailure instanceof IOException e) {
        throw e;
      }
      if (statusFailure instanceof RuntimeException e) {
        throw e;
      }
      return List.of(
          new DeviceStatus(
              name, epochMillis, Map.of(StatusColumn.XID_ERRORS, (long) statusTimes.size())));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private void seconds(NodeAgent agent, int from, int to) {
    for (int second = from; second < to; second++) {
      nanos.set(second * 1_000_000_000L);
      agent.turn(second * 1_000L);
    }
  }

  private List<DeviceStatus> statuses() {
    return published.stream().flatMap(batch -> batch.statuses().stream()).toList();
  }

  @Test
  void statuses_haveTheirOwnPace_andGoWithTheReadingsOfTheirTurn() {
    Switch gpu = new Switch("gpu0", true);
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofSeconds(1)), List.of(gpu), publisher, () -> 77, nanos::get)) {
      seconds(agent, 0, 60);
    }
    assertThat(gpu.statusTimes).hasSize(6);
    long first = gpu.statusTimes.getFirst();
    assertThat(first).isBetween(0L, 10_000L);
    assertThat(gpu.statusTimes)
        .containsExactly(
            first, first + 10_000, first + 20_000, first + 30_000, first + 40_000, first + 50_000);
    assertThat(published).hasSize(60);
    assertThat(statuses()).hasSize(6);
    for (TelemetryBatch batch : published) {
      long time = batch.devices().getFirst().readings().epochMillis()[0];
      assertThat(batch.statuses())
          .extracting(DeviceStatus::epochMillis)
          .isEqualTo(gpu.statusTimes.contains(time) ? List.of(time) : List.of());
    }
  }

  @Test
  void statusesThatAreOff_areNotRead() {
    Switch gpu = new Switch("gpu0", true);
    Duration second = Duration.ofSeconds(1);
    AgentSettings off = new AgentSettings("s", "n", second, second, Duration.ZERO, Map.of());
    try (NodeAgent agent = new NodeAgent(off, List.of(gpu), publisher, () -> 77, nanos::get)) {
      seconds(agent, 0, 60);
    }
    assertThat(gpu.statusTimes).isEmpty();
    assertThat(statuses()).isEmpty();
  }

  @Test
  void statusesOfANode_fallOnItsOwnPlaceWithinTheInterval() {
    Set<Long> places = new HashSet<>();
    for (int node = 0; node < 200; node++) {
      Switch gpu = new Switch("gpu0", true);
      AgentSettings settings = new AgentSettings("s", "node" + node);
      nanos.set(0);
      try (NodeAgent agent =
          new NodeAgent(settings, List.of(gpu), publisher, () -> 0, nanos::get)) {
        seconds(agent, 0, 11);
      }
      places.add(gpu.statusTimes.getFirst() % 10_000);
    }
    assertThat(places).hasSize(10);
  }

  @Test
  void statusesThatFail_costNoReading_andAreReported() {
    Switch good = new Switch("good", true);
    Switch bad = new Switch("bad", true);
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofSeconds(1)), List.of(bad, good), publisher, () -> 77, nanos::get)) {
      int from = 0;
      for (Exception failure :
          List.of(new IOException("worn out"), new IllegalStateException("a mistake"))) {
        published.clear();
        bad.statusFailure = failure;
        seconds(agent, from, from + 20);
        assertThat(published).hasSize(20).allMatch(batch -> batch.devices().size() == 2);
        assertThat(statuses()).hasSize(2).allMatch(status -> status.deviceId().equals("good"));
        assertThat(agent.unavailable())
            .singleElement()
            .asString()
            .startsWith("statuses of bad fail: ")
            .endsWith(String.valueOf(failure.getMessage()));
        assertThat(nodes.getLast().unavailable()).isEqualTo(agent.unavailable());
        bad.statusFailure = null;
        seconds(agent, from + 20, from + 40);
        from += 40;
        assertThat(agent.unavailable()).isEmpty();
        assertThat(nodes.getLast().unavailable()).isEmpty();
      }
    }
  }

  /** What a device counted is not lost with a batch that does not have it. */
  @Test
  void aStatusWithoutReadings_waitsForTheNextBatchWithItsDevice() {
    Switch gpu = new Switch("gpu0", true);
    Switch other = new Switch("other", true);
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofSeconds(1)), List.of(gpu, other), publisher, () -> 77, nanos::get)) {
      gpu.fails = true;
      seconds(agent, 0, 25);
      assertThat(statuses()).extracting(DeviceStatus::deviceId).containsOnly("other");
      published.clear();
      gpu.fails = false;
      seconds(agent, 25, 26);
      assertThat(published).hasSize(1);
      assertThat(statuses())
          .extracting(DeviceStatus::epochMillis)
          .containsExactlyElementsOf(gpu.statusTimes);
    }
  }

  @Test
  void aProbeThatFails_hindersNoOther_andComesBack() {
    Switch good = new Switch("good", true);
    Switch bad = new Switch("bad", true);
    try (NodeAgent agent =
        new NodeAgent(
            new AgentSettings("s", "n"),
            List.of(good, bad, new Switch("absent", false)),
            publisher,
            () -> 77,
            nanos::get)) {
      assertThat(agent.describe())
          .contains("one good")
          .contains("absent unavailable, because it is not plugged in");
      agent.turn(1_000);
      bad.fails = true;
      agent.turn(2_000);
      bad.fails = false;
      agent.turn(3_000);
      assertThat(published.stream().map(batch -> batch.devices().size())).containsExactly(2, 1, 2);
      assertThat(published.stream().map(TelemetryBatch::sequence)).containsExactly(0L, 1L, 2L);
      assertThat(published).allMatch(batch -> batch.agentEpoch() == 77);
      assertThat(agent.readings()).isEqualTo(5);
    }
    assertThat(good.closed).isTrue();
  }

  @Test
  void itRuns_untilItIsStopped() throws InterruptedException {
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofMillis(100)),
            List.of(new Switch("gpu0", true)),
            publisher,
            EpochClock.system(),
            NanoClock.system())) {
      agent.start();
      assertThat(enough.await(20, TimeUnit.SECONDS)).isTrue();
      agent.stop();
      long readings = agent.readings();
      assertThat(readings).isEqualTo(published.stream().mapToLong(TelemetryBatch::readings).sum());
      assertThat(agent.failure()).isEmpty();
    }
  }

  private static AgentSettings every(Duration interval) {
    return new AgentSettings("s", "n", interval, interval, Map.of("rack", "r12"));
  }

  @Test
  void severalReadings_goIntoOneBatch_andWhatIsLeftGoesAtTheEnd() {
    Switch gpu = new Switch("gpu0", true);
    Switch other = new Switch("gpu1", true);
    AgentSettings settings =
        new AgentSettings("s", "n", Duration.ofMillis(100), Duration.ofSeconds(1), Map.of());
    try (NodeAgent agent =
        new NodeAgent(settings, List.of(gpu, other), publisher, () -> 77, nanos::get)) {
      for (int turn = 0; turn < 20; turn++) {
        other.fails = turn == 3;
        agent.turn(1_000 + 100 * turn);
      }
      assertThat(published).hasSize(2);
      assertThat(published.getFirst().devices().getFirst().readings().epochMillis())
          .containsExactly(1_000, 1_100, 1_200, 1_300, 1_400, 1_500, 1_600, 1_700, 1_800, 1_900);
      assertThat(published.getFirst().devices().get(1).readings().epochMillis())
          .containsExactly(1_000, 1_100, 1_200, 1_400, 1_500, 1_600, 1_700, 1_800, 1_900);
      assertThat(agent.readings()).isEqualTo(39);
    }
  }

  @Test
  void aDeviceThatIsDescribedAnew_beginsANewBatch() {
    Switch gpu = new Switch("gpu0", true);
    AgentSettings settings =
        new AgentSettings("s", "n", Duration.ofMillis(100), Duration.ofSeconds(1), Map.of());
    try (NodeAgent agent = new NodeAgent(settings, List.of(gpu), publisher, () -> 77, nanos::get)) {
      agent.turn(1_000);
      gpu.counterEpoch = 8;
      agent.turn(1_100);
      for (int turn = 2; turn < 11; turn++) {
        agent.turn(1_000 + 100 * turn);
      }
      assertThat(published).hasSize(2);
      assertThat(published).extracting(TelemetryBatch::readings).containsExactly(1, 10);
      assertThat(published.get(1).devices().getFirst().device().counterEpoch()).isEqualTo(8);
    }
  }

  @Test
  void theNode_isHeardOfAtItsStart_everyMinute_andWhenSomethingChanges() {
    Switch gpu = new Switch("gpu0", true);
    AgentSettings settings = every(Duration.ofSeconds(1));
    try (NodeAgent agent =
        new NodeAgent(
            settings, List.of(gpu, new Switch("absent", false)), publisher, () -> 77, nanos::get)) {
      for (int second = 0; second < 200; second++) {
        nanos.set(second * 1_000_000_000L);
        gpu.fails = second >= 130 && second < 132;
        agent.turn(second * 1_000L);
      }
    }
    assertThat(nodes)
        .extracting(NodeRecord::epochMillis)
        .containsExactly(0L, 60_000L, 120_000L, 130_000L, 135_000L, 195_000L);
    NodeRecord first = nodes.getFirst();
    assertThat(first.labels()).containsExactly(Map.entry("rack", "r12"));
    assertThat(first.agentVersion()).isNotEmpty();
    assertThat(first.unavailable())
        .containsExactly("absent unavailable, because it is not plugged in");
    assertThat(nodes.get(3).unavailable()).contains("gpu0 fails: worn out");
    assertThat(nodes.get(4).unavailable()).hasSize(1);
  }

  @Test
  void aProbeThatComesLate_isFound() {
    Switch late = new Switch("late", false);
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofSeconds(1)), List.of(late), publisher, () -> 77, nanos::get)) {
      agent.turn(0);
      late.there = true;
      agent.turn(1_000);
      assertThat(published).isEmpty();
      assertThat(agent.health().ok()).isTrue();
      nanos.set(301_000_000_000L);
      // to start it anew would not help
      assertThat(agent.health().words())
          .isEqualTo(
              "ok; nothing can be read here: late unavailable, because it is not plugged in");
      agent.lookAgain();
      agent.turn(301_000);
      assertThat(published).hasSize(1);
      assertThat(agent.health().words()).isEqualTo("ok");
      assertThat(agent.unavailable()).isEmpty();
      nanos.set(308_000_000_000L);
      assertThat(agent.health().words()).isEqualTo("no reading for 7 s");
    }
  }

  @Test
  void aMistakeInAProbe_hindersNoOther() {
    Switch bad = new Switch("bad", true);
    bad.mistake = true;
    try (NodeAgent agent =
        new NodeAgent(
            every(Duration.ofSeconds(1)),
            List.of(bad, new Switch("good", true)),
            publisher,
            () -> 77,
            nanos::get)) {
      agent.turn(0);
      assertThat(published).hasSize(1);
      assertThat(agent.health().words()).contains("bad fails").contains("a mistake");
      Metrics metrics = new Metrics();
      agent.showIn(metrics);
      assertThat(metrics.text())
          .contains("joulestream_agent_probe_failures_total{probe=\"bad\"} 1\n")
          .contains("joulestream_agent_probe_failures_total{probe=\"good\"} 0\n")
          .contains("joulestream_agent_readings_total 1\n");
    }
  }
}
