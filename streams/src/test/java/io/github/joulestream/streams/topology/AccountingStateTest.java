// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeOrder;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.ReleasedSchemas;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.accounting.AttributeEnergy;
import io.github.joulestream.streams.accounting.TotalJobs;
import io.github.joulestream.streams.accounting.TotalSites;
import io.github.joulestream.streams.failure.UnreadableState;
import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.test.TestRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State that a release wrote is read by this one, and by no release that cannot read it. */
class AccountingStateTest {
  private static final String RELEASE = "0.1.1";
  private static final String GOLDEN = "golden/state/%s/accounting.txt";
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";
  private static final List<String> STORES =
      List.of(
          AttributeEnergy.JOURNAL,
          AttributeEnergy.ACCOUNTS,
          AttributeEnergy.HISTORY,
          AttributeEnergy.SET_ASIDE,
          TotalJobs.WINDOWS,
          TotalJobs.TOTALS,
          TotalSites.WINDOWS);

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
    final Map<String, Long> nodes = new TreeMap<>();
    final Map<String, JobSummary> jobs = new TreeMap<>();
    final Map<String, SiteWindow> site = new TreeMap<>();

    Run(String name, List<StateRecord> state) {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve(name))
                  .commitInterval(Duration.ofMillis(100)));
      config.put(StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG, StateWrapper.class);
      config.put(StateWrapper.RECORDS, StateWrapper.byStore(state));
      topology = new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE);
      driver = new TopologyTestDriver(topology.get(), config);
      drivers.add(driver);
    }

    private <T> void send(Topic topic, String node, T value, Serializer<T> serializer, int second) {
      driver
          .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
          .pipeInput(
              new TestRecord<>(
                  Keys.node(SITE, node), value, Instant.ofEpochMilli(START + 1_000L * second)));
    }

    /** 500 W on gpu0, a reading a second, arriving with the last. */
    void batch(String node, int sequence, int fromSecond, int toSecond) {
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
          toSecond);
    }

    void hold(String node, String job, int atSecond, int arrivalSecond) {
      send(
          Topic.ALLOCATIONS,
          node,
          AllocationEvent.hold(
              SITE, node, job, START + 1_000L * atSecond, List.of(DeviceShare.whole("gpu0")), 1),
          WireSerdes.allocations().serializer(),
          arrivalSecond);
    }

    void restore(String node, int second) {
      send(Topic.ALLOCATIONS, node, NodeOrder.RESTORE.bytes(), new ByteArraySerializer(), second);
    }

    Run read() {
      // all that is pending is emitted
      driver.advanceWallClockTime(Duration.ofSeconds(2));
      driver.advanceWallClockTime(Duration.ofSeconds(2));
      output(Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer()).stream()
          .flatMap((NodeWindows windows) -> windows.windows().stream())
          .forEach((NodeWindow window) ->
              nodes.merge(
                  window.node(),
                  window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES),
                  Long::sum));
      output(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())
          .forEach(job -> jobs.put(job.job(), job));
      output(Topic.LEDGER, WireSerdes.siteWindows().deserializer())
          .forEach(window ->
              site.put(window.windowMillis() + " " + window.windowStartEpochMillis(), window));
      return this;
    }

    private <T> List<T> output(Topic topic, Deserializer<T> deserializer) {
      return driver
          .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
          .readValuesToList();
    }

    List<StateRecord> state() {
      return STORES.stream()
          .flatMap(store ->
              StateRecords.read(requireNonNull(driver.getAllStateStores().get(store), store))
                  .stream())
          .toList();
    }

    long job(String job) {
      return requireNonNull(jobs.get(job), job).totals().get(JobAmount.TOTAL_MILLIJOULES);
    }
  }

  /** Five minutes of two nodes; then the second is set aside, with entries that it had taken in. */
  private static Run firstHalf(Run run) {
    for (int minute = 0; minute < 5; minute++) {
      run.hold("n1", "a" + minute, 60 * minute + 7, 60 * minute + 7);
      run.batch("n1", minute, 60 * minute, 60 * minute + 59);
      run.batch("n2", minute, 60 * minute, 60 * minute + 59);
    }
    run.hold("n2", "b", 30, 299);
    return run;
  }

  private static Run secondHalf(Run run) {
    run.batch("n2", 5, 300, 359);
    run.batch("n1", 5, 300, 359);
    // late: it corrects what the first half booked
    run.hold("n1", "c", 100, 359);
    return run.read();
  }

  /** Makes a look-up of the node's past fail, so that it is set aside. */
  private static void setAside(Run run, String node) {
    WindowStore<String, byte[]> history = run.driver.getWindowStore(AttributeEnergy.HISTORY);
    Map<Windowed<String>, byte[]> blocks = new LinkedHashMap<>();
    try (var all = history.all()) {
      while (all.hasNext()) {
        KeyValue<Windowed<String>, byte[]> block = all.next();
        if (block.key.key().startsWith(Keys.node(SITE, node) + "\0")) {
          blocks.put(block.key, block.value);
        }
      }
    }
    assertThat(blocks).isNotEmpty();
    blocks.keySet().forEach(key -> history.put(key.key(), new byte[] {9}, key.window().start()));
    run.hold(node, "never", 40, 299);
    blocks.forEach((key, block) -> history.put(key.key(), block, key.window().start()));
    assertThat(run.topology.refusals().nodesSetAside()).isEqualTo(1);
  }

  /** The state of the latest release with another format; written anew if that is asked for. */
  private List<StateRecord> golden() throws IOException {
    ReleasedSchemas.learn("0.1.0");
    if (Boolean.getBoolean("golden.write")) {
      Run run = firstHalf(new Run("golden", List.of()));
      setAside(run, "n2");
      Path file = Path.of("src/test/resources", GOLDEN.formatted(RELEASE));
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.write(file, run.state().stream().map(StateRecord::line).toList());
    }
    return golden(RELEASE);
  }

  private static List<StateRecord> golden(String release) throws IOException {
    String path = GOLDEN.formatted(release);
    try (InputStream in = AccountingStateTest.class.getClassLoader().getResourceAsStream(path)) {
      String text = new String(requireNonNull(in, path).readAllBytes(), UTF_8);
      return text.lines().map(StateRecord::of).toList();
    }
  }

  @Test
  void stateOfEveryRelease_isRestored_andTheFiguresContinue() throws IOException {
    figuresContinue(RELEASE, golden());
    figuresContinue("0.1.0", golden("0.1.0"));
  }

  private void figuresContinue(String release, List<StateRecord> state) {
    assertThat(state.stream().map(StateRecord::store).distinct())
        .containsExactlyInAnyOrderElementsOf(STORES);
    Run without = firstHalf(new Run("without " + release, List.of())).read();
    Map<String, Long> before = Map.copyOf(without.nodes);
    Run restored = new Run("restored " + release, state);
    assertThat(restored.topology.refusals().nodesSetAside()).isEqualTo(1);
    restored.restore("n2", 300);
    assertThat(restored.topology.refusals().nodesSetAside()).isZero();
    secondHalf(without);
    secondHalf(restored);
    for (String node : List.of("n1", "n2")) {
      assertThat(restored.nodes.get(node))
          .as(node)
          .isEqualTo(requireNonNull(without.nodes.get(node)) - requireNonNull(before.get(node)))
          .isEqualTo(60 * 500_000L);
    }
    for (String job : List.of("b", "c", "a4")) {
      assertThat(restored.job(job)).as(job).isEqualTo(without.job(job)).isPositive();
    }
    SiteAmount measured = SiteAmount.MEASURED_TOTAL_MILLIJOULES;
    // that release had no windows of 15 min
    restored.site.values().removeIf(window -> window.windowMillis() == 900_000);
    assertThat(restored.site).isNotEmpty();
    restored.site.forEach((key, window) -> {
      SiteWindow expected = requireNonNull(without.site.get(key), key);
      assertThat(window.totals().get(measured)).isEqualTo(expected.totals().get(measured));
      for (SiteAmount amount :
          List.of(SiteAmount.JOBS_TOTAL_MILLIJOULES, SiteAmount.IDLE_TOTAL_MILLIJOULES)) {
        assertThat(window.totals().get(amount)).isEqualTo(expected.totals().get(amount));
      }
    });
    assertThat(
            restored.site.values().stream()
                .filter(window -> window.windowMillis() == 3_600_000)
                .mapToLong(window -> window.totals().get(measured))
                .sum())
        .isEqualTo(2 * 359 * 500_000L);
  }

  @Test
  void stateOfThisRelease_isRestored() {
    Run run = firstHalf(new Run("first", List.of()));
    setAside(run, "n2");
    Run restored = new Run("restored", run.state());
    restored.restore("n2", 300);
    secondHalf(restored);
    assertThat(restored.job("b")).isEqualTo((359 - 30) * 500_000L);
  }

  /** A release stops at its start, before it has processed anything. */
  @Test
  void aLaterFormatOfAnyKind_stopsTheStart_andIsNamed() throws IOException {
    List<String> kinds = new ArrayList<>();
    List<StateRecord> golden = golden();
    for (StateRecord formats : golden) {
      if (!formats.key().equals(StateRecords.FORMATS)) {
        continue;
      }
      // its own header, then a count and a pair of bytes for each kind
      for (int at = 1; at < formats.value().length; at += at == 1 ? 3 : 2) {
        byte[] later = formats.value().clone();
        later[at]++;
        List<StateRecord> state = new ArrayList<>(golden);
        state.remove(formats);
        state.add(new StateRecord(formats.store(), formats.key(), 0, later));
        UnknownStateFormatException thrown =
            requireNonNull(unknownFormat(state), "%s at %d".formatted(formats.store(), at));
        assertThat(thrown.isOfLaterRelease()).isTrue();
        kinds.add(thrown.kind());
      }
    }
    assertThat(kinds)
        .containsExactlyInAnyOrder(
            "the record of state formats",
            "a chunk of the journal",
            "the record of a node",
            "a node's account",
            "a block of a node's history",
            "the record of a node set aside",
            "the entries of a node set aside",
            "the record of state formats",
            "a total of a job or a site",
            "the record of state formats",
            "a total of a job or a site",
            "the record of state formats",
            "a total of a job or a site");
  }

  /** No other thread could read it either. */
  @Test
  void damagedRecordsOfFormats_andDamagedChunks_stopTheStart() throws IOException {
    List<StateRecord> golden = golden();
    int damaged = 0;
    for (StateRecord record : golden) {
      if (!record.key().equals(StateRecords.FORMATS)
          && !record.store().equals(AttributeEnergy.JOURNAL)) {
        continue;
      }
      for (byte[] value : List.of(new byte[1], "damaged".getBytes(UTF_8))) {
        List<StateRecord> state = new ArrayList<>(golden);
        state.remove(record);
        state.add(new StateRecord(record.store(), record.key(), 0, value));
        String name = "damaged" + damaged++;
        assertThat(UnreadableState.of("joulestream", thrownBy(() -> new Run(name, state))))
            .as("%s of %s", record.key(), record.store())
            .isPresent();
      }
    }
    assertThat(damaged).isGreaterThanOrEqualTo(10);
  }

  private static Throwable thrownBy(ThrowingCallable start) {
    return requireNonNull(catchThrowable(start), "it started");
  }

  private @Nullable UnknownStateFormatException unknownFormat(List<StateRecord> state) {
    Throwable thrown =
        catchThrowable(() -> new Run("later" + drivers.size() + state.hashCode(), state));
    while (thrown != null && !(thrown instanceof UnknownStateFormatException)) {
      thrown = thrown.getCause();
    }
    return (UnknownStateFormatException) thrown;
  }

  /** Without a header; the start says so and goes on. */
  @Test
  void stateOfBeforeTheFirstRelease_isDeleted_andProcessingBeginsAnew() {
    List<StateRecord> state =
        STORES.stream()
            .map(store ->
                new StateRecord(
                    store,
                    store.equals(AttributeEnergy.JOURNAL) ? "0000000000000007" : "site/n1\0x",
                    store.equals(AttributeEnergy.HISTORY) ? START : 0,
                    new byte[40]))
            .toList();
    Run run = firstHalf(new Run("older", state)).read();
    assertThat(run.nodes).containsEntry("n1", 299 * 500_000L).containsEntry("n2", 299 * 500_000L);
    assertThat(run.state())
        .allSatisfy(record -> assertThat(record.value()[0]).isNotZero())
        .noneSatisfy(record -> assertThat(record.key()).isEqualTo("site/n1\0x"));
    assertThat(run.state().stream().filter(record -> record.key().equals(StateRecords.FORMATS)))
        .hasSize(4);
  }
}
