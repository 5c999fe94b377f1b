// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import io.github.joulestream.serve.live.LiveTopics;
import io.github.joulestream.serve.live.NodeTable;
import io.github.joulestream.serve.live.SiteNow;
import io.github.joulestream.serve.live.SitePoint;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is live of a simulated site, against the store, the ledger and the simulation. */
class ITLive {
  private static final int NODES = 4;
  private static final int GPUS = 8;
  private static final int WINDOW = 10_000;
  private static final int WINDOWS = 60;

  @Test
  void whatIsLive_isWhatTheStoreHasAndTheSimulationMakes() throws Exception {
    try (Program up =
        Program.start(
            "up",
            "--simulate=" + NODES,
            "--seed=5",
            "--no-agent",
            "--kafka-port=0",
            "--store-port=0")) {
      up.awaitLine(" running; simulated");
      Map<String, Object> kafka =
          Map.of("bootstrap.servers", found(up, "Kafka  (127.0.0.1:[0-9]+)"));
      try (QuestDbReader store =
              new QuestDbReader(URI.create(found(up, "store  (http://[0-9.:]+)")));
          LiveTopics live = new LiveTopics(KafkaClients.of(kafka), EpochClock.system())) {
        live.start();
        Await.until("live", () -> live.caughtUp() && live.site("simulated").isPresent());
        LiveSite site = live.site("simulated").orElseThrow();
        Await.until("nodes report", () -> site.now().nodesReporting() == NODES);
        Await.until("jobs", () -> site.jobs().stream().anyMatch(job -> job.summary() != null));
        sumsAgree(site);
        isSimulated(site);
        budgets(site, kafka);
        windowsAreThoseOfTheStore(site, store);
        jobsAreThoseOfTheStore(site, store);
        powerIsThatOfTheBooks(site);
        anotherSeesTheSame(site, kafka);
        assertThat(live.failure()).isEmpty();
        assertThat(live.refused()).isZero();
      }
      up.interrupt();
      up.await();
      assertThat(up.output()).contains("difference 0 mJ");
    }
  }

  private static String found(Program program, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(program.output());
    assertThat(matcher.find()).as(program.output()).isTrue();
    return matcher.group(1);
  }

  /** All of one moment. */
  private static void sumsAgree(LiveSite site) throws Exception {
    Await.until(
        "sums of one moment",
        () -> {
          long changes = site.changes();
          SiteNow now = site.now();
          NodeTable table = site.nodes();
          List<LiveJob> jobs = site.jobs();
          if (site.changes() != changes || now.nodesReporting() != NODES) {
            return false;
          }
          assertThat(Arrays.stream(table.milliwatts()).sum()).isEqualTo(now.milliwatts());
          assertThat(jobs.stream().mapToLong(LiveJob::milliwatts).sum())
              .isEqualTo(now.jobsMilliwatts());
          assertThat(now.jobsMilliwatts() + now.idleMilliwatts()).isEqualTo(now.milliwatts());
          assertThat(jobs.stream().mapToLong(LiveJob::gpuBasisPoints).sum())
              .isEqualTo(now.gpusAllocatedBasisPoints());
          return true;
        });
  }

  private static void isSimulated(LiveSite site) throws Exception {
    NodeTable table = site.nodes();
    assertThat(table.names()).hasSize(NODES);
    assertThat(table.racks()).allMatch(rack -> !rack.isEmpty());
    for (String node : table.names()) {
      assertThat(site.record(node).orElseThrow().agentVersion()).isEqualTo("simulated");
      Await.until("GPUs", () -> site.gpus(node).size() == GPUS);
    }
    SiteNow now = site.now();
    assertThat(now.gpus()).isEqualTo(NODES * GPUS);
    assertThat(now.milliwattsByKind()[DeviceKind.FACILITY.code()]).isGreaterThan(now.milliwatts());
    assertThat(now.differenceMillijoules()).isZero();
    Await.until(
        "temperatures",
        () -> Arrays.stream(site.nodes().temperatureDecidegrees()).noneMatch(t -> t < 0));
    for (SeriesKind kind : List.of(SeriesKind.PRICE, SeriesKind.CARBON)) {
      Await.until(
          "the supply",
          () ->
              site.grid().stream()
                  .map(GridInterval::series)
                  .anyMatch(series -> series.kind() == kind));
    }
  }

  /** A budget that is passed comes with its alert, and both end. */
  private static void budgets(LiveSite site, Map<String, Object> kafka) throws Exception {
    run(kafka, "budget", "set", "all", "--site=simulated", "--scope=site", "--power=1W");
    Await.until("the budget", () -> site.budgets().size() == 1);
    Await.until("its alert", () -> stateOf(site).equals(Optional.of(AlertState.FIRING)));
    run(kafka, "budget", "remove", "all", "--site=simulated");
    Await.until("no budget", () -> site.budgets().isEmpty());
    Await.until("it is over", () -> stateOf(site).equals(Optional.of(AlertState.RESOLVED)));
  }

  private static Optional<AlertState> stateOf(LiveSite site) {
    return site.alerts().stream()
        .filter(alert -> alert.budget().equals("all"))
        .map(Alert::state)
        .findFirst();
  }

  private static void run(Map<String, Object> kafka, String... arguments) throws Exception {
    try (Program program =
        Program.start(
            Map.of("JOULESTREAM_KAFKA", (String) kafka.get("bootstrap.servers")), arguments)) {
      assertThat(program.await()).as(program.output()).isZero();
    }
  }

  /** Each of three windows, all amounts. */
  private static void windowsAreThoseOfTheStore(LiveSite site, QuestDbReader store)
      throws Exception {
    Await.until("four windows", () -> site.curve().size() >= 4);
    List<SitePoint> curve = site.curve();
    for (SitePoint point : curve.subList(curve.size() - 4, curve.size() - 1)) {
      long start = point.windowStart();
      Await.until(
          "the store has the same of " + start,
          () -> {
            Totals<SiteAmount> stored =
                store.ledger(start, start + WINDOW).getOrDefault("simulated", Totals.ofSite());
            return !stored.isZero()
                && site.curve().stream()
                    .anyMatch(now -> now.windowStart() == start && now.totals().equals(stored));
          });
    }
  }

  private static void jobsAreThoseOfTheStore(LiveSite site, QuestDbReader store) throws Exception {
    Await.until(
        "a summary that is the store's",
        () -> {
          List<JobSummary> stored = store.jobSummaries();
          return site.jobs().stream()
              .map(LiveJob::summary)
              .anyMatch(live ->
                  live != null
                      && !live.totals().isZero()
                      && stored.stream()
                          .anyMatch(of ->
                              of.job().equals(live.job())
                                  && of.totals().equals(live.totals())
                                  && of.details().user().equals(live.details().user())));
        });
  }

  /** Means of samples once a second are the mean power that the books have, about. */
  private static void powerIsThatOfTheBooks(LiveSite site) {
    List<SitePoint> curve = site.curve();
    SitePoint whole = curve.get(curve.size() - 3);
    long end = site.now().epochMillis() / WINDOW;
    int index = (int) (WINDOWS - 1 - (end - whole.windowStart() / WINDOW));
    long ofNodes = 0;
    for (String node : site.nodes().names()) {
      ofNodes += site.recentMilliwatts(node)[index];
    }
    double booked = whole.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES) / (WINDOW / 1_000.0);
    assertThat((double) ofNodes).isCloseTo(booked, within(booked * 0.1));
  }

  /** One that starts later. */
  private static void anotherSeesTheSame(LiveSite site, Map<String, Object> kafka)
      throws Exception {
    try (LiveTopics other = new LiveTopics(KafkaClients.of(kafka), EpochClock.system())) {
      other.start();
      Await.until("the other", other::caughtUp);
      LiveSite same = other.site("simulated").orElseThrow();
      assertThat(same.nodes().names()).isEqualTo(site.nodes().names());
      Await.until("the same windows", () -> same.curve().equals(site.curve()));
      Await.until(
          "the same jobs",
          () ->
              same.jobs().stream()
                  .map(LiveJob::job)
                  .sorted()
                  .toList()
                  .equals(site.jobs().stream().map(LiveJob::job).sorted().toList()));
      String node = site.nodes().names().getFirst();
      Await.until(
          "the past of a node",
          () -> known(same.recentMilliwatts(node)) == known(site.recentMilliwatts(node)));
      assertThat(known(same.recentMilliwatts(node))).isGreaterThan(1);
    }
  }

  private static long known(long[] windows) {
    return Arrays.stream(windows).filter(mean -> mean >= 0).count();
  }
}
