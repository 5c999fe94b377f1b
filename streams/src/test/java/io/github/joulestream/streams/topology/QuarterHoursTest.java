// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.streams.accounting.TotalJobs;
import io.github.joulestream.streams.state.StateRecords;
import io.github.joulestream.streams.state.StateRecords.StateRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When quarters of an hour are emitted, and under which names. */
class QuarterHoursTest {
  private static final String GOLDEN = "golden/state/0.1.1/quarter-hours.txt";
  private static final long QUARTER = Windows.QUARTER_HOUR_MILLIS;
  private static final long START = Windows.quarterHourOf(1_700_000_000_000L);
  private static final long BATCH_MILLIS = 10_000;
  private static final long MILLIWATTS = 500_000;
  private static final JobDetails ADA =
      new JobDetails("ada", "physics", "train", "batch", Map.of("team", "a"));

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private QuarterSite site;

  private long sequence;

  @BeforeEach
  void start() {
    site = new QuarterSite(folder);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  /** 500 W on gpu0 from one second to another, a batch every 10 s that arrives with its end. */
  private void measure(QuarterSite to, int fromSecond, int toSecond) {
    for (long at = START + 1_000L * fromSecond; at < START + 1_000L * toSecond; ) {
      long end = at + BATCH_MILLIS;
      batch(to, at, end, end);
      at = end;
    }
  }

  private void batch(QuarterSite to, long from, long end, long arrival) {
    long[] times = {from, from + 5_000, end - 1};
    long[] power = {MILLIWATTS, MILLIWATTS, MILLIWATTS};
    to.send(
        "n1",
        sequence++,
        List.of(
            new DeviceSeries(
                Device.sensor("gpu0", DeviceKind.GPU), Readings.ofPower(times, power))),
        arrival);
  }

  private void hold(int second) {
    site.send(
        AllocationEvent.hold(
            QuarterSite.SITE,
            "n1",
            "job",
            START + 1_000L * second,
            List.of(DeviceShare.whole("gpu0")),
            1),
        START + 1_000L * second);
  }

  private void release(int second, int arrivalSecond) {
    site.send(
        AllocationEvent.release(QuarterSite.SITE, "n1", "job", START + 1_000L * second),
        START + 1_000L * arrivalSecond);
  }

  private void report(JobDetails details, JobState state, int arrivalSecond) {
    long end = state.ended() ? START + 1_000L * arrivalSecond : JobSpan.OPEN;
    site.send(
        new JobRecord(
            QuarterSite.SITE, "job", details, new JobSpan(START, end), state, JobWork.NONE, 0),
        START + 1_000L * arrivalSecond);
  }

  /** What was emitted since the last call. */
  private List<JobQuarterHour> emitted() {
    site.quarters();
    List<JobQuarterHour> emitted = List.copyOf(site.emitted);
    site.emitted.clear();
    return emitted;
  }

  private static long millijoules(JobQuarterHour quarter) {
    return quarter.totals().get(JobAmount.TOTAL_MILLIJOULES);
  }

  private static String described(JobQuarterHour quarter) {
    JobDetails details = quarter.details();
    return "%d '%s' '%s' '%s' '%s' %s %d mJ"
        .formatted(
            (quarter.windowStartEpochMillis() - START) / QUARTER,
            details.user(),
            details.project(),
            details.name(),
            details.partition(),
            details.labels(),
            millijoules(quarter));
  }

  // ---- when

  @Test
  void aRunningJob_isEmittedOnceAMinute() {
    report(ADA, JobState.RUNNING, 0);
    hold(0);
    measure(site, 0, 900);
    List<JobQuarterHour> first = emitted();
    assertThat(first).hasSizeBetween(13, 17);
    long before = -1;
    for (JobQuarterHour quarter : first) {
      assertThat(quarter.windowStartEpochMillis()).isEqualTo(START);
      assertThat(quarter.windowMillis()).isEqualTo(900_000);
      assertThat(millijoules(quarter)).isGreaterThan(before);
      before = millijoules(quarter);
    }
    measure(site, 900, 1_800);
    assertThat(emitted()).hasSizeBetween(13, 19);
    site.quiet();
    site.assertLaws("while it runs");
  }

  @Test
  void whatHasEnded_isEmittedAtOnce() {
    hold(0);
    measure(site, 0, 30);
    emitted();
    measure(site, 30, 50);
    assertThat(emitted()).isEmpty();
    release(45, 50);
    assertThat(emitted()).extracting(QuarterHoursTest::millijoules).endsWith(45 * MILLIWATTS);
    site.assertLaws("after the release");
    // a correction of what has ended
    release(40, 52);
    site.assertLaws("after an earlier release");
  }

  @Test
  void whatItsSchedulerHasEnded_isEmittedAtOnce_butNotWhatItGoesOnToConsume() {
    report(ADA, JobState.RUNNING, 0); // other details would be emitted at once too
    hold(0);
    measure(site, 0, 30);
    emitted();
    measure(site, 30, 50);
    assertThat(emitted()).isEmpty();
    report(ADA, JobState.COMPLETED, 50);
    assertThat(emitted())
        .extracting(QuarterHoursTest::millijoules)
        .endsWith(50 * MILLIWATTS - MILLIWATTS / 1_000);
    measure(site, 50, 60);
    assertThat(emitted()).isEmpty();
  }

  @Test
  void aQuarterThatIsOver_isEmittedAtOnceWhenItChanges() {
    hold(0);
    measure(site, 600, 900);
    measure(site, 960, 980);
    site.quiet();
    emitted();
    measure(site, 980, 1_000);
    assertThat(emitted()).isEmpty();
    batch(site, START + 590_000, START + 600_000, START + 1_001_000);
    // a correction of many windows leaves the node's task with its next ones
    measure(site, 1_000, 1_020);
    assertThat(emitted())
        .isNotEmpty()
        .allMatch(quarter -> quarter.windowStartEpochMillis() == START);
  }

  @Test
  void whenNothingArrives_allIsEmitted() {
    hold(0);
    measure(site, 0, 10);
    emitted();
    measure(site, 10, 50);
    assertThat(emitted()).isEmpty();
    site.quiet();
    assertThat(emitted()).hasSize(1);
    site.quiet();
    assertThat(emitted()).as("again").isEmpty();
  }

  @Test
  void afterACrash_whatWasNotEmittedIs_andNothingElse() {
    hold(0);
    measure(site, 0, 900);
    site.quiet();
    measure(site, 900, 930);
    site.crash();
    emitted();
    measure(site, 930, 940);
    // of the quarter before nothing has changed
    assertThat(emitted())
        .isNotEmpty()
        .allMatch(quarter -> quarter.windowStartEpochMillis() == START + QUARTER);
    site.crash();
    release(940, 941);
    site.assertLaws("after a crash");
  }

  @Test
  void quartersExpire_andAreEmittedBefore() {
    hold(0);
    measure(site, 0, 10);
    measure(site, 10, 50);
    release(50, 51);
    hold(52);
    measure(site, 60, 100);
    emitted();
    long entries = quartersInState();
    // another node's report hours later
    site.send(
        AllocationEvent.hold(QuarterSite.SITE, "n2", "late", START + 4 * 3_600_000, List.of(), 1),
        START + 4 * 3_600_000);
    report(JobDetails.NONE, JobState.UNKNOWN, 4 * 3_600 + 400);
    site.quiet();
    site.assertLaws("after hours");
    report(JobDetails.NONE, JobState.UNKNOWN, 8 * 3_600);
    report(JobDetails.NONE, JobState.UNKNOWN, 8 * 3_600 + 400);
    assertThat(entries).isPositive();
    assertThat(quartersInState()).isLessThan(entries + 1);
    site.assertLaws("in the end");
  }

  private long quartersInState() {
    return site.state().stream()
        .filter(record -> record.store().equals(TotalJobs.QUARTER_HOURS))
        .filter(record -> !record.key().equals(StateRecords.FORMATS))
        .count();
  }

  // ---- whose

  @Test
  void aUserThatBecomesKnownLate_withdrawsWhatWasOfNobody() {
    hold(0);
    measure(site, 0, 930);
    site.quiet();
    emitted();
    report(ADA, JobState.RUNNING, 931);
    assertThat(emitted().stream().map(QuarterHoursTest::described))
        .containsExactly(
            "0 '' '' '' '' {} 0 mJ",
            "0 'ada' 'physics' 'train' 'batch' {team=a} 450000000 mJ",
            "1 '' '' '' '' {} 0 mJ",
            "1 'ada' 'physics' 'train' 'batch' {team=a} 14999500 mJ");
    // a repeat changes nothing
    report(ADA, JobState.RUNNING, 932);
    assertThat(emitted()).isEmpty();
    site.assertLaws("with a user");
  }

  @Test
  void aUserThatIsKnownInTime_withdrawsNothing() {
    report(ADA, JobState.RUNNING, 0);
    hold(0);
    measure(site, 0, 30);
    site.quiet();
    assertThat(emitted()).isNotEmpty().allMatch(quarter -> quarter.details().equals(ADA));
  }

  @Test
  void otherLabels_areEmitted_andWithdrawNothing() {
    report(ADA, JobState.RUNNING, 0);
    hold(0);
    measure(site, 0, 30);
    site.quiet();
    emitted();
    report(
        new JobDetails("ada", "physics", "evaluate", "", Map.of("team", "b")),
        JobState.RUNNING,
        31);
    assertThat(emitted().stream().map(QuarterHoursTest::described))
        .containsExactly("0 'ada' 'physics' 'evaluate' 'batch' {team=b} 14999500 mJ");
  }

  @Test
  void aJobThatIsForgotten_isWithdrawnWithoutItsNames() {
    report(ADA, JobState.RUNNING, 0);
    hold(0);
    measure(site, 0, 930);
    site.quiet();
    emitted();
    site.forget("job", START + 931_000);
    assertThat(emitted().stream().map(QuarterHoursTest::described))
        .containsExactly(
            "0 'ada' 'physics' '' '' {} 0 mJ",
            "0 '' '' '' 'batch' {} 450000000 mJ",
            "1 'ada' 'physics' '' '' {} 0 mJ",
            "1 '' '' '' 'batch' {} 14999500 mJ");
    release(930, 932);
    assertThat(emitted()).allMatch(quarter -> quarter.details().user().isEmpty());
    site.assertLaws("without a user");
  }

  // ---- state

  @Test
  void stateOfThisFormat_isRead_andItsPendingQuartersAreEmitted() throws IOException {
    if (Boolean.getBoolean("golden.write")) {
      report(ADA, JobState.RUNNING, 0);
      hold(0);
      measure(site, 0, 930);
      Path file = Path.of("src/test/resources", GOLDEN);
      Files.createDirectories(requireNonNull(file.getParent()));
      Files.write(
          file,
          site.state().stream()
              .filter(record ->
                  record.store().equals(TotalJobs.QUARTER_HOURS)
                      || record.store().equals(TotalJobs.TOTALS))
              .map(StateRecord::line)
              .toList());
    }
    List<StateRecord> state;
    try (InputStream in = getClass().getClassLoader().getResourceAsStream(GOLDEN)) {
      state =
          new String(requireNonNull(in, GOLDEN).readAllBytes(), UTF_8)
              .lines()
              .map(StateRecord::of)
              .toList();
    }
    site.close();
    site = new QuarterSite(folder.resolve("restored"), state);
    report(JobDetails.NONE, JobState.RUNNING, 940);
    assertThat(emitted().stream().map(QuarterHoursTest::described))
        .containsExactly("1 'ada' 'physics' 'train' 'batch' {team=a} 14999500 mJ");
    site.forget("job", START + 941_000);
    assertThat(emitted().stream().map(QuarterHoursTest::described))
        .contains("0 '' '' '' 'batch' {} 450000000 mJ");
  }
}
