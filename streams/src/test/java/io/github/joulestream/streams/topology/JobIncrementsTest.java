// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.DeadLetters;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments to several windows of a job that are in one record: all are added, or none. */
class JobIncrementsTest {
  private static final String SITE = "site";
  private static final String JOB = "job";
  private static final String KEY = Keys.job(SITE, JOB);
  private static final int WINDOW = Windows.MILLIS;
  private static final long QUARTER = Windows.QUARTER_HOUR_MILLIS;
  private static final long START = Windows.quarterHourOf(1_700_000_000_000L);

  private static final Deserializer<JobQuarterHour> QUARTERS =
      WireSerdes.jobQuarterHours().deserializer();

  @TempDir Path folder;
  private final List<Totaller> totallers = new ArrayList<>();

  @AfterEach
  void stop() {
    totallers.forEach(totaller -> totaller.driver.close());
  }

  /** A topology, and the last of what it emitted of each window, quarter and job. */
  private final class Totaller {
    final AccountingTopology topology;
    final TopologyTestDriver driver;
    final Map<Long, JobWindow> windows = new TreeMap<>();
    final Map<Long, JobQuarterHour> quarters = new TreeMap<>();
    final List<Integer> sizes = new ArrayList<>();
    @Nullable JobSummary job;

    Totaller() {
      Properties config =
          StreamsConfigs.accounting(
              StreamsSettings.of(
                  KafkaClients.of("unused:9092"), folder.resolve("t" + totallers.size())));
      topology = new AccountingTopology(config, Limits.DEFAULT, Calibration.NONE);
      driver = new TopologyTestDriver(topology.get(), config, Instant.ofEpochMilli(START));
      totallers.add(this);
    }

    Totaller send(List<JobWindow> increments) {
      driver
          .createInputTopic(
              "joulestream-by-job-repartition",
              new StringSerializer(),
              WireSerdes.jobWindows().serializer())
          .pipeInput(
              new TestRecord<>(
                  KEY, new JobWindows(increments), Instant.ofEpochMilli(START + QUARTER)));
      return this;
    }

    Totaller read() {
      // quarters are emitted when no record arrives
      pass(10);
      for (JobWindows record : output(Topic.JOB_WINDOW, WireSerdes.jobWindows().deserializer())) {
        sizes.add(record.windows().size());
        record.windows().forEach(one -> windows.put(one.windowStartEpochMillis(), one));
      }
      output(Topic.JOB_QUARTER_HOUR, WireSerdes.jobQuarterHours().deserializer())
          .forEach(one -> quarters.put(one.windowStartEpochMillis(), one));
      output(Topic.JOB_SUMMARY, WireSerdes.jobSummaries().deserializer()).forEach(one -> job = one);
      return this;
    }

    void pass(int seconds) {
      for (int second = 0; second < seconds; second += 2) {
        driver.advanceWallClockTime(Duration.ofSeconds(2));
      }
    }

    private <T> List<T> output(Topic topic, Deserializer<T> deserializer) {
      return driver
          .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
          .readValuesToList();
    }

    List<TestRecord<String, byte[]>> letters() {
      return driver
          .createOutputTopic(
              Topic.DEAD_LETTER.topicName(), new StringDeserializer(), new ByteArrayDeserializer())
          .readRecordsToList();
    }

    void assertSame(Totaller other) {
      assertThat(windows).isEqualTo(other.windows);
      assertThat(quarters).isEqualTo(other.quarters);
      assertThat(job).isEqualTo(other.job);
    }
  }

  private static JobWindow increment(String job, long start, JobAmount amount, long value) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.set(amount, value);
    return new JobWindow(SITE, job, start, WINDOW, totals);
  }

  private static JobWindow energy(long start, long millijoules) {
    return increment(JOB, start, JobAmount.TOTAL_MILLIJOULES, millijoules);
  }

  @Test
  void windowsOfOneRecord_areAddedToTheirQuartersAndToTheJob_andEmittedTogether() {
    Totaller totaller =
        new Totaller()
            .send(
                List.of(
                    energy(START + QUARTER - WINDOW, 7),
                    energy(START, 3),
                    energy(START + QUARTER, 20),
                    energy(START, 2)))
            .read();
    assertThat(totaller.sizes).containsExactly(3);
    assertThat(totaller.windows.values())
        .extracting(window -> window.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .containsExactly(5L, 7L, 20L);
    assertThat(totaller.quarters.values())
        .extracting(quarter -> quarter.totals().get(JobAmount.TOTAL_MILLIJOULES))
        .containsExactly(12L, 20L);
    JobSummary job = requireNonNull(totaller.job);
    assertThat(job.totals().get(JobAmount.TOTAL_MILLIJOULES)).isEqualTo(32);
    assertThat(job.peakMilliwatts()).isEqualTo(2);
    assertThat(job.times().startEpochMillis()).isEqualTo(START);
    assertThat(job.times().lastEpochMillis()).isEqualTo(START + QUARTER + WINDOW);
  }

  /** What the last window of a record cannot be added to. */
  enum Overflow {
    /** Its sum, that of its quarter and that of the job. */
    OF_SUMS(JobAmount.CPU_MILLIJOULES, 1),
    /** Its mean power alone. */
    OF_POWER(JobAmount.TOTAL_MILLIJOULES, Long.MAX_VALUE / 500);

    private final JobAmount amount;
    private final long value;

    Overflow(JobAmount amount, long value) {
      this.amount = amount;
      this.value = value;
    }
  }

  @ParameterizedTest
  @EnumSource(Overflow.class)
  void ofARecordWhoseLastWindowOverflows_nothingIsAdded(Overflow overflow) {
    List<JobWindow> before =
        List.of(
            energy(START, 3),
            increment(JOB, START + QUARTER, JobAmount.CPU_MILLIJOULES, Long.MAX_VALUE));
    List<JobWindow> refused =
        List.of(
            energy(START, 10),
            energy(START + WINDOW, 20),
            increment(JOB, START + QUARTER, overflow.amount, overflow.value));
    List<JobWindow> after = List.of(energy(START, 1), energy(START + 2 * WINDOW, 4));
    Totaller totaller = new Totaller().send(before).send(refused);

    List<TestRecord<String, byte[]>> letters = totaller.letters();
    assertThat(letters).hasSize(1);
    assertThat(letters.getFirst().value())
        .isEqualTo(WireSerdes.jobWindows().serializer().serialize("any", new JobWindows(refused)));
    totaller.send(after).read().assertSame(new Totaller().send(before).send(after).read());
  }

  @Test
  void aRecordWithAWindowOfAnotherJob_isRefused() {
    List<JobWindow> foreign =
        List.of(energy(START, 10), increment("other", START, JobAmount.TOTAL_MILLIJOULES, 20));
    Totaller totaller = new Totaller().send(foreign).read();
    assertThat(totaller.letters())
        .singleElement()
        .satisfies(letter ->
            assertThat(new String(letter.headers().lastHeader(DeadLetters.REASON).value(), UTF_8))
                .contains("a record of site/other has the key site/job"));
    assertThat(totaller.windows).isEmpty();
    assertThat(totaller.job).isNull();
  }

  /** What they make does not depend on how windows are distributed over records. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void oneRecord_isWhatARecordForEachWindowIs(long seed) {
    Random random = new Random(seed);
    Totaller together = new Totaller();
    Totaller each = new Totaller();
    List.of(together, each).forEach(totaller -> totaller.send(List.of(energy(START, 1))));
    Map<Long, Long> sums = new TreeMap<>();
    for (int record = 0; record < 40; record++) {
      List<JobWindow> increments = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        // the first is never empty
        long start = START + WINDOW * (1L + random.nextInt(150));
        long sum = sums.getOrDefault(start, 0L);
        // a late end of the job takes back all, or some
        long more =
            switch (random.nextInt(3)) {
              case 0 -> -sum;
              case 1 -> -sum / 2;
              default -> random.nextInt(1_000_000);
            };
        sums.put(start, sum + more);
        increments.add(energy(start, more));
      }
      together.send(increments);
      increments.forEach(increment -> each.send(List.of(increment)));
      if (record % 10 == 0) {
        together.read().assertSame(each.read());
      }
    }
    together.read().assertSame(each.read());
    assertThat(together.windows).hasSizeGreaterThan(50);
    assertThat(together.quarters).hasSize(2);
  }

  @Test
  void moreWindowsThanARecordHolds_areSeveralRecords() {
    List<JobWindow> increments = new ArrayList<>();
    for (int i = 0; i < JobWindows.MAX_WINDOWS + 1; i++) {
      increments.add(energy(START + (long) i * WINDOW, 1 + i));
    }
    Totaller totaller = new Totaller().send(increments).read();
    assertThat(totaller.sizes).containsExactly(JobWindows.MAX_WINDOWS, 1);
    assertThat(totaller.windows).hasSize(increments.size());
  }

  @Test
  void quarters_waitFortySeconds_whileATaskHasIncrementsToEmit() {
    // of a quarter that is not over
    Totaller totaller = new Totaller().send(List.of(energy(START + QUARTER, 1))).read();
    totaller.topology.pendingOutput().note(new TaskId(0, 7), true);
    totaller.send(List.of(energy(START + QUARTER + WINDOW, 2)));
    // the first tick after a record is not quiet
    totaller.pass(40);
    assertThat(totaller.output(Topic.JOB_QUARTER_HOUR, QUARTERS)).isEmpty();
    totaller.pass(2);
    assertThat(totaller.output(Topic.JOB_QUARTER_HOUR, QUARTERS)).hasSize(1);
  }
}
