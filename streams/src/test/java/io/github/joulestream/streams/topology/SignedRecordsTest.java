// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.schemas.signing.RecordSigner;
import io.github.joulestream.schemas.signing.Signature;
import io.github.joulestream.schemas.signing.SiteKey;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import io.github.joulestream.schemas.signing.SiteKeys.UnsignedSites;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.state.CacheBudget;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may write to all topics, and has one node's key: nothing is booked in another's name. */
class SignedRecordsTest {
  private static final long START = 1_700_000_000_000L;
  private static final String SITE = "dc1";
  private static final SiteKey KEY = SiteKey.create(SITE);
  private static final SiteKeys KEYS =
      new SiteKeys(List.of(KEY), UnsignedSites.REFUSE, JobSigners.SITE);
  private static final RecordSigner N1 = new RecordSigner(KEY.ofNode("n1"));
  private static final RecordSigner N2 = new RecordSigner(KEY.ofNode("n2"));
  private static final RecordSigner OF_SITE = new RecordSigner(KEY.ofSite());

  @TempDir Path folder;
  private final List<TopologyTestDriver> drivers = new ArrayList<>();

  @AfterEach
  void stop() {
    drivers.forEach(TopologyTestDriver::close);
  }

  private static <T> void send(
      TopologyTestDriver driver,
      Topic topic,
      String key,
      T value,
      Serde<T> serde,
      RecordSigner signer,
      int second) {
    byte[] bytes = serde.serializer().serialize(topic.topicName(), value);
    Headers headers = new RecordHeaders();
    signer.sign(topic.topicName(), key, bytes, headers);
    send(driver, topic, key, bytes, headers, second);
  }

  private static void send(
      TopologyTestDriver driver,
      Topic topic,
      String key,
      byte[] value,
      Headers headers,
      int second) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), new ByteArraySerializer())
        .pipeInput(
            new TestRecord<>(key, value, headers, Instant.ofEpochMilli(START + 1_000L * second)));
  }

  private static <T> List<TestRecord<String, T>> read(
      TopologyTestDriver driver, Topic topic, Deserializer<T> values) {
    return driver
        .createOutputTopic(topic.topicName(), new StringDeserializer(), values)
        .readRecordsToList();
  }

  private static List<TestRecord<String, byte[]>> letters(TopologyTestDriver driver) {
    return read(driver, Topic.DEAD_LETTER, new ByteArrayDeserializer());
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  // ---- the accounting

  private final class Books {
    final AccountingTopology topology;
    final TopologyTestDriver driver;

    Books(String name, SiteKeys keys) {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve(name))
                  .commitInterval(Duration.ofMillis(100)));
      topology =
          new AccountingTopology(
              config, Limits.DEFAULT, Calibration.NONE, CacheBudget.ofHeap(), 10_000, keys);
      driver = new TopologyTestDriver(topology.get(), config);
      drivers.add(driver);
    }

    void batch(String site, String node, long sequence, int watts, RecordSigner signer) {
      int second = 5 * (int) sequence;
      long[] times = new long[5];
      long[] power = new long[5];
      for (int i = 0; i < times.length; i++) {
        times[i] = START + 1_000L * (second + i);
        power[i] = 1_000L * watts;
      }
      send(
          driver,
          Topic.TELEMETRY,
          Keys.node(site, node),
          new TelemetryBatch(
              site,
              node,
              1,
              sequence,
              List.of(
                  new DeviceSeries(
                      Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power)))),
          WireSerdes.telemetry(),
          signer,
          second + 5);
    }

    void hold(String node, String job, RecordSigner signer) {
      send(
          driver,
          Topic.ALLOCATIONS,
          Keys.node(SITE, node),
          AllocationEvent.hold(
              SITE, node, job, START + 2_000, List.of(DeviceShare.whole("gpu0")), 1),
          WireSerdes.allocations(),
          signer,
          3);
    }

    void job(String user, JobState state, RecordSigner signer) {
      send(
          driver,
          Topic.JOBS,
          Keys.job(SITE, "job-7"),
          new JobRecord(
              SITE,
              "job-7",
              new JobDetails(user, "", "", "", Map.of()),
              JobSpan.openSince(START),
              state,
              JobWork.NONE,
              0),
          WireSerdes.jobs(),
          signer,
          4);
    }

    /** A turn of the true site. */
    void truth(int sequence) {
      batch(SITE, "n1", sequence, 500, N1);
      batch(SITE, "n2", sequence, 300, N2);
      if (sequence == 0) {
        hold("n1", "job-7", N1);
        job("ada", JobState.RUNNING, OF_SITE);
      }
    }

    /** What somebody writes who may write everywhere, and has the key of n2. */
    int forge(int sequence) {
      // repeats in advance: without signatures they take the place of the true batch
      batch(SITE, "n1", sequence + 1, 9, RecordSigner.NONE);
      // a signature that was read from the topic, under another record
      Headers of2 = new RecordHeaders();
      N2.sign("telemetry", "dc1/n2", "other".getBytes(UTF_8), of2);
      send(driver, Topic.TELEMETRY, "dc1/n1", "other".getBytes(UTF_8), of2, 5 * sequence);
      batch(SITE, "n9", sequence, 900, N2);
      batch("evil", "n1", sequence, 900, N2);
      hold("n1", "mine", N2);
      job("eve", JobState.CANCELLED, RecordSigner.NONE);
      job("eve", JobState.CANCELLED, N2);
      return 7;
    }

    /** All that is booked, as text; the last of each key. */
    Map<String, String> results() {
      driver.advanceWallClockTime(Duration.ofMinutes(1));
      Map<String, String> results = new TreeMap<>();
      for (TestRecord<String, SiteWindow> record :
          read(driver, Topic.SITE_WINDOW, WireSerdes.siteWindows().deserializer())) {
        Totals<SiteAmount> totals = record.value().totals();
        assertThat(
                totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)
                    - totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                    - totals.get(SiteAmount.IDLE_TOTAL_MILLIJOULES))
            .isZero();
        results.put(
            "site " + record.key() + record.value().windowStartEpochMillis(), totals.toString());
      }
      for (TestRecord<String, JobSummary> record :
          read(driver, Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer())) {
        JobSummary job = record.value();
        results.put("job " + record.key(), job.details() + " " + job.state() + " " + job.totals());
      }
      for (TestRecord<String, NodeWindows> record :
          read(driver, Topic.NODE_WINDOW, WireSerdes.nodeWindows().deserializer())) {
        for (NodeWindow window : record.value().windows()) {
          results.putIfAbsent("node " + Keys.node(window.site(), window.node()), "");
        }
      }
      return results;
    }
  }

  @Test
  void forgedRecordsOfAnyKind_changeNothing_andAreKept() {
    Books undisturbed = new Books("undisturbed", SiteKeys.NONE);
    Books open = new Books("open", SiteKeys.NONE);
    Books signed = new Books("signed", KEYS);
    int forged = 0;
    for (int sequence = 0; sequence < 12; sequence++) {
      for (Books books : List.of(undisturbed, open, signed)) {
        books.truth(sequence);
      }
      open.forge(sequence);
      forged += signed.forge(sequence);
    }
    Map<String, String> expected = undisturbed.results();
    assertThat(expected).containsKeys("job dc1/job-7", "node dc1/n1", "node dc1/n2");
    assertThat(expected.get("job dc1/job-7")).contains("ada").contains("RUNNING");
    // what was forged is no harmless thing
    assertThat(open.results()).isNotEqualTo(expected).containsKey("node evil/n1");

    assertThat(signed.results()).isEqualTo(expected);
    assertThat(signed.topology.refusals().forged()).isEqualTo(forged);
    assertThat(signed.topology.refusals().count()).isEqualTo(forged);
    List<TestRecord<String, byte[]>> letters = letters(signed.driver);
    assertThat(letters)
        .hasSize(forged)
        .allSatisfy(
            letter -> assertThat(header(letter, DeadLetters.REASON)).startsWith("forged: "));
    assertThat(letters).extracting(letter -> header(letter, DeadLetters.TOPIC)).contains("jobs");
  }

  /** What {@code --job-signers nodes} takes into account, and the default does not. */
  @Test
  void aNodeRenamesAndEndsAnothersJob_onlyIfNodesMaySignJobs() {
    Books site = new Books("site", KEYS);
    Books nodes =
        new Books("nodes", new SiteKeys(List.of(KEY), UnsignedSites.REFUSE, JobSigners.NODES));
    for (Books books : List.of(site, nodes)) {
      books.truth(0);
      books.job("eve", JobState.CANCELLED, N2);
      books.truth(1);
    }
    assertThat(site.results().get("job dc1/job-7")).contains("ada").contains("RUNNING");
    assertThat(nodes.results().get("job dc1/job-7")).contains("eve").contains("CANCELLED");
    assertThat(letters(site.driver))
        .singleElement()
        .satisfies(letter ->
            assertThat(header(letter, DeadLetters.REASON))
                .contains("only its site may sign a job", "--job-signers nodes"));
    assertThat(letters(nodes.driver)).isEmpty();
  }

  /** A record that is refused for another reason may be sent once more when that is mended. */
  @Test
  void aLetterOfASignedRecord_hasItsSignature() {
    Books books = new Books("letters", KEYS);
    byte[] garbage = "garbage".getBytes(UTF_8);
    Headers headers = new RecordHeaders();
    N1.sign("telemetry", "dc1/n1", garbage, headers);
    send(books.driver, Topic.TELEMETRY, "dc1/n1", garbage, headers, 1);
    List<TestRecord<String, byte[]>> letters = letters(books.driver);
    assertThat(letters).hasSize(1);
    assertThat(header(letters.getFirst(), DeadLetters.REASON)).doesNotStartWith("forged");
    assertThat(letters.getFirst().headers().lastHeader(DeadLetters.OWN + Signature.HEADER).value())
        .isEqualTo(headers.lastHeader(Signature.HEADER).value());
    assertThat(books.topology.refusals().forged()).isZero();
  }

  // ---- the alerts

  private static void power(TopologyTestDriver driver, int from, int to) {
    for (int second = from; second < to; second++) {
      long millis = START + 1_000L * second;
      NodePower node =
          new NodePower(
              "n1",
              millis,
              100_000,
              List.of(100_000L, 0L, 0L, 0L, 0L, 0L),
              100_000,
              List.of(),
              List.of());
      send(
          driver,
          Topic.POWER_SNAPSHOT,
          SITE,
          new PowerSnapshot(SITE, 0, millis, List.of(node)),
          WireSerdes.powerSnapshot(),
          RecordSigner.NONE,
          second);
    }
  }

  private static void node(TopologyTestDriver driver, String site, RecordSigner signer) {
    send(
        driver,
        Topic.NODES,
        Keys.node(site, "n1"),
        new NodeRecord(site, "n1", START, "", Map.of("rack", "r1"), 0, 0, List.of()),
        WireSerdes.nodes(),
        signer,
        10);
  }

  @Test
  void forgedRecords_areAnAlertOfTheirSite_untilAMinuteWithout() {
    Properties config =
        StreamsConfigs.alerts(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve("alerts"))
                .commitInterval(Duration.ofMillis(100)));
    AlertsTopology topology = new AlertsTopology(config, KEYS);
    TopologyTestDriver driver =
        new TopologyTestDriver(topology.get(), config, Instant.ofEpochMilli(START));
    drivers.add(driver);
    power(driver, 0, 10);
    node(driver, SITE, N1);
    // another refusal is no forgery
    send(
        driver,
        Topic.DEAD_LETTER,
        "dc1/n1",
        new byte[1],
        DeadLetters.headers("an unknown schema", "telemetry", 0, 7, null),
        10);
    power(driver, 10, 100);
    assertThat(forgedAlerts(driver)).isEmpty();

    node(driver, SITE, N2);
    node(driver, "evil", N2);
    // a letter of the accounting
    send(
        driver,
        Topic.DEAD_LETTER,
        "dc1/n1",
        new byte[1],
        DeadLetters.headers("forged: it is not signed", "telemetry", 0, 8, null),
        100);
    power(driver, 100, 400);
    List<Alert> alerts = forgedAlerts(driver);
    assertThat(alerts)
        .extracting(Alert::site, Alert::scope, Alert::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(SITE, "site", AlertState.FIRING),
            org.assertj.core.groups.Tuple.tuple(SITE, "site", AlertState.RESOLVED));
    assertThat(alerts.getFirst().summary()).contains("dead-letter list");
    assertThat(topology.refusals().forged()).isEqualTo(2);
    assertThat(topology.refusals().count()).isEqualTo(2);
  }

  /** It is read again from a topic of the program's own before it is refused. */
  @Test
  void aLetterOfTheAlerts_hasTheSignatureToo_andSaysWhatItDoesNotHave() {
    Properties config =
        StreamsConfigs.alerts(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder.resolve("letters"))
                .commitInterval(Duration.ofMillis(100)));
    TopologyTestDriver driver =
        new TopologyTestDriver(
            new AlertsTopology(config, KEYS).get(), config, Instant.ofEpochMilli(START));
    drivers.add(driver);
    byte[] garbage = "garbage".getBytes(UTF_8);
    Headers headers = new RecordHeaders();
    OF_SITE.sign("jobs", "dc1/job-7", garbage, headers);
    headers.add("own", "kept".getBytes(UTF_8));
    send(driver, Topic.JOBS, "dc1/job-7", garbage, headers, 1);
    headers.add("large", new byte[DeadLetters.MAX_OWN_HEADER_BYTES]);
    send(driver, Topic.JOBS, "dc1/job-7", garbage, headers, 2);
    // a letter with this would be larger than brokers take
    headers.add(DeadLetters.HEADERS_LEFT_OUT, new byte[2 << 20]);
    send(driver, Topic.JOBS, "dc1/job-7", garbage, headers, 3);

    List<TestRecord<String, byte[]>> letters = letters(driver);
    assertThat(letters)
        .hasSize(3)
        .allSatisfy(letter -> {
          assertThat(header(letter, DeadLetters.TOPIC)).isEqualTo("jobs");
          assertThat(header(letter, DeadLetters.OWN + "own")).isEqualTo("kept");
          assertThat(letter.headers())
              .allMatch(header -> header.value().length <= DeadLetters.MAX_OWN_HEADER_BYTES);
          assertThat(letter.headers().lastHeader(DeadLetters.OWN + Signature.HEADER).value())
              .isEqualTo(headers.lastHeader(Signature.HEADER).value());
        });
    assertThat(header(letters.getFirst(), DeadLetters.HEADERS_LEFT_OUT)).isEmpty();
    assertThat(header(letters.get(1), DeadLetters.HEADERS_LEFT_OUT)).isEqualTo("1");
    assertThat(header(letters.getLast(), DeadLetters.HEADERS_LEFT_OUT)).isNotEmpty();
  }

  private static List<Alert> forgedAlerts(TopologyTestDriver driver) {
    return read(driver, Topic.ALERTS, WireSerdes.alerts().deserializer()).stream()
        .map(TestRecord::value)
        .filter(alert -> alert.rule() == Rule.FORGED_RECORDS)
        .toList();
  }
}
