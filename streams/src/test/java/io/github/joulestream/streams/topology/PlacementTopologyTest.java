// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.accounting.TotalJobs;
import io.github.joulestream.streams.accounting.TotalSites;
import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From allocations to the topic of placements. */
class PlacementTopologyTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";

  @TempDir Path folder;
  private final List<TopologyTestDriver> drivers = new ArrayList<>();

  @AfterEach
  void stop() {
    drivers.forEach(TopologyTestDriver::close);
  }

  private final class Run {
    final TopologyTestDriver driver;

    Run(String name, List<StateRecord> state) {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve(name))
                  .commitInterval(Duration.ofMillis(100)));
      config.put(StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG, StateWrapper.class);
      config.put(StateWrapper.RECORDS, StateWrapper.byStore(state));
      driver =
          new TopologyTestDriver(
              new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE).get(), config);
      drivers.add(driver);
    }

    private <T> void send(Topic topic, String node, T value, Serializer<T> serializer, int second) {
      driver
          .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
          .pipeInput(
              new TestRecord<>(
                  Keys.node(SITE, node), value, Instant.ofEpochMilli(START + 1_000L * second)));
    }

    private void send(AllocationEvent event, int arrivalSecond) {
      send(
          Topic.ALLOCATIONS,
          event.node(),
          event,
          WireSerdes.allocations().serializer(),
          arrivalSecond);
    }

    void hold(String node, String job, int atSecond, int arrivalSecond, String... gpus) {
      send(
          AllocationEvent.hold(
              SITE,
              node,
              job,
              START + 1_000L * atSecond,
              Stream.of(gpus).map(DeviceShare::whole).toList(),
              2),
          arrivalSecond);
    }

    void release(String node, String job, int atSecond, int arrivalSecond) {
      send(AllocationEvent.release(SITE, node, job, START + 1_000L * atSecond), arrivalSecond);
    }

    /** 500 W on gpu0, a reading a second, arriving at once. */
    void batch(String node, int sequence, int fromSecond, int toSecond, int arrivalSecond) {
      int size = toSecond - fromSecond + 1;
      long[] times = new long[size];
      long[] power = new long[size];
      for (int i = 0; i < size; i++) {
        times[i] = START + 1_000L * (fromSecond + i);
        power[i] = 500_000;
      }
      send(
          Topic.TELEMETRY,
          node,
          new TelemetryBatch(
              SITE,
              node,
              1,
              sequence,
              List.of(
                  new DeviceSeries(
                      Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power)))),
          WireSerdes.telemetry().serializer(),
          arrivalSecond);
    }

    List<Placement> read() {
      List<Placement> read = new ArrayList<>();
      for (TestRecord<String, Placement> record :
          driver
              .createOutputTopic(
                  Topic.PLACEMENT.topicName(),
                  new StringDeserializer(),
                  WireSerdes.placements().deserializer())
              .readRecordsToList()) {
        assertThat(record.key()).isEqualTo(Keys.node(SITE, record.value().node()));
        read.add(record.value());
      }
      return read;
    }

    /** Emits what is pending without another record. */
    void quiet() {
      driver.advanceWallClockTime(Duration.ofSeconds(2));
      driver.advanceWallClockTime(Duration.ofSeconds(2));
    }

    List<StateRecord> state() {
      return Stream.of(
              AttributeEnergy.JOURNAL,
              AttributeEnergy.ACCOUNTS,
              AttributeEnergy.HISTORY,
              AttributeEnergy.SET_ASIDE,
              TotalJobs.WINDOWS,
              TotalJobs.TOTALS,
              TotalSites.WINDOWS)
          .flatMap(store ->
              StateRecords.read(requireNonNull(driver.getAllStateStores().get(store), store))
                  .stream())
          .toList();
    }
  }

  private static HeldDevice held(String id, int fromSecond, int toSecond) {
    return new HeldDevice(
        id,
        START + 1_000L * fromSecond,
        toSecond < 0 ? Placement.OPEN : START + 1_000L * toSecond,
        10_000);
  }

  private static Placement of(String job, List<Placement> placements) {
    return placements.stream().filter(one -> one.job().equals(job)).findFirst().orElseThrow();
  }

  @Test
  void whatAnEdgeChanges_isEmitted_ofAllJobsThatItConcerns() {
    Run run = new Run("run", List.of());
    run.hold("n1", "a", 10, 12, "gpu0", "gpu1");
    run.hold("n2", "a", 11, 12, "gpu0");
    List<Placement> first = run.read();
    assertThat(first).hasSize(2);
    Placement a = first.getFirst();
    assertThat(a.node()).isEqualTo("n1");
    assertThat(a.anchorEpochMillis()).isEqualTo(START + 10_000);
    assertThat(a.endEpochMillis()).isEqualTo(Placement.OPEN);
    assertThat(a.endedBy()).isEqualTo(EndedBy.NOBODY);
    assertThat(a.devices()).containsExactly(held("gpu0", 10, -1), held("gpu1", 10, -1));
    assertThat(a.gpusOnNode()).isEqualTo(2);

    // a newer job takes one of two, and then the other
    run.hold("n1", "b", 20, 21, "gpu1");
    List<Placement> second = run.read();
    assertThat(second).hasSize(2);
    assertThat(of("a", second).devices())
        .containsExactly(held("gpu0", 10, -1), held("gpu1", 10, 20));
    run.hold("n1", "c", 30, 31, "gpu0");
    Placement lost = of("a", run.read());
    assertThat(lost.endedBy()).isEqualTo(EndedBy.TAKEN_OVER);
    assertThat(lost.endEpochMillis()).isEqualTo(START + 30_000);

    // its release is received late
    run.release("n1", "a", 15, 40);
    List<Placement> corrected = run.read();
    assertThat(corrected).hasSize(1);
    assertThat(corrected.getFirst().endedBy()).isEqualTo(EndedBy.HOOK);
    assertThat(corrected.getFirst().devices())
        .containsExactly(held("gpu0", 10, 15), held("gpu1", 10, 15));
    assertThat(corrected.getFirst().anchorEpochMillis()).isEqualTo(START + 10_000);
    // what changes nothing is not emitted
    run.release("n1", "a", 15, 41);
    run.hold("n1", "b", 20, 42, "gpu1");
    run.quiet();
    assertThat(run.read()).isEmpty();
  }

  /**
   * Readings go on after the last of the job: it expires, and whoever reads the topic learns it.
   */
  @Test
  void anAllocationThatExpires_isEmitted() {
    Run run = new Run("run", List.of());
    run.hold("n1", "a", 10, 12, "gpu0");
    int life = (int) (Limits.DEFAULT.holdMillis() / 1_000);
    run.batch("n1", 1, life, life + 12, life + 12);
    Placement expired = run.read().getLast();
    assertThat(expired.endedBy()).isEqualTo(EndedBy.LIMIT);
    assertThat(expired.endEpochMillis()).isEqualTo(START + 1_000L * (life + 10));
  }

  /** A record that books nothing: where no other follows, it is emitted all the same. */
  @Test
  void sharesAlone_areEmittedWithoutAnotherRecord() {
    Run run = new Run("run", List.of());
    run.hold("n1", "a", 10, 12, "gpu0");
    assertThat(run.read()).hasSize(1);
    run.hold("n1", "a", 20, 21, "gpu0", "gpu7");
    run.quiet();
    assertThat(of("a", run.read()).devices())
        .containsExactly(held("gpu0", 10, -1), held("gpu7", 20, -1));
  }

  /** It was taken in at a commit that emitted no jobs, and then the program ended. */
  @Test
  void whatWasNotEmitted_isEmittedAfterARestart() {
    Run run = new Run("run", List.of());
    run.batch("n1", 0, 0, 300, 300);
    run.hold("n2", "before", 290, 300, "gpu0");
    // so many windows that jobs are emitted only once in ten seconds
    run.batch("n3", 0, 0, 300, 301);
    run.read();
    run.hold("n2", "a", 301, 302, "gpu0");
    assertThat(run.read()).isEmpty();
    Run restarted = new Run("restarted", run.state());
    restarted.quiet();
    List<Placement> placements = restarted.read();
    assertThat(placements).extracting(Placement::job).containsExactly("a", "before");
    assertThat(of("before", placements).endedBy()).isEqualTo(EndedBy.TAKEN_OVER);
    assertThat(of("before", placements).anchorEpochMillis()).isEqualTo(START + 290_000);
  }

  /** Ids of 250 characters, of which a record takes some hundreds. */
  @Test
  void aJobOfTooManyDevices_hasThoseThatItLostLast() {
    Run run = new Run("run", List.of());
    for (int event = 0; event < 10; event++) {
      String[] gpus = new String[100];
      for (int i = 0; i < gpus.length; i++) {
        gpus[i] = "x".repeat(240) + (1_000 + 100 * event + i);
      }
      run.hold("n1", "a", 10 + event, 12 + event, gpus);
    }
    Placement placement = run.read().getLast();
    assertThat(placement.devices())
        .hasSizeBetween(500, 999)
        .isSortedAccordingTo(java.util.Comparator.comparing(HeldDevice::deviceId));
    byte[] record = WireSerdes.placements().serializer().serialize("placement", placement);
    assertThat(record.length).isLessThan(1_000_000);
  }
}
