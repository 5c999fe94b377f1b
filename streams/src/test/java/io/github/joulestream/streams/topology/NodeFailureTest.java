// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.state.SetAsideNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is broken of one node: its neighbours' figures are those of a run without it. */
class NodeFailureTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";
  private static final byte[] DAMAGED = "these bytes are not what was written".getBytes(UTF_8);

  @TempDir Path folder;
  private final List<TopologyTestDriver> drivers = new ArrayList<>();

  @AfterEach
  void stop() {
    drivers.forEach(TopologyTestDriver::close);
  }

  /** A topology, and what was read of its results. */
  private final class Run {
    final AccountingTopology topology;
    final TopologyTestDriver driver;
    // by node and window, sums of its parts
    final Map<String, Totals<SiteAmount>> nodes = new TreeMap<>();
    final Map<String, JobSummary> jobs = new TreeMap<>();
    final Map<String, SiteWindow> site = new TreeMap<>();
    final List<TestRecord<String, byte[]>> letters = new ArrayList<>();
    // by node and job
    final Map<String, Placement> placements = new TreeMap<>();

    Run(String name) {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve(name))
                  .commitInterval(Duration.ofMillis(100)));
      topology = new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE);
      driver = new TopologyTestDriver(topology.get(), config);
      drivers.add(driver);
    }

    private <T> void send(Topic topic, String key, T value, Serializer<T> serializer, int second) {
      driver
          .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
          .pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(START + 1_000L * second)));
    }

    /** 500 W on gpu0, a reading a second, arriving with the last. */
    void batch(String node, long sequence, int fromSecond, int toSecond) {
      int size = toSecond - fromSecond + 1;
      long[] times = new long[size];
      long[] power = new long[size];
      for (int i = 0; i < size; i++) {
        times[i] = START + 1_000L * (fromSecond + i);
        power[i] = 500_000;
      }
      TelemetryBatch batch =
          new TelemetryBatch(
              SITE,
              node,
              1,
              sequence,
              List.of(
                  new DeviceSeries(
                      Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))));
      send(
          Topic.TELEMETRY,
          Keys.node(SITE, node),
          batch,
          WireSerdes.telemetry().serializer(),
          toSecond);
    }

    void hold(String node, String job, int atSecond, int arrivalSecond) {
      send(
          Topic.ALLOCATIONS,
          Keys.node(SITE, node),
          AllocationEvent.hold(
              SITE, node, job, START + 1_000L * atSecond, List.of(DeviceShare.whole("gpu0")), 1),
          WireSerdes.allocations().serializer(),
          arrivalSecond);
    }

    void order(NodeOrder order, String node, int second) {
      send(
          Topic.ALLOCATIONS,
          Keys.node(SITE, node),
          order.bytes(),
          new ByteArraySerializer(),
          second);
    }

    private <T> List<TestRecord<String, T>> output(Topic topic, Deserializer<T> deserializer) {
      return driver
          .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
          .readRecordsToList();
    }

    Run read() {
      for (TestRecord<String, NodeWindows> record :
          output(Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer())) {
        for (NodeWindow window : record.value().windows()) {
          nodes
              .computeIfAbsent(
                  Keys.node(window.site(), window.node()) + " " + window.windowStartEpochMillis(),
                  _ -> Totals.ofSite())
              .addAll(window.totals());
        }
      }
      output(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())
          .forEach(record -> jobs.put(record.key(), record.value()));
      output(Topic.LEDGER, WireSerdes.siteWindows().deserializer())
          .forEach(record ->
              site.put(
                  record.value().windowMillis() + " " + record.value().windowStartEpochMillis(),
                  record.value()));
      output(Topic.PLACEMENT, WireSerdes.placements().deserializer())
          .forEach(
              record -> placements.put(record.key() + " " + record.value().job(), record.value()));
      letters.addAll(output(Topic.DEAD_LETTER, new ByteArrayDeserializer()));
      for (SiteWindow window : site.values()) {
        assertThat(window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
            .isEqualTo(
                window.totals().get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                    + window.totals().get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
      }
      return this;
    }

    Map<String, Totals<SiteAmount>> of(String node) {
      Map<String, Totals<SiteAmount>> found = new TreeMap<>(nodes);
      found.keySet().removeIf(key -> !key.startsWith(Keys.node(SITE, node) + " "));
      found.values().removeIf(Totals::isZero);
      return found;
    }

    long sum(String node, SiteAmount amount) {
      return of(node).values().stream().mapToLong(totals -> totals.get(amount)).sum();
    }

    long job(String job) {
      return Objects.requireNonNull(jobs.get(Keys.job(SITE, job)), job)
          .totals()
          .get(JobAmount.TOTAL_MILLIJOULES);
    }

    long siteSum(SiteAmount amount) {
      return site.values().stream()
          .filter(window -> window.windowMillis() == 10_000)
          .mapToLong(window -> window.totals().get(amount))
          .sum();
    }

    KeyValueStore<String, byte[]> accounts() {
      return driver.getKeyValueStore(AttributeEnergy.ACCOUNTS);
    }

    /** Damages what is written of a node's past; returns what it was. */
    Map<Windowed<String>, byte[]> damageHistory(String node) {
      WindowStore<String, byte[]> store = driver.getWindowStore(AttributeEnergy.HISTORY);
      Map<Windowed<String>, byte[]> before = new LinkedHashMap<>();
      try (var all = store.all()) {
        while (all.hasNext()) {
          KeyValue<Windowed<String>, byte[]> block = all.next();
          if (block.key.key().startsWith(Keys.node(SITE, node) + "\0")) {
            before.put(block.key, block.value);
          }
        }
      }
      assertThat(before).isNotEmpty();
      before.keySet().forEach(key -> store.put(key.key(), DAMAGED, key.window().start()));
      return before;
    }

    void mendHistory(Map<Windowed<String>, byte[]> blocks) {
      WindowStore<String, byte[]> store = driver.getWindowStore(AttributeEnergy.HISTORY);
      blocks.forEach((key, value) -> store.put(key.key(), value, key.window().start()));
    }
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** As many readings as a batch may have: of ten devices, a thousand a second of each. */
  private static void flood(Run run, String node, int sequence) {
    int size = 10_000;
    long[] times = new long[size];
    long[] power = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = START + 10_000L * sequence + i;
      power[i] = 500_000;
    }
    List<DeviceSeries> devices = new ArrayList<>();
    for (int gpu = 0; gpu < 10; gpu++) {
      devices.add(
          new DeviceSeries(
              Device.sensor("gpu" + gpu, DeviceKind.GPU), Readings.ofPower(times, power)));
    }
    run.send(
        Topic.TELEMETRY,
        Keys.node(SITE, node),
        new TelemetryBatch(SITE, node, 1, sequence, devices),
        WireSerdes.telemetry().serializer(),
        10 * sequence + 10);
  }

  /** Some batches of a hundred kilobytes, and a late record: all of the memory, once. */
  @Test
  void whatNeedsMoreOfThePastThanFitsIntoMemory_isRefused_andTheNodeContinues() {
    Run run = new Run("run");
    int batches = 21;
    for (int i = 0; i < batches; i++) {
      flood(run, "n2", i);
    }
    run.hold("n2", "late", 5, 10 * batches);
    run.batch("n1", 0, 10 * batches, 10 * batches + 60);
    run.hold("n2", "now", 10 * batches, 10 * batches + 1);
    flood(run, "n2", batches);
    run.read();
    assertThat(run.letters).hasSize(1);
    assertThat(header(run.letters.getFirst(), DeadLetters.REASON))
        .contains("it needs more of the node's past than is looked up at once: 2,000,000 readings");
    assertThat(run.sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(1);
    assertThat(run.sum("n2", SiteAmount.READINGS)).isEqualTo(100_000L * (batches + 1));
    assertThat(run.job("now")).isBetween(4_990_000L, 5_000_000L);
    assertThat(run.sum("n1", SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(30_000_000);
  }

  /** A neighbour that is well, over ten minutes. */
  private static void neighbour(Run run, int minute) {
    run.batch("n1", minute, 60 * minute + (minute == 0 ? 0 : 1), 60 * minute + 60);
  }

  @Test
  void aStateThatCannotBeRead_setsTheNodeAside_andItIsPutBackByAnOrder() {
    Run without = new Run("without");
    Run run = new Run("run");
    run.accounts().put("site/n2", DAMAGED);
    for (int minute = 0; minute < 5; minute++) {
      neighbour(without, minute);
      neighbour(run, minute);
      run.batch("n2", minute, 60 * minute, 60 * minute + 59);
    }
    assertThat(run.read().of("n1")).isNotEmpty().isEqualTo(without.read().of("n1"));
    assertThat(run.sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(5);
    assertThat(run.siteSum(SiteAmount.FAILED_RECORDS)).isEqualTo(5);
    assertThat(run.sum("n2", SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isZero();
    assertThat(run.letters)
        .hasSize(5)
        .allSatisfy(letter -> {
          assertThat(letter.key()).isEqualTo("site/n2");
          assertThat(header(letter, DeadLetters.REASON)).startsWith("its node is set aside: ");
          assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("telemetry");
        });
    assertThat(run.topology.refusals().nodesSetAside()).isEqualTo(1);
    KeyValueStore<String, byte[]> aside = run.driver.getKeyValueStore(AttributeEnergy.SET_ASIDE);
    SetAsideNode node = SetAsideNode.of(aside.get("site/n2"));
    assertThat(node.reason()).isNotEmpty();
    assertThat(node.place()).startsWith("telemetry-0@");
    // the damaged bytes are kept as they are
    assertThat(run.accounts().get("site/n2")).isEqualTo(DAMAGED);

    // as long as they cannot be read, it stays aside
    run.order(NodeOrder.RESTORE, "n2", 310);
    assertThat(header(run.read().letters.getLast(), DeadLetters.REASON))
        .startsWith("the node cannot be put back: ");
    run.batch("n2", 5, 300, 310);
    assertThat(run.topology.refusals().nodesSetAside()).isEqualTo(1);

    run.order(NodeOrder.RESET, "n2", 311);
    run.batch("n2", 6, 311, 321);
    run.read();
    assertThat(run.topology.refusals().nodesSetAside()).isZero();
    assertThat(run.sum("n2", SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(10 * 500_000);
    assertThat(run.sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(6);
    assertThat(aside.get("site/n2")).isNull();
  }

  @Test
  void anOrderAboutANodeThatIsNotSetAside_isRefused() {
    Run run = new Run("run");
    neighbour(run, 0);
    run.order(NodeOrder.RESET, "n1", 61);
    run.order(NodeOrder.RESTORE, "nobody", 61);
    neighbour(run, 1);
    assertThat(run.read().letters)
        .extracting(letter -> header(letter, DeadLetters.REASON))
        .containsOnly("the node is not set aside")
        .hasSize(2);
    assertThat(run.sum("n1", SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(120 * 500_000);
  }

  /** The program fails half way through a record of n2: nothing of it stays, and n2 continues. */
  @Test
  void aRecordThatFailsHalfWay_isTakenBack_andTheNodeContinues() {
    Run without = new Run("without");
    Run run = new Run("run");
    for (Run one : List.of(without, run)) {
      for (int minute = 0; minute < 4; minute++) {
        neighbour(one, minute);
        one.batch("n2", minute, 60 * minute, 60 * minute + 59);
      }
    }
    run.damageHistory("n2");
    // it began long ago: what was booked since is looked up, and is damaged
    run.hold("n2", "job", 30, 240);
    for (Run one : List.of(without, run)) {
      neighbour(one, 4);
      one.batch("n2", 4, 240, 299);
    }
    run.read();
    without.read();
    assertThat(run.of("n1")).isEqualTo(without.of("n1"));
    assertThat(run.letters).hasSize(1);
    assertThat(header(run.letters.getFirst(), DeadLetters.REASON))
        .startsWith("the program failed at it: ");
    assertThat(header(run.letters.getFirst(), DeadLetters.TOPIC)).isEqualTo("allocations");
    assertThat(run.sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(1);
    assertThat(run.topology.refusals().nodesSetAside()).isZero();
    assertThat(run.sum("n2", SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(without.sum("n2", SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(299 * 500_000);
    assertThat(run.sum("n2", SiteAmount.IDLE_TOTAL_MILLIJOULES)).isEqualTo(299 * 500_000);
    assertThat(run.jobs).isEmpty();
    assertThat(run.placements).isEmpty();
  }

  /** What it has taken in since it was written down cannot be taken in again: it is kept. */
  @Test
  void aNodeThatCannotBeRebuilt_isSetAside_andPutBackWithAllThatItHad() {
    Run without = new Run("without");
    Run run = new Run("run");
    for (Run one : List.of(without, run)) {
      for (int minute = 0; minute < 4; minute++) {
        neighbour(one, minute);
        one.batch("n2", minute, 60 * minute, 60 * minute + 59);
      }
      one.hold("n2", "job", 30, 240); // needs the past, and is in the journal alone
    }
    Map<Windowed<String>, byte[]> blocks = run.damageHistory("n2");
    run.hold("n2", "other", 35, 240);
    run.batch("n2", 4, 240, 250);
    assertThat(run.topology.refusals().nodesSetAside()).isEqualTo(1);
    assertThat(run.read().sum("n2", SiteAmount.FAILED_RECORDS)).isEqualTo(2);
    assertThat(run.placements).containsOnlyKeys("site/n2 job");

    run.mendHistory(blocks);
    run.order(NodeOrder.RESTORE, "n2", 251);
    assertThat(run.topology.refusals().nodesSetAside()).isZero();
    for (Run one : List.of(without, run)) {
      one.batch("n2", 5, 251, 299);
      // the one that it had before it was set aside is known
      one.hold("n2", "newer", 270, 299);
      neighbour(one, 4);
    }
    run.read();
    without.read();
    assertThat(run.of("n1")).isEqualTo(without.of("n1"));
    // from 30 s on it is the job's, as in a run in which nothing was damaged
    assertThat(run.job("job")).isEqualTo(without.job("job"));
    assertThat(run.placements).hasSize(2).isEqualTo(without.placements);
    assertThat(Objects.requireNonNull(run.placements.get("site/n2 job")).endedBy())
        .isEqualTo(EndedBy.TAKEN_OVER);
    assertThat(run.letters).hasSize(2);
    for (SiteAmount amount :
        List.of(
            SiteAmount.MEASURED_TOTAL_MILLIJOULES,
            SiteAmount.JOBS_TOTAL_MILLIJOULES,
            SiteAmount.IDLE_TOTAL_MILLIJOULES)) {
      assertThat(run.sum("n2", amount)).as(amount.name()).isEqualTo(without.sum("n2", amount));
    }
  }

  /** Of a node that is gone nothing is kept for ever; of one that reports all is. */
  @Test
  void aNodeOfWhichNothingIsHeard_isForgottenAfterFiveWeeks() {
    Run run = new Run("run");
    int day = 86_400;
    run.batch("n1", 0, 0, 10);
    for (int i = 0; i < 34; i++) {
      run.batch("n2", i, i * day, i * day + 10);
    }
    run.driver.advanceWallClockTime(Duration.ofSeconds(3));
    assertThat(run.accounts().get("site/n1")).isNotNull();
    run.batch("n2", 34, 37 * day, 37 * day + 10);
    run.driver.advanceWallClockTime(Duration.ofSeconds(3));
    assertThat(run.accounts().get("site/n1")).isNull();
    assertThat(run.accounts().get("site/n2")).isNotNull();
    // it comes back as a new one
    run.batch("n1", 1, 37 * day, 37 * day + 10);
    assertThat(run.read().sum("n1", SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(2 * 10 * 500_000);
    assertThat(run.letters).isEmpty();
  }
}
