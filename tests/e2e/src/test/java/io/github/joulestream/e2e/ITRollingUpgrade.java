// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.Installation.Ledger;
import io.github.joulestream.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade as docs/operations.md has it: two instances of streams, one after the other, while
 * data flows and agents of the release before and of the release after publish; ended in order, and
 * killed. Afterwards the ledger has each reading once, and is that of an undisturbed run over the
 * same input.
 */
class ITRollingUpgrade {
  private static final String EARLIER = "0.1.0";
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final List<String> INSTANCES = List.of("streams-1", "streams-2");

  @TempDir Path folder;

  private final Map<String, Program> streams = new LinkedHashMap<>();

  @Test
  void instancesOneAfterTheOther_whileDataFlows_loseNothingAndBookNothingTwice() throws Exception {
    try (Installation site = Installation.start(folder.resolve("upgraded"))) {
      for (String instance : INSTANCES) {
        streams.put(instance, site.streams(instance));
      }
      for (Program program : streams.values()) {
        Installation.awaitReady(program);
      }
      Program simulation =
          site.program("simulate", "--nodes", "3", "--end-jobs", "--metrics-port", "0");
      awaitMoreBooked(site);

      long[] untilReadyMillis = new long[2];
      upgradeEach(site, Program::interruptAndAwait, untilReadyMillis, 0);
      otherRelease(site, "earlier", EARLIER);
      // the release after it: schemas come first, then instances, then agents
      otherRelease(site, "later", OtherReleaseMain.LATER);
      upgradeEach(site, Program::kill, untilReadyMillis, 1);

      simulation.interruptAndAwait();
      assertThat(simulation.output()).contains("readings published");
      Ledger upgraded = site.settled();
      long sent = site.readingsSent();
      assertThat(Installation.published(simulation) + 2 * OtherReleaseMain.READINGS)
          .as("published and in the topic")
          .isEqualTo(sent);
      assertOtherRelease(upgraded, "earlier");
      assertOtherRelease(upgraded, "later");
      assertThat(letters(site)).as("dead letters").isZero();

      Ledger undisturbed = undisturbed(site);
      report(upgraded, undisturbed, sent, untilReadyMillis);
      assertThat(upgraded.jobs()).isNotEmpty().isEqualTo(undisturbed.jobs());
      assertThat(upgraded.sites()).isEqualTo(undisturbed.sites());
    }
  }

  private interface End {
    void of(Program program) throws Exception;
  }

  /** Each instance ends, is started again as the new release, and is waited for. */
  private void upgradeEach(Installation site, End end, long[] untilReadyMillis, int at)
      throws Exception {
    for (String instance : INSTANCES) {
      Program before = requireNonNull(streams.get(instance));
      end.of(before);
      long ended = System.nanoTime();
      Program after = site.streams(instance);
      streams.put(instance, after);
      Installation.awaitReady(after);
      untilReadyMillis[at] =
          Math.max(untilReadyMillis[at], (System.nanoTime() - ended) / 1_000_000);
      awaitMoreBooked(site);
    }
  }

  private static void awaitMoreBooked(Installation site) throws Exception {
    long[] readings = {site.ledger().readings()};
    long before = readings[0];
    Await.until(
        "readings are booked",
        LIMIT,
        () -> {
          readings[0] = site.ledger().readings();
          return readings[0] > before;
        },
        () -> "%,d readings".formatted(readings[0]));
  }

  private static void otherRelease(Installation site, String name, String release)
      throws Exception {
    try (Program agent =
        Program.startMain(
            OtherReleaseMain.class.getName(), Map.of(), site.bootstrap(), name, release)) {
      assertThat(agent.await()).as(agent.output()).isZero();
      assertThat(Installation.published(agent)).isEqualTo(OtherReleaseMain.READINGS);
    }
  }

  private static void assertOtherRelease(Ledger ledger, String site) {
    assertThat(ledger.sites()).containsKey(site);
    assertThat(ledger.jobs().get(site + "/" + OtherReleaseMain.JOB))
        .as("its job")
        .startsWith(OtherReleaseMain.USER + " project COMPLETED ")
        .contains("TOTAL_MILLIJOULES=" + OtherReleaseMain.JOB_MILLIJOULES);
    assertThat(ledger.sites().get(site))
        .contains("MEASURED_TOTAL_MILLIJOULES=" + OtherReleaseMain.MEASURED_MILLIJOULES);
  }

  private static long letters(Installation site) {
    long[] letters = {0};
    site.forEach(Topic.DEAD_LETTER, _ -> letters[0]++);
    return letters[0];
  }

  /** The ledger of one instance that runs without an end, over the same records. */
  private Ledger undisturbed(Installation site) throws Exception {
    try (Installation copy = Installation.start(folder.resolve("undisturbed"))) {
      OtherReleaseMain.release(EARLIER).publishSchemas(copy.kafka());
      OtherReleaseMain.release(OtherReleaseMain.LATER).publishSchemas(copy.kafka());
      site.copyInput(copy);
      copy.streams("streams-1");
      return copy.settled();
    }
  }

  private static void report(
      Ledger upgraded, Ledger undisturbed, long sent, long[] untilReadyMillis) throws Exception {
    long lost = Math.max(0, sent - upgraded.readings());
    long repeated = Math.max(0, upgraded.readings() - sent);
    long difference =
        upgraded.differenceMillijoules()
            + undisturbed.differenceMillijoules()
            + Math.abs(upgraded.measuredMillijoules() - undisturbed.measuredMillijoules());
    String booked =
        "%,d readings sent and booked; an instance is ready again within ".formatted(sent);
    new FaultRow(
            "two instances of `streams` upgraded one after the other while data flows, ended in order",
            2,
            "the other instance continues; nothing is lost or booked twice",
            booked + seconds(untilReadyMillis[0]),
            lost,
            repeated,
            difference)
        .report();
    new FaultRow(
            "the same, each killed (kill -9)",
            2,
            "the other instance continues; nothing is lost or booked twice",
            booked + seconds(untilReadyMillis[1]),
            lost,
            repeated,
            difference)
        .report();
    new FaultRow(
            "agents with schemas one version older and one newer",
            2,
            "either release's records are read by the schemas in the topic",
            "%d readings of each booked, no dead letter".formatted(OtherReleaseMain.READINGS),
            lost,
            repeated,
            difference)
        .report();
  }

  private static String seconds(long millis) {
    return "%.1f s".formatted(millis / 1e3);
  }
}
