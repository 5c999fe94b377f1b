// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.store.Measurement;
import io.github.joulestream.store.PointSink.PointsRefused;
import io.github.joulestream.store.PointSink.StoreUnavailable;
import io.github.joulestream.store.Points;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.influx.InfluxSink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer's sink puts into the embedded store is what its reader finds. */
class ITQuestDb {
  private static final long START = 1_700_000_000_000L;

  @TempDir static Path folder;
  private static EmbeddedQuestDb store;
  private static InfluxSink sink;
  private static QuestDbReader reader;

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    store = EmbeddedQuestDb.start(folder, port);
    sink = new InfluxSink(store.url(), "unused", "unused", "unused");
    reader = new QuestDbReader(store.url());
  }

  @AfterAll
  static void stop() {
    reader.close();
    sink.close();
    store.close();
  }

  private static void write(StorePoint... points) {
    sink.write(List.of(points));
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!reader.applied()) {
      assertThat(System.nanoTime()).as("applied in time").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static <A extends Enum<A>> Totals<A> filled(Totals<A> totals, long base) {
    for (int i = 0; i < totals.size(); i++) {
      totals.set(i, base - i);
    }
    return totals;
  }

  private static JobSummary summary(String site, String job, long energy, JobState state) {
    return new JobSummary(
        site,
        job,
        "user, with \"quotes\" and ünicode",
        "project=a b",
        "",
        "queue\\x",
        Map.of("gpu", "H100", "x", ""),
        state,
        START + 7,
        START + 7,
        state.ended() ? START + 60_000 : JobRecord.OPEN,
        START + 60_000,
        700_000,
        1.0e15 + 0.25,
        "tokens",
        filled(Totals.ofJob(), energy),
        0,
        3);
  }

  @Test
  void aSummary_comesBackExactly_andALaterOneTakesItsPlace() {
    // far beyond 2^53: no number may pass through a double
    JobSummary first = summary("exact", "job/1", 9_007_199_254_740_993L, JobState.RUNNING);
    JobSummary other = summary("exact", "job/2", 5_000, JobState.FAILED);
    write(Points.of(first), Points.of(other));
    assertThat(ofSite("exact")).containsExactlyInAnyOrder(first, other);

    JobSummary last = summary("exact", "job/1", Long.MAX_VALUE, JobState.COMPLETED);
    write(Points.of(last));
    write(Points.of(last));
    assertThat(ofSite("exact")).containsExactlyInAnyOrder(last, other);
  }

  private static List<JobSummary> ofSite(String site) {
    return reader.jobSummaries().stream().filter(job -> job.site().equals(site)).toList();
  }

  @Test
  void aLedger_isSummedOverItsWindows_eachOnce() {
    SiteWindow a = window(0, 10_000, 1L << 60);
    SiteWindow b = window(10_000, 10_000, 77);
    SiteWindow hour = window(0, 3_600_000, (1L << 60) + 77);
    write(Points.ledger(a), Points.power(a), Points.ledger(b), Points.ledger(hour));
    write(Points.ledger(a), Points.power(a), Points.ledger(b));
    Totals<SiteAmount> expected = a.totals().copy().addAll(b.totals());
    assertThat(reader.ledger(0, Long.MAX_VALUE / 1_000_000).get("ledger")).isEqualTo(expected);
    assertThat(reader.ledger(START, START + 10_000).get("ledger")).isEqualTo(a.totals());
  }

  private static SiteWindow window(long offset, int length, long base) {
    return new SiteWindow("ledger", START + offset, length, filled(Totals.ofSite(), base));
  }

  @Test
  void jobWindows_areSummed_andACorrectionTakesTheOldPlace() {
    Totals<JobAmount> totals = filled(Totals.ofJob(), 40_000);
    write(Points.of(new JobWindow("energy", "j", START, 10_000, totals)));
    Totals<JobAmount> corrected = filled(Totals.ofJob(), 30_000);
    write(
        Points.of(new JobWindow("energy", "j", START, 10_000, corrected)),
        Points.of(new JobWindow("energy", "j", START + 10_000, 10_000, totals)));
    assertThat(reader.jobEnergyMillijoules()).isEqualTo(70_000);
    assertThat(reader.newestJobEnergyEpochMillis()).hasValue(START + 10_000);
  }

  @Test
  void whatTheStoreWillNeverTake_isRefused_andAStoreThatIsAwayIsNot() {
    StorePoint wrong =
        new StorePoint(
            Measurement.LEDGER,
            Map.of("site", "s", "window", "10s"),
            Map.of("readings", "a text in a column of numbers"),
            START * 1_000_000);
    assertThatThrownBy(() -> sink.write(List.of(wrong))).isInstanceOf(PointsRefused.class);
    try (InfluxSink nobody = new InfluxSink(URI.create("http://127.0.0.1:1"), "x", "x", "x")) {
      assertThatThrownBy(() -> nobody.write(List.of(wrong))).isInstanceOf(StoreUnavailable.class);
    }
  }
}
