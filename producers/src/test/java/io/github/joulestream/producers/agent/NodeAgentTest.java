// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.producers.probe.Probe;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeAgentTest {
  private final List<TelemetryBatch> published = new ArrayList<>();
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
          throw new AssertionError("not yet");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** A probe that can be told to fail. */
  private static final class Switch implements Probe {
    private final String name;
    private final boolean there;
    boolean fails;
    boolean closed;

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
      return List.of(
          new DeviceSeries(
              Device.sensor(name, DeviceKind.GPU),
              Readings.ofPower(new long[] {epochMillis}, new long[] {5})));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void aProbeThatFails_hindersNoOther_andComesBack() {
    Switch good = new Switch("good", true);
    Switch bad = new Switch("bad", true);
    try (NodeAgent agent =
        new NodeAgent(
            "s",
            "n",
            List.of(good, bad, new Switch("absent", false)),
            publisher,
            () -> 77,
            Duration.ofSeconds(1))) {
      assertThat(agent.describe())
          .contains("one good")
          .contains("absent unavailable, because it is not plugged in");
      agent.readAll(1_000);
      bad.fails = true;
      agent.readAll(2_000);
      bad.fails = false;
      agent.readAll(3_000);
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
            "s",
            "n",
            List.of(new Switch("gpu0", true)),
            publisher,
            () -> 77,
            Duration.ofMillis(1))) {
      agent.start();
      assertThat(enough.await(20, TimeUnit.SECONDS)).isTrue();
      agent.stop();
      long readings = agent.readings();
      assertThat(readings).isEqualTo(published.size());
      assertThat(agent.failure()).isEmpty();
    }
  }
}
