// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.accounting.TotalJobs;
import io.github.joulestream.streams.accounting.TotalSites;
import io.github.joulestream.streams.state.CacheBudget;
import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows of devices, from telemetry to the topic, over restarts. */
class DeviceWindowsTest {
  private static final long SEED = Long.getLong("laws.seed", 9);
  private static final int ROUNDS = Integer.getInteger("laws.rounds", 4);
  private static final long START = 1_700_000_040_000L; // a whole minute
  private static final String SITE = "site";
  private static final long[] NONE = {};
  private static final List<String> STORES =
      List.of(
          AttributeEnergy.JOURNAL,
          AttributeEnergy.ACCOUNTS,
          AttributeEnergy.HISTORY,
          AttributeEnergy.SET_ASIDE,
          AttributeEnergy.DEVICES,
          TotalJobs.WINDOWS,
          TotalJobs.TOTALS,
          TotalJobs.QUARTER_HOURS,
          TotalSites.WINDOWS);

  @TempDir Path folder;
  private final List<TopologyTestDriver> drivers = new ArrayList<>();
  private int runs;

  @AfterEach
  void stop() {
    drivers.forEach(TopologyTestDriver::close);
  }

  /** What was read of the results, of all runs. */
  private static final class Results {
    final List<DeviceWindow> devices = new ArrayList<>();
    final List<NodeWindow> nodes = new ArrayList<>();

    /** Millijoules by node, minute and kind; "total" is a kind. */
    Map<String, Long> ofNodes() {
      Map<String, Long> sums = new TreeMap<>();
      for (NodeWindow window : nodes) {
        String key = key(window.node(), window.windowStartEpochMillis());
        add(sums, key + "total", window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES));
        for (DeviceKind kind : DeviceKind.values()) {
          add(sums, key + kind, window.totals().get(SiteAmount.measured(kind)));
        }
      }
      return sums;
    }

    Map<String, Long> ofDevices() {
      Map<String, Long> sums = new TreeMap<>();
      Set<String> fragments = new HashSet<>();
      for (DeviceWindow window : devices) {
        String key = key(window.node(), window.windowStartEpochMillis());
        for (DeviceTotals device : window.devices()) {
          assertThat(
                  fragments.add(
                      "%s %d %d %s %s %d"
                          .formatted(
                              window.node(),
                              window.windowStartEpochMillis(),
                              window.windowMillis(),
                              device.kind(),
                              device.id(),
                              window.fragment())))
              .as("no two fragments of a device's window have a number")
              .isTrue();
          add(sums, key + "total", device.totals().get(DeviceAmount.TOTAL_MILLIJOULES));
          add(sums, key + device.kind(), device.totals().get(DeviceAmount.KIND_MILLIJOULES));
        }
      }
      return sums;
    }

    private static String key(String node, long epochMillis) {
      return node + " " + Math.floorDiv(epochMillis, 60_000) + " ";
    }

    private static void add(Map<String, Long> sums, String key, long millijoules) {
      if (millijoules != 0) {
        sums.merge(key, millijoules, Long::sum);
        sums.remove(key, 0L);
      }
    }

    long sum(DeviceAmount amount) {
      return devices.stream()
          .flatMap(window -> window.devices().stream())
          .mapToLong(device -> device.totals().get(amount))
          .sum();
    }
  }

  private final class Run {
    final TopologyTestDriver driver;
    final AccountingTopology topology;
    final Results results;
    private final Map<Topic, Integer> sent = new EnumMap<>(Topic.class);

    Run(int deviceWindowMillis, List<StateRecord> state, Results results) {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve("run" + runs++))
                  .commitInterval(Duration.ofMillis(100)));
      config.put(StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG, StateWrapper.class);
      config.put(StateWrapper.RECORDS, StateWrapper.byStore(state));
      topology =
          new AccountingTopology(
              config,
              Limits.DEFAULT,
              Calibration.NONE,
              CacheBudget.ofHeap(),
              deviceWindowMillis,
              SiteKeys.NONE);
      this.driver = new TopologyTestDriver(topology.get(), config);
      this.results = results;
      drivers.add(driver);
    }

    /** The driver counts offsets from 0: records that are refused stand for those before. */
    Run after(Run before) {
      before.sent.forEach((topic, count) -> {
        var input =
            driver.createInputTopic(
                topic.topicName(), new StringSerializer(), new ByteArraySerializer());
        for (int i = 0; i < count; i++) {
          input.pipeInput("none", new byte[1], START);
        }
        sent.put(topic, count);
      });
      return this;
    }

    private <T> void send(
        Topic topic, String node, T value, Serializer<T> serializer, long arrivalSecond) {
      sent.merge(topic, 1, Integer::sum);
      driver
          .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
          .pipeInput(
              new TestRecord<>(
                  Keys.node(SITE, node),
                  value,
                  Instant.ofEpochMilli(START + 1_000 * arrivalSecond)));
      read();
    }

    void batch(
        String node,
        long sequence,
        List<DeviceSeries> series,
        List<DeviceStatus> statuses,
        long arrivalSecond) {
      send(
          Topic.TELEMETRY,
          node,
          new TelemetryBatch(SITE, node, 1, sequence, series, 0, statuses),
          WireSerdes.telemetry().serializer(),
          arrivalSecond);
    }

    void hold(String node, String job, long atSecond, long arrivalSecond) {
      send(
          Topic.ALLOCATIONS,
          node,
          AllocationEvent.hold(
              SITE, node, job, START + 1_000 * atSecond, List.of(DeviceShare.whole("gpu0")), 1),
          WireSerdes.allocations().serializer(),
          arrivalSecond);
    }

    private void read() {
      results.devices.addAll(
          output(Topic.DEVICE_WINDOW, WireSerdes.deviceWindows().deserializer()));
      output(Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer())
          .forEach(windows -> results.nodes.addAll(windows.windows()));
    }

    private <T> List<T> output(Topic topic, Deserializer<T> deserializer) {
      return driver
          .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
          .readValuesToList();
    }

    void quiet(int intervals) {
      for (int i = 0; i < intervals; i++) {
        driver.advanceWallClockTime(Duration.ofSeconds(2));
      }
      read();
    }

    /** The state as of the last commit: all that is left after a crash. */
    List<StateRecord> state() {
      return STORES.stream()
          .flatMap(store ->
              StateRecords.read(requireNonNull(driver.getAllStateStores().get(store), store))
                  .stream())
          .toList();
    }

    long pendingNodes() {
      return StateRecords.read(
              requireNonNull(driver.getAllStateStores().get(AttributeEnergy.DEVICES)))
          .stream()
          .filter(record -> !record.key().equals(StateRecords.FORMATS))
          .count();
    }
  }

  private static DeviceSeries series(Device device, long power, long fromSecond, long toSecond) {
    int size = (int) (toSecond - fromSecond + 1);
    long[] times = new long[size];
    long[] powers = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = START + 1_000 * (fromSecond + i);
      powers[i] = power + i;
    }
    return new DeviceSeries(device, new Readings(times, powers, NONE, NONE, NONE, NONE, NONE));
  }

  private static final Device GPU = Device.sensor("gpu0", DeviceKind.GPU);

  @Test
  void ifNoMoreRecordsAreExpected_aWindowIsEmittedAfterOneQuietInterval() {
    Results results = new Results();
    Run run = new Run(10_000, List.of(), results);
    run.batch("n1", 0, List.of(series(GPU, 100_000, 0, 8)), List.of(), 9);
    run.quiet(3);
    assertThat(results.devices).isEmpty();
    run.topology.pendingOutput().expectNoMore();
    run.quiet(1);
    assertThat(results.devices).hasSize(1);
  }

  /** A reading a second, in batches of five seconds. */
  @Test
  void aWindow_isOneRecord_onceItsNodeIsPastIt() {
    Results results = new Results();
    Run run = new Run(10_000, List.of(), results);
    for (int i = 0; i < 12; i++) {
      run.batch(
          "n1",
          i,
          List.of(series(GPU, 100_000, 5L * i, 5L * i + 4)),
          List.of(
              new DeviceStatus(
                  "gpu0",
                  START + 5_000L * i,
                  Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 400L + i))),
          5 * i + 5);
      int over = Math.max(0, (i - 2) / 2);
      assertThat(results.devices).as("batch %d", i).hasSize(over);
    }
    run.quiet(9);
    assertThat(results.devices).hasSize(4);
    run.quiet(3);
    assertThat(results.devices).hasSize(6);
    assertThat(results.devices)
        .extracting(DeviceWindow::windowStartEpochMillis)
        .containsExactly(
            START, START + 10_000, START + 20_000, START + 30_000, START + 40_000, START + 50_000);
    assertThat(results.sum(DeviceAmount.TEMPERATURE_SAMPLES)).isEqualTo(12);
    assertThat(results.ofDevices()).isEqualTo(results.ofNodes()).isNotEmpty();
    assertThat(run.pendingNodes()).isZero();
  }

  @Test
  void windowsOfASilentNode_areOver_whenTheTimeOfOthersIs() {
    Results results = new Results();
    Run run = new Run(60_000, List.of(), results);
    run.batch("n1", 0, List.of(series(GPU, 100_000, 0, 9)), List.of(), 10);
    run.batch("n2", 0, List.of(series(GPU, 100_000, 0, 9)), List.of(), 89);
    assertThat(results.devices).isEmpty();
    assertThat(run.pendingNodes()).isEqualTo(2);
    run.batch("n3", 0, List.of(series(GPU, 100_000, 80, 89)), List.of(), 90);
    assertThat(results.devices)
        .extracting(DeviceWindow::node)
        .containsExactlyInAnyOrder("n1", "n2");
    assertThat(run.pendingNodes()).isEqualTo(1);
    // of the past: at once
    run.batch("n1", 1, List.of(series(GPU, 100_000, 10, 20)), List.of(), 91);
    assertThat(results.devices).hasSize(3);
  }

  @Test
  void withoutWindowsOfDevices_whatIsPendingIsEmitted_andNothingElse() {
    Results results = new Results();
    Run before = new Run(10_000, List.of(), results);
    before.batch("n1", 0, List.of(series(GPU, 100_000, 0, 9)), List.of(), 10);
    assertThat(results.devices).isEmpty();
    Run off = new Run(0, before.state(), results);
    off.batch("n1", 1, List.of(series(GPU, 100_000, 10, 19)), List.of(), 20);
    assertThat(results.devices).hasSize(1);
    off.batch("n1", 2, List.of(series(GPU, 100_000, 20, 60)), List.of(), 61);
    off.quiet(15);
    assertThat(results.devices).hasSize(1);
    assertThat(results.sum(DeviceAmount.COVERED_MILLIS)).isEqualTo(9_000);
    assertThat(off.pendingNodes()).isZero();
  }

  @Test
  void windowsOfAnotherLength_areEmitted_beforeTheirNodeHasNewOnes() {
    Results results = new Results();
    Run before = new Run(10_000, List.of(), results);
    before.batch("n1", 0, List.of(series(GPU, 100_000, 0, 15)), List.of(), 16);
    assertThat(results.devices).isEmpty();
    Run after = new Run(60_000, before.state(), results);
    after.batch("n1", 1, List.of(series(GPU, 100_000, 16, 25)), List.of(), 26);
    assertThat(results.devices)
        .extracting(DeviceWindow::windowMillis)
        .isEqualTo(List.of(10_000, 10_000));
    after.quiet(12);
    assertThat(results.devices).hasSize(3);
    assertThat(results.ofDevices()).isEqualTo(results.ofNodes()).isNotEmpty();
  }

  /** What is only in the journal at the end is booked again at the start. */
  @Test
  void whatWasNotEmitted_isBookedAgainAfterACrash() {
    Results results = new Results();
    Run run = new Run(10_000, List.of(), results);
    run.batch("n2", 0, List.of(series(GPU, 100_000, 298, 299)), List.of(), 300);
    // too many windows to be emitted at once
    run.batch(
        "n1",
        0,
        List.of(series(GPU, 100_000, 0, 299)),
        List.of(
            new DeviceStatus("gpu0", START, Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 400L))),
        301);
    assertThat(results.nodes).noneMatch(window -> window.node().equals("n1"));
    Run after = new Run(10_000, run.state(), results);
    after.quiet(12);
    assertThat(results.nodes).anyMatch(window -> window.node().equals("n1"));
    assertThat(results.ofDevices()).isEqualTo(results.ofNodes());
    assertThat(results.sum(DeviceAmount.TEMPERATURE_SAMPLES)).isEqualTo(1);
  }

  /** Records whose devices are too many for one, and for a value of the store. */
  @Test
  void aLargeNode_hasSeveralRecords() {
    Results results = new Results();
    Run run = new Run(10_000, List.of(), results);
    List<DeviceSeries> many = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      many.add(series(Device.sensor("gpu" + i, DeviceKind.GPU), 100_000, 0, 1));
    }
    run.batch("n1", 0, many, List.of(), 2);
    assertThat(results.devices.size()).isBetween(2, 6);
    assertThat(results.ofDevices()).isEqualTo(results.ofNodes()).isNotEmpty();
    assertThat(run.pendingNodes()).isZero();
  }

  /**
   * Whatever arrives in whichever order, wherever the program ends, and whatever the windows'
   * length is then: the devices' sums are the nodes', of every node and minute.
   */
  @Test
  void law_theSumsOfDevices_areThoseOfTheirNodes_overCrashes() {
    System.out.println("DeviceWindowsTest seed " + SEED);
    int restarts = 0;
    int lateFragments = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      Results results = new Results();
      Run run = new Run(10_000, List.of(), results);
      // more than are emitted at every commit
      int nodes = 1 + random.nextInt(18);
      long[] sequences = new long[nodes];
      long statuses = 0;
      for (int second = 10; second < 160; second += 10) {
        for (int n = 0; n < nodes; n++) {
          String node = "n" + n;
          if (random.nextInt(10) == 0) {
            run.hold(node, "job" + random.nextInt(3), Math.max(0, second - 60), second);
          }
          if (random.nextInt(12) == 0) {
            continue;
          }
          // now and then what comes is late, so that it corrects
          long to = second - (random.nextInt(8) == 0 ? 15L + random.nextInt(30) : 0);
          List<DeviceSeries> series = new ArrayList<>();
          series.add(series(GPU, 100_000 + random.nextInt(900_000), to - 9, to));
          series.add(
              series(
                  Device.sensor("memory", DeviceKind.MEMORY),
                  20_000 + random.nextInt(9_000),
                  to - 9,
                  to));
          if (random.nextInt(3) > 0) {
            // where it reports it is the total, and the others are not
            series.add(
                series(
                    Device.sensor("node", DeviceKind.NODE),
                    2_000_000,
                    to - 9,
                    to - random.nextInt(8)));
            series.set(
                0,
                new DeviceSeries(
                    GPU.withContainedIn(DeviceKind.NODE), series.getFirst().readings()));
          }
          statuses++;
          run.batch(
              node,
              sequences[n]++,
              series,
              List.of(
                  new DeviceStatus(
                      "gpu0",
                      START + 1_000 * to,
                      Map.of(StatusColumn.TEMPERATURE_DECIDEGREES, 400L))),
              second);
          if (random.nextInt(40) == 0) {
            restarts++;
            int length = List.of(10_000, 10_000, 30_000, 60_000).get(random.nextInt(4));
            run = new Run(length, run.state(), results).after(run);
          }
        }
      }
      run.quiet(15);
      assertThat(results.ofDevices()).as("round %d", round).isEqualTo(results.ofNodes());
      assertThat(results.sum(DeviceAmount.TEMPERATURE_SAMPLES)).isEqualTo(statuses);
      assertThat(run.pendingNodes()).isZero();
      Set<String> windows = new HashSet<>();
      for (DeviceWindow window : results.devices) {
        lateFragments += windows.add(window.node() + " " + window.windowStartEpochMillis()) ? 0 : 1;
      }
    }
    // the generator reaches what it is for
    assertThat(restarts).isPositive();
    assertThat(lateFragments).isPositive();
  }
}
