// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.CapacityUse;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodeCapacity;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
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
import io.github.joulestream.streams.state.ObjectCacheStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.TopologyException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountingTopologyTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "site";
  private static final String NODE = "n1";

  @TempDir Path folder;
  private Properties config = new Properties();
  private TopologyTestDriver driver;
  private Instant arrival = Instant.ofEpochMilli(START + 600_000);

  @BeforeEach
  void start() {
    config =
        StreamsConfigs.accounting(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder)
                .commitInterval(Duration.ofMillis(100)));
    driver = new TopologyTestDriver(topology(), config);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  private Topology topology() {
    return new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE).get();
  }

  // ---- input

  private <T> void send(Topic topic, String key, @Nullable T value, Serializer<T> serializer) {
    TestInputTopic<String, T> input =
        driver.createInputTopic(topic.topicName(), new StringSerializer(), serializer);
    input.pipeInput(new TestRecord<>(key, value, arrival));
    arrival = arrival.plusMillis(1);
  }

  private void send(TelemetryBatch batch) {
    send(
        Topic.TELEMETRY,
        Keys.node(batch.site(), batch.node()),
        batch,
        WireSerdes.telemetry().serializer());
  }

  private void send(AllocationEvent event) {
    send(
        Topic.ALLOCATIONS,
        Keys.node(event.site(), event.node()),
        event,
        WireSerdes.allocations().serializer());
  }

  private void send(JobRecord job) {
    send(Topic.JOBS, Keys.job(job.site(), job.job()), job, WireSerdes.jobs().serializer());
  }

  /** 500 W on gpu0 and gpu1, a reading each second, from one second to another. */
  private static TelemetryBatch batch(long sequence, int fromSecond, int toSecond) {
    int size = toSecond - fromSecond + 1;
    long[] times = new long[size];
    long[] power = new long[size];
    for (int i = 0; i < size; i++) {
      times[i] = START + 1_000L * (fromSecond + i);
      power[i] = 500_000;
    }
    Readings readings = Readings.ofPower(times, power);
    return new TelemetryBatch(
        SITE,
        NODE,
        1,
        sequence,
        List.of(
            new DeviceSeries(Device.sensor("gpu0", DeviceKind.GPU), readings),
            new DeviceSeries(Device.sensor("gpu1", DeviceKind.GPU), readings)));
  }

  private static AllocationEvent hold(int second) {
    return AllocationEvent.hold(
        SITE, NODE, "job", START + 1_000L * second, List.of(DeviceShare.whole("gpu0")), 2);
  }

  private static AllocationEvent release(int second) {
    return AllocationEvent.release(SITE, NODE, "job", START + 1_000L * second);
  }

  private static JobRecord job() {
    return new JobRecord(
        SITE,
        "job",
        new JobDetails("ada", "physics", "train", "batch", Map.of()),
        new JobSpan(START + 5_000, START + 25_000),
        JobState.COMPLETED,
        new JobWork(1_000, "steps"),
        0);
  }

  // ---- output

  private <T> List<TestRecord<String, T>> read(Topic topic, Deserializer<T> deserializer) {
    TestOutputTopic<String, T> output =
        driver.createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer);
    return output.readRecordsToList();
  }

  /** What a reader of the topics holds who knows the last record of each window. */
  private record Results(
      Map<String, JobWindow> windows,
      Map<String, JobSummary> jobs,
      Map<String, SiteWindow> site,
      Map<Long, Totals<SiteAmount>> nodes) {
    long job(JobAmount amount) {
      return Objects.requireNonNull(jobs.get("site/job"), "no summary").totals().get(amount);
    }

    long site(SiteAmount amount) {
      return site.values().stream()
          .filter(window -> window.windowMillis() == 10_000)
          .mapToLong(window -> window.totals().get(amount))
          .sum();
    }
  }

  private final Results results =
      new Results(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  private final Set<String> parts = new HashSet<>();

  private Results results() {
    for (TestRecord<String, JobWindows> record :
        read(Topic.JOB_WINDOW, WireSerdes.jobWindows().deserializer())) {
      assertThat(record.key()).isEqualTo(record.value().key());
      for (JobWindow window : record.value().windows()) {
        results.windows.put(
            Keys.job(window.site(), window.job()) + window.windowStartEpochMillis(), window);
      }
    }
    read(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())
        .forEach(record -> results.jobs.put(record.key(), record.value()));
    read(Topic.LEDGER, WireSerdes.siteWindows().deserializer())
        .forEach(record ->
            results.site.put(
                record.value().windowMillis() + " " + record.value().windowStartEpochMillis(),
                record.value()));
    for (TestRecord<String, NodeWindows> record :
        read(Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer())) {
      assertThat(record.key()).isEqualTo(record.value().key());
      for (NodeWindow window : record.value().windows()) {
        assertThat(
                parts.add(
                    window.node() + window.windowStartEpochMillis() + "/" + window.fragment()))
            .isTrue();
        results
            .nodes
            .computeIfAbsent(window.windowStartEpochMillis(), _ -> Totals.ofSite())
            .addAll(window.totals());
      }
    }
    // the site's books are those of its nodes
    Map<Long, Totals<SiteAmount>> site = new TreeMap<>();
    results.site.values().stream()
        .filter(window -> window.windowMillis() == 10_000 && !window.totals().isZero())
        .forEach(window -> site.put(window.windowStartEpochMillis(), window.totals()));
    results.nodes.values().removeIf(Totals::isZero);
    assertThat(results.nodes).isEqualTo(site);
    for (SiteWindow window : results.site.values()) {
      Totals<SiteAmount> totals = window.totals();
      assertThat(totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .isEqualTo(
              totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                  + totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    }
    return results;
  }

  private void assertBooked(Results found) {
    // gpu0 at 500 W from second 5 to 25
    assertThat(found.job(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(20 * 500_000);
    assertThat(found.job(JobAmount.GPU_MILLIJOULES)).isEqualTo(20 * 500_000);
    assertThat(found.job(JobAmount.COVERED_MILLIS)).isEqualTo(20_000);
    assertBookedTotals(found);
  }

  private void assertBookedTotals(Results found) {
    assertThat(found.job(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(20 * 500_000);
    assertThat(
            found.windows.values().stream()
                .mapToLong(window -> window.totals().get(JobAmount.TOTAL_MILLIJOULES))
                .sum())
        .isEqualTo(20 * 500_000);
    // both GPUs over 60 s
    assertThat(found.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(2 * 60 * 500_000);
    assertThat(found.site(SiteAmount.JOBS_TOTAL_MILLIJOULES)).isEqualTo(20 * 500_000);
    assertThat(found.site(SiteAmount.IDLE_TOTAL_MILLIJOULES)).isEqualTo(100 * 500_000);
  }

  @Test
  void inOrder_energyGoesToTheJobThatHeldTheDevice() {
    send(job());
    send(hold(5));
    send(batch(0, 0, 20));
    send(release(25));
    send(batch(1, 21, 60));
    Results found = results();
    assertBooked(found);
    JobSummary summary = Objects.requireNonNull(found.jobs.get("site/job"));
    assertThat(summary.details().user()).isEqualTo("ada");
    assertThat(summary.details().project()).isEqualTo("physics");
    assertThat(summary.state()).isEqualTo(JobState.COMPLETED);
    assertThat(summary.times().startEpochMillis()).isEqualTo(START + 5_000);
    assertThat(summary.times().endEpochMillis()).isEqualTo(START + 25_000);
    assertThat(summary.work().amount()).isEqualTo(1_000);
    assertThat(summary.peakMilliwatts()).isEqualTo(500_000);
  }

  @Test
  void whatIsTakenBackOfTheHighestWindow_isNoPeakAnyMore() {
    send(hold(0));
    send(batch(0, 0, 60));
    assertThat(emitted().peakMilliwatts()).isEqualTo(500_000);
    send(release(5)); // half of the first window is left
    assertThat(emitted().peakMilliwatts()).isEqualTo(250_000);
    assertThat(emitted().times().lastEpochMillis()).isEqualTo(START + 10_000);
  }

  @Test
  void anEndThatArrivesLate_takesTheLastTimeBack_andLeavesNoWindowBehindIt() {
    send(said(START + 5_000, JobSpan.OPEN, JobState.RUNNING, 0));
    send(hold(5));
    send(batch(0, 0, 60));
    assertThat(emitted().times().lastEpochMillis()).isEqualTo(START + 60_000);
    send(release(20)); // at the edge of a window
    assertThat(emitted().times().lastEpochMillis()).isEqualTo(START + 20_000);
    assertThat(emitted().totals().get(JobAmount.NODES_RELEASED)).isEqualTo(1);
    send(batch(1, 61, 80));
    send(batch(2, 81, 100));
    assertThat(emitted().times().lastEpochMillis()).isEqualTo(START + 20_000);
    results()
        .windows
        .values()
        .forEach(window ->
            assertThat(window.totals().isZero())
                .as("window %d s", (window.windowStartEpochMillis() - START) / 1_000)
                .isEqualTo(window.windowStartEpochMillis() >= START + 20_000));
    // windows that were booked before are zero now, and there are no others
    assertThat(results().windows).hasSize(6);
  }

  @Test
  void aJobThatEndsAtAWindowsEdge_hasNoWindowBehindIt() {
    send(hold(5));
    send(release(20));
    send(batch(0, 0, 60));
    assertThat(results().windows.values())
        .extracting(window -> window.windowStartEpochMillis() - START)
        .containsExactly(0L, 10_000L);
    assertThat(emitted().times().lastEpochMillis()).isEqualTo(START + 20_000);
  }

  @Test
  void twoMachinesOfOneName_areKeptApart_andTheOthersReadingsKeptAside() {
    send(hold(0));
    send(batch(0, 0, 20));
    TelemetryBatch rival = batch(0, 10, 30);
    List<DeviceSeries> half =
        rival.devices().stream()
            .map(series ->
                new DeviceSeries(
                    series.device(),
                    Readings.ofPower(
                        series.readings().epochMillis(), new long[series.readings().size()])))
            .toList();
    // it began earlier, and says 0 W
    send(new TelemetryBatch(SITE, NODE, 0, 0, half));
    send(batch(1, 21, 60));
    Results found = results();
    assertThat(found.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isEqualTo(2 * 60 * 500_000);
    assertThat(found.job(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(60 * 500_000);
    assertThat(found.site(SiteAmount.REFUSED_CONFLICT)).isEqualTo(2 * 21);
    TestRecord<String, byte[]> letter =
        read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer()).getFirst();
    assertThat(header(letter, "reason")).contains("refused conflict: 21 readings of gpu0");
  }

  /** What somebody says who knows only this. */
  @Test
  void aJobThatHoldsNothingAnyMore_doesNotRun_untilItIsGivenSomethingAgain() {
    send(said(START + 5_000, JobSpan.OPEN, JobState.RUNNING, 0));
    send(hold(5));
    send(batch(0, 0, 30));
    assertThat(emitted().state()).isEqualTo(JobState.RUNNING);
    send(release(25));
    JobSummary over = emitted();
    assertThat(over.endedBy()).isEqualTo(JobSummary.EndedBy.HOOK);
    assertThat(over.state()).isEqualTo(JobState.UNKNOWN);
    assertThat(over.times().startEpochMillis()).isEqualTo(START + 5_000);
    send(hold(40));
    send(batch(1, 31, 50));
    assertThat(emitted().state()).isEqualTo(JobState.RUNNING);
    send(release(50));
    send(said(JobSpan.UNKNOWN, START + 51_000, JobState.FAILED, 0));
    JobSummary failed = emitted();
    assertThat(failed.state()).isEqualTo(JobState.FAILED);
    assertThat(failed.times().endEpochMillis()).isEqualTo(START + 51_000);
  }

  private static JobRecord said(long start, long end, JobState state, double work) {
    return new JobRecord(
        SITE,
        "job",
        JobDetails.NONE,
        new JobSpan(start, end),
        state,
        new JobWork(work, work == 0 ? "" : "steps"),
        0);
  }

  @Test
  void aMeterThatDoesNotMeasure_takesNothingFromAJobOnAMeasuredGpu() {
    send(job());
    send(hold(5));
    send(besideAMeterOf0W(batch(0, 0, 20)));
    send(besideAMeterOf0W(batch(1, 21, 40)));
    send(release(25));
    send(besideAMeterOf0W(batch(2, 41, 60)));
    Results found = results();
    assertBookedTotals(found);
    assertThat(found.job(JobAmount.WHOLE_NODE_MILLIJOULES)).isZero();
    assertThat(found.site(SiteAmount.WHOLE_NODE_MILLIJOULES)).isZero();
    assertThat(found.site(SiteAmount.REFUSED_SENTINEL)).isEqualTo(61);
    assertThat(found.job(JobAmount.COVERED_MILLIS)).isEqualTo(20_000);
    // half of the GPUs, so half of the meter that says nothing
    assertThat(found.job(JobAmount.UNCOVERED_MILLIS)).isEqualTo(10_000);
    assertThat(emitted().totals().get(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(20 * 500_000);
  }

  /** The GPUs as parts of a node whose controller has no sensor. */
  private static TelemetryBatch besideAMeterOf0W(TelemetryBatch batch) {
    List<DeviceSeries> devices = new ArrayList<>();
    for (DeviceSeries gpu : batch.devices()) {
      devices.add(new DeviceSeries(gpu.device().withContainedIn(DeviceKind.NODE), gpu.readings()));
    }
    long[] times = batch.devices().getFirst().readings().epochMillis();
    devices.add(
        new DeviceSeries(
            Device.sensor("bmc", DeviceKind.NODE),
            Readings.ofPower(times, new long[times.length])));
    return new TelemetryBatch(
        batch.site(), batch.node(), batch.agentEpoch(), batch.sequence(), devices);
  }

  private JobSummary emitted() {
    return Objects.requireNonNull(results().jobs.get("site/job"));
  }

  @Test
  void whatARecordLeavesOut_staysAsOthersSaidIt() {
    send(said(START + 5_000, JobSpan.OPEN, JobState.RUNNING, 0));
    send(said(JobSpan.UNKNOWN, JobSpan.OPEN, JobState.UNKNOWN, 1_000));
    JobSummary running = emitted();
    assertThat(running.state()).isEqualTo(JobState.RUNNING);
    assertThat(running.times().startEpochMillis()).isEqualTo(START + 5_000);
    assertThat(running.work().amount()).isEqualTo(1_000);

    send(job());
    send(said(JobSpan.UNKNOWN, START + 26_000, JobState.FAILED, 0));
    JobSummary ended = emitted();
    assertThat(ended.details().user()).isEqualTo("ada");
    assertThat(ended.work().amount()).isEqualTo(1_000);
    assertThat(ended.work().unit()).isEqualTo("steps");
    assertThat(ended.state()).isEqualTo(JobState.FAILED);
    assertThat(ended.times().startEpochMillis()).isEqualTo(START + 5_000);
    assertThat(ended.times().endEpochMillis()).isEqualTo(START + 26_000);
  }

  @Test
  void aLateWordThatAJobRuns_doesNotUndoItsEnd_butANewStartDoes() {
    send(job());
    send(said(START + 6_000, JobSpan.OPEN, JobState.RUNNING, 0));
    JobSummary ended = emitted();
    assertThat(ended.state()).isEqualTo(JobState.COMPLETED);
    assertThat(ended.times().startEpochMillis()).isEqualTo(START + 5_000);
    assertThat(ended.times().endEpochMillis()).isEqualTo(START + 25_000);

    send(said(START + 30_000, JobSpan.OPEN, JobState.RUNNING, 0));
    JobSummary again = emitted();
    assertThat(again.state()).isEqualTo(JobState.RUNNING);
    assertThat(again.times().startEpochMillis()).isEqualTo(START + 30_000);
    assertThat(again.times().endEpochMillis()).isEqualTo(JobSpan.OPEN);
  }

  @Test
  void anEndOfAJobThatNobodyStarted_hasATime() {
    send(said(JobSpan.UNKNOWN, START + 26_000, JobState.FAILED, 0));
    assertThat(emitted().times().startEpochMillis()).isEqualTo(START + 26_000);
    assertThat(emitted().times().anchorEpochMillis()).isEqualTo(START + 26_000);
  }

  @Test
  void outOfOrder_theSameIsBooked() {
    send(batch(1, 21, 60));
    assertThat(results().site(SiteAmount.MEASURED_TOTAL_MILLIJOULES)).isPositive();
    send(batch(0, 0, 20));
    send(hold(5));
    send(release(25));
    send(job());
    assertBooked(results());
  }

  @Test
  void aLateAllocation_movesEnergyFromIdleToTheJob() {
    send(job());
    send(batch(0, 0, 60));
    assertThat(results().site(SiteAmount.IDLE_TOTAL_MILLIJOULES)).isEqualTo(120 * 500_000);
    send(release(25));
    send(hold(5));
    assertBooked(results());
  }

  @Test
  void aRepeat_isCountedAndNotBooked() {
    send(job());
    send(hold(5));
    send(hold(5));
    send(batch(0, 0, 60));
    send(release(25));
    send(batch(0, 0, 60));
    Results found = results();
    assertBooked(found);
    assertThat(found.site(SiteAmount.READINGS)).isEqualTo(2 * 61);
    assertThat(found.site(SiteAmount.REPEATED_READINGS)).isEqualTo(2 * 61);
    assertThat(found.site(SiteAmount.ALLOCATION_EVENTS)).isEqualTo(2);
  }

  @Test
  void poison_isKeptWithItsReason_andTheRestGoesOn() {
    byte[] poison = "not avro".getBytes(UTF_8);
    Serializer<byte[]> raw = Serdes.ByteArray().serializer();
    send(Topic.TELEMETRY, "site/n1", poison, raw);
    send(Topic.ALLOCATIONS, "site/n1", poison, raw);
    send(Topic.JOBS, "site/job", poison, raw);
    byte[] wrongKey = WireSerdes.telemetry().serializer().serialize("telemetry", batch(9, 0, 1));
    send(Topic.TELEMETRY, "site/other", wrongKey, raw);
    send(job());
    send(hold(5));
    send(batch(0, 0, 60));
    send(release(25));
    assertBooked(results());

    List<TestRecord<String, byte[]>> dead =
        read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer());
    assertThat(dead).hasSize(4);
    assertThat(dead.subList(0, 3))
        .allSatisfy(letter -> {
          assertThat(letter.value()).isEqualTo(poison);
          assertThat(header(letter, "reason")).contains("not an Avro single object");
          assertThat(header(letter, "offset")).isEqualTo("0");
        });
    assertThat(dead.stream().map(letter -> header(letter, "topic")))
        .containsExactly("telemetry", "allocations", "jobs", "telemetry");
    assertThat(header(dead.get(3), "reason")).contains("has the key site/other");
  }

  @Test
  void aRefusedField_isCountedAndTheBatchKept() {
    send(job());
    send(hold(5));
    send(batch(0, 0, 60));
    send(release(25));
    send(
        new TelemetryBatch(
            SITE,
            NODE,
            1,
            1,
            List.of(
                new DeviceSeries(
                    Device.sensor("gpu0", DeviceKind.GPU),
                    Readings.ofPower(new long[] {START + 61_000}, new long[] {-5})))));
    Results found = results();
    assertBooked(found);
    assertThat(found.site(SiteAmount.REFUSED_NEGATIVE)).isEqualTo(1);
    List<TestRecord<String, byte[]>> dead =
        read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer());
    assertThat(dead).hasSize(1);
    assertThat(header(dead.getFirst(), "reason")).contains("negative");
  }

  @Test
  void powerNow_isThatOfTheLatestReadings() {
    send(batch(0, 0, 20));
    send(hold(5));
    NodePower idle = powerNow().getLast();
    assertThat(idle.node()).isEqualTo(NODE);
    assertThat(idle.epochMillis()).isEqualTo(START + 20_000);
    assertThat(idle.totalMilliwatts()).isEqualTo(1_000_000);
    assertThat(idle.idleMilliwatts()).isEqualTo(1_000_000);
    assertThat(idle.gpus())
        .containsExactly(new GpuPower("gpu0", 500_000, -1), new GpuPower("gpu1", 500_000, -1));
    assertThat(idle.capacity())
        .isEqualTo(new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 2, 0));

    send(batch(1, 21, 60));
    NodePower held = powerNow().getLast();
    assertThat(held.idleMilliwatts()).isEqualTo(500_000);
    assertThat(held.jobs()).containsExactly(new JobPower("job", 500_000, 10_000, 10_000));
    assertThat(held.milliwatts(DeviceKind.GPU)).isEqualTo(1_000_000);
    assertThat(held.gpus()).isEmpty(); // emitted milliseconds ago
    // by the time of the readings: 40 s later
    assertThat(held.capacity())
        .isEqualTo(new NodeCapacity(CapacityUse.NONE, CapacityUse.NONE, 2, 10_000));

    // a repeat, and news of the past, are no news of now
    send(batch(1, 21, 60));
    send(release(25));
    send(batch(2, 61, 61));
    NodePower released = powerNow().getLast();
    assertThat(released.jobs()).isEmpty();
    assertThat(released.capacity()).isNull(); // of a second later
  }

  private List<NodePower> powerNow() {
    return read(Topic.POWER_SNAPSHOT, WireSerdes.powerSnapshot().deserializer()).stream()
        .peek(record -> assertThat(record.key()).isEqualTo(SITE))
        .flatMap(record -> record.value().nodes().stream())
        .toList();
  }

  @Test
  void aNodeWithAFastClock_andABackfill_changeNothingForOthers() {
    send(job());
    send(hold(5));
    send(batch(0, 0, 30));
    TelemetryBatch old = batch(0, 0, 5);
    send(shifted(old, "n2", -365L * 86_400_000));
    send(shifted(old, "n3", 86_400_000));
    send(release(25));
    send(batch(1, 31, 60));
    Results found = results();
    assertThat(found.job(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(20 * 500_000);
    assertThat(found.site(SiteAmount.REFUSED_FUTURE)).isEqualTo(2 * 6);
    assertThat(found.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(2 * 60 * 500_000 + 2 * 5 * 500_000);
  }

  private static TelemetryBatch shifted(TelemetryBatch batch, String node, long millis) {
    return new TelemetryBatch(
        SITE,
        node,
        1,
        batch.sequence(),
        batch.devices().stream()
            .map(series ->
                new DeviceSeries(
                    series.device(),
                    Readings.ofPower(
                        java.util.Arrays.stream(series.readings().epochMillis())
                            .map(time -> time + millis)
                            .toArray(),
                        series.readings().powerMilliwatts())))
            .toList());
  }

  @Test
  void aJobOnManyNodes_whoseNewsComeOverTenMinutes_isWhole() {
    int nodes = Integer.getInteger("state.nodes", 1_000);
    send(job());
    for (int node = 0; node < nodes; node++) {
      String name = "n" + node;
      TelemetryBatch batch = shifted(batch(0, 0, 60), name, 0);
      AllocationEvent hold =
          AllocationEvent.hold(
              SITE, name, "job", START + 5_000, List.of(DeviceShare.whole("gpu0")), 2);
      AllocationEvent release = AllocationEvent.release(SITE, name, "job", START + 25_000);
      // some nodes' hooks are heard before their samples, some after
      if (node % 2 == 0) {
        send(hold);
        send(release);
        send(batch);
      } else {
        send(batch);
        send(release);
        send(hold);
      }
      arrival = arrival.plusMillis(600_000 / nodes);
    }
    Results found = results();
    assertThat(found.job(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(nodes * 20L * 500_000);
    assertThat(found.job(JobAmount.NODES_RELEASED)).isEqualTo(nodes);
    assertThat(found.site(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .isEqualTo(nodes * 2L * 60 * 500_000);
  }

  /**
   * State is bounded by devices, running jobs and the correction horizon: after ten times as many
   * jobs there is as much of it. {@code -Dstate.jobs=100000} shows it for more.
   */
  @Test
  void stateDoesNotGrowWithPastJobs() {
    int jobs = Integer.getInteger("state.jobs", 3_000);
    long early = stateAfter(0, jobs / 10);
    long late = stateAfter(jobs / 10, jobs);
    System.out.printf(
        "state: %d entries after %d jobs, %d after %d%n", early, jobs / 10, late, jobs);
    assertThat(late).isLessThanOrEqualTo(early + early / 10);
  }

  /** One job after the other on one node, two a minute. */
  private long stateAfter(int from, int to) {
    for (int i = from; i < to; i++) {
      long at = START + i * 30_000L;
      String id = "job-" + i;
      arrival = Instant.ofEpochMilli(at + 1_000);
      send(AllocationEvent.hold(SITE, NODE, id, at + 1_000, List.of(DeviceShare.whole("gpu0")), 2));
      arrival = Instant.ofEpochMilli(at + 30_000);
      send(
          new TelemetryBatch(
              SITE,
              NODE,
              1,
              i,
              List.of(
                  new DeviceSeries(
                      Device.sensor("gpu0", DeviceKind.GPU),
                      Readings.ofPower(
                          new long[] {at, at + 10_000, at + 20_000},
                          new long[] {400_000, 400_000, 400_000})))));
      send(AllocationEvent.release(SITE, NODE, id, at + 29_000));
      send(
          new JobRecord(
              SITE,
              id,
              new JobDetails("ada", "physics", "train", "batch", Map.of()),
              new JobSpan(at + 1_000, at + 29_000),
              JobState.COMPLETED,
              JobWork.NONE,
              0));
      drain();
    }
    long entries = 0;
    for (String store : List.of(TotalJobs.WINDOWS, TotalJobs.TOTALS, TotalSites.WINDOWS)) {
      entries += ((ObjectCacheStore<?>) driver.getStateStore(store)).startingWith("").size();
    }
    try (var history = driver.<String, byte[]>getWindowStore(AttributeEnergy.HISTORY).all()) {
      while (history.hasNext()) {
        history.next();
        entries++;
      }
    }
    byte[] account =
        Objects.requireNonNull(
            driver.<String, byte[]>getKeyValueStore(AttributeEnergy.ACCOUNTS).get("site/n1"));
    return entries + account.length / 100;
  }

  /** Nobody reads what is emitted here. */
  private void drain() {
    for (Topic topic :
        List.of(Topic.JOB_WINDOW, Topic.JOB_SUMMARY, Topic.SITE_WINDOW, Topic.LEDGER)) {
      read(topic, Serdes.ByteArray().deserializer());
    }
  }

  /** What describe() says is what an upgrade finds its state by: a change must be meant. */
  @Test
  void theDescription_isTheOneCheckedIn() throws IOException {
    String described = topology().describe().toString();
    if (Boolean.getBoolean("topologies.write")) {
      Files.writeString(Path.of("src/test/resources/topologies/accounting.txt"), described);
    }
    try (InputStream in = getClass().getResourceAsStream("/topologies/accounting.txt")) {
      assertThat(in).isNotNull();
      assertThat(described).isEqualTo(new String(in.readAllBytes(), UTF_8));
    }
  }

  @Test
  void aResourceWithoutAName_isRefused() {
    StreamsBuilder builder = NamedTopologies.builder(config);
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.String())).groupByKey().count();
    assertThatThrownBy(() -> builder.build(config)).isInstanceOf(TopologyException.class);
  }

  /** Whose it was is not said any more; what was booked to it stays. */
  @Test
  void aTombstoneOfAJob_forgetsWhoseItWas_andChangesNoEnergy() {
    send(job());
    send(hold(5));
    send(batch(1, 0, 20));
    send(Topic.JOBS, Keys.job(SITE, "job"), null, Serdes.ByteArray().serializer());
    send(Topic.JOBS, Keys.job(SITE, "nobody knows it"), null, Serdes.ByteArray().serializer());
    send(batch(2, 21, 40));
    List<TestRecord<String, JobSummary>> emitted =
        read(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer());
    JobSummary last = emitted.getLast().value();
    assertThat(emitted).extracting(TestRecord::key).containsOnly(Keys.job(SITE, "job"));
    assertThat(List.of(last.details().user(), last.details().project(), last.details().name()))
        .containsOnly("");
    assertThat(last.details().labels()).isEmpty();
    assertThat(last.state()).isEqualTo(JobState.COMPLETED);
    assertThat(last.totals().get(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(35 * 500_000);
    assertThat(read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer())).isEmpty();
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
