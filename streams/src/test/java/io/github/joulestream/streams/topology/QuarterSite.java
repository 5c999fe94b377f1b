// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.Keys;
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
import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/**
 * The accounting of one site, and what a reader of its topics holds who knows the last record of
 * each key of the store.
 */
final class QuarterSite implements AutoCloseable {
  static final String SITE = "site";
  private static final int QUARTER = Windows.QUARTER_HOUR_MILLIS;
  private static final List<String> STORES =
      List.of(
          AttributeEnergy.JOURNAL,
          AttributeEnergy.ACCOUNTS,
          AttributeEnergy.HISTORY,
          AttributeEnergy.SET_ASIDE,
          TotalJobs.WINDOWS,
          TotalJobs.TOTALS,
          TotalJobs.QUARTER_HOURS,
          TotalSites.WINDOWS);

  private final Path folder;
  private TopologyTestDriver driver;
  private int starts;

  /** Everything that was emitted of quarters, in its order. */
  final List<JobQuarterHour> emitted = new ArrayList<>();

  private final Map<String, JobQuarterHour> quarters = new TreeMap<>();
  private final Map<String, JobSummary> summaries = new TreeMap<>();
  private final Map<String, SiteWindow> windows = new TreeMap<>();

  QuarterSite(Path folder) {
    this(folder, List.of());
  }

  QuarterSite(Path folder, List<StateRecord> state) {
    this.folder = folder;
    this.driver = start(state);
  }

  private TopologyTestDriver start(List<StateRecord> state) {
    Properties config =
        StreamsConfigs.accounting(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve("start-" + starts++))
                .commitInterval(Duration.ofMillis(100)));
    config.put(StreamsConfig.PROCESSOR_WRAPPER_CLASS_CONFIG, StateWrapper.class);
    config.put(StateWrapper.RECORDS, StateWrapper.byStore(state));
    return new TopologyTestDriver(
        new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE).get(), config);
  }

  /** What is in the stores, as of the last commit. */
  List<StateRecord> state() {
    return STORES.stream()
        .flatMap(store ->
            StateRecords.read(requireNonNull(driver.getAllStateStores().get(store), store))
                .stream())
        .toList();
  }

  /**
   * Ends without emitting quarters, and begins with the state of the last commit. Increments are
   * emitted before: offsets begin at 0 in another driver, and the journal counts by them.
   */
  void crash() {
    driver.advanceWallClockTime(Duration.ofSeconds(2));
    driver.advanceWallClockTime(Duration.ofSeconds(2));
    read();
    List<StateRecord> state = state();
    driver.close();
    driver = start(state);
  }

  // ---- input

  private <T> void send(
      Topic topic, String key, @Nullable T value, Serializer<T> serializer, long arrivalMillis) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
        .pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(arrivalMillis)));
    // the driver's own topics grow otherwise
    if (topic == Topic.TELEMETRY) {
      read();
    }
  }

  void send(String node, long sequence, List<DeviceSeries> devices, long arrivalMillis) {
    send(
        Topic.TELEMETRY,
        Keys.node(SITE, node),
        new TelemetryBatch(SITE, node, 1, sequence, devices),
        WireSerdes.telemetry().serializer(),
        arrivalMillis);
  }

  void send(AllocationEvent event, long arrivalMillis) {
    send(
        Topic.ALLOCATIONS,
        Keys.node(SITE, event.node()),
        event,
        WireSerdes.allocations().serializer(),
        arrivalMillis);
  }

  void send(JobRecord job, long arrivalMillis) {
    send(Topic.JOBS, Keys.job(SITE, job.job()), job, WireSerdes.jobs().serializer(), arrivalMillis);
  }

  void forget(String job, long arrivalMillis) {
    send(Topic.JOBS, Keys.job(SITE, job), null, new ByteArraySerializer(), arrivalMillis);
  }

  /** So much time passes without a record that all that is pending is emitted. */
  void quiet() {
    for (int tick = 0; tick < 5; tick++) {
      driver.advanceWallClockTime(Duration.ofSeconds(2));
    }
    read();
  }

  // ---- output

  private <T> List<T> output(Topic topic, Deserializer<T> deserializer) {
    return driver
        .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
        .readValuesToList();
  }

  private void read() {
    for (JobQuarterHour quarter :
        output(Topic.JOB_QUARTER_HOUR, WireSerdes.jobQuarterHours().deserializer())) {
      emitted.add(quarter);
      quarters.put(
          "%s %d %s %s %d"
              .formatted(
                  quarter.job(),
                  quarter.windowStartEpochMillis(),
                  quarter.details().user(),
                  quarter.details().project(),
                  quarter.fragmentEpochMillis()),
          quarter);
    }
    for (JobSummary job : output(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())) {
      summaries.put(job.job() + " " + job.fragmentEpochMillis(), job);
    }
    for (SiteWindow window : output(Topic.LEDGER, WireSerdes.siteWindows().deserializer())) {
      windows.put(
          "%d %d %d"
              .formatted(
                  window.windowMillis(),
                  window.windowStartEpochMillis(),
                  window.fragmentEpochMillis()),
          window);
    }
    for (Topic topic : List.of(Topic.JOB_WINDOW, Topic.SITE_WINDOW, Topic.NODE_WINDOW)) {
      output(topic, new ByteArrayDeserializer());
    }
  }

  List<JobQuarterHour> quarters() {
    read();
    return List.copyOf(quarters.values());
  }

  List<JobSummary> summaries() {
    read();
    return List.copyOf(summaries.values());
  }

  long fragments() {
    return quarters.values().stream().filter(q -> q.fragmentEpochMillis() != 0).count();
  }

  // ---- laws

  /** The three laws of quarters of an hour; what is pending must have been emitted. */
  void assertLaws(String when) {
    read();
    assertQuartersAreSummaries(when);
    assertSiteIsJobsAndIdle(when);
    assertLengthsAgree(when);
  }

  /** (a) The quarters of a job add up to its summary, in every amount. */
  private void assertQuartersAreSummaries(String when) {
    Map<String, Totals<JobAmount>> ofQuarters = new TreeMap<>();
    quarters
        .values()
        .forEach(quarter ->
            ofQuarters
                .computeIfAbsent(quarter.job(), _ -> Totals.ofJob())
                .addAll(quarter.totals()));
    Map<String, Totals<JobAmount>> ofSummaries = new TreeMap<>();
    summaries
        .values()
        .forEach(job ->
            ofSummaries.computeIfAbsent(job.job(), _ -> Totals.ofJob()).addAll(job.totals()));
    ofQuarters.values().removeIf(Totals::isZero);
    ofSummaries.values().removeIf(Totals::isZero);
    assertThat(ofQuarters).as("quarters and summaries, %s", when).isEqualTo(ofSummaries);
  }

  /** (b) In each quarter the jobs and what nobody held are what was measured, by kind. */
  private void assertSiteIsJobsAndIdle(String when) {
    Map<Long, Totals<SiteAmount>> site = ofLength(QUARTER, QUARTER);
    Map<Long, Totals<JobAmount>> jobs = new TreeMap<>();
    quarters
        .values()
        .forEach(quarter ->
            jobs.computeIfAbsent(quarter.windowStartEpochMillis(), _ -> Totals.ofJob())
                .addAll(quarter.totals()));
    jobs.forEach((start, ofJobs) -> {
      Totals<SiteAmount> ledger = site.getOrDefault(start, Totals.ofSite());
      for (Balance balance : Balance.ALL) {
        JobAmount amount =
            balance.kind() == null ? JobAmount.TOTAL_MILLIJOULES : JobAmount.of(balance.kind());
        assertThat(ofJobs.get(amount) + ledger.get(balance.idle()))
            .as("%s in the quarter of %s, %s", amount, Instant.ofEpochMilli(start), when)
            .isEqualTo(ledger.get(balance.measured()));
      }
    });
    site.forEach((start, ledger) -> {
      if (!jobs.containsKey(start)) {
        assertThat(ledger.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)).as(when).isZero();
      }
    });
  }

  /** (c) Windows of 10 s add up to quarters, and quarters to hours, in every amount. */
  private void assertLengthsAgree(String when) {
    assertThat(ofLength(Windows.MILLIS, QUARTER))
        .as("10 s and 15 min, %s", when)
        .isEqualTo(ofLength(QUARTER, QUARTER));
    assertThat(ofLength(QUARTER, Windows.HOUR_MILLIS))
        .as("15 min and 1 h, %s", when)
        .isEqualTo(ofLength(Windows.HOUR_MILLIS, Windows.HOUR_MILLIS));
  }

  /** Windows of a length, added up by longer ones; without those that are zero. */
  private Map<Long, Totals<SiteAmount>> ofLength(int windowMillis, int longerMillis) {
    Map<Long, Totals<SiteAmount>> sums = new TreeMap<>();
    windows.values().stream()
        .filter(window -> window.windowMillis() == windowMillis)
        .forEach(window ->
            sums.computeIfAbsent(
                    Math.floorDiv(window.windowStartEpochMillis(), longerMillis) * longerMillis,
                    _ -> Totals.ofSite())
                .addAll(window.totals()));
    sums.values().removeIf(Totals::isZero);
    return sums;
  }

  long measuredMillijoules() {
    return ofLength(QUARTER, QUARTER).values().stream()
        .mapToLong(totals -> totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .sum();
  }

  @Override
  public void close() {
    driver.close();
  }
}
