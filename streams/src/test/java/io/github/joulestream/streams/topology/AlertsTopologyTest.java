// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.NodePower;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Cap;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.CapAdvice;
import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.JobSpan;
import io.github.joulestream.schemas.JobState;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.JobWindows;
import io.github.joulestream.schemas.JobWork;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.NodeWindow;
import io.github.joulestream.schemas.NodeWindows;
import io.github.joulestream.schemas.PowerSnapshot;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.alerts.WatchSites;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertsTopologyTest {
  // 2026-11-25, a Wednesday, 12:00 UTC
  private static final long START = Instant.parse("2026-11-25T12:00:00Z").toEpochMilli();
  private static final String SITE = "site";
  private static final List<Integer> FULL = List.of(100);

  @TempDir Path folder;
  private Properties config = new Properties();
  private TopologyTestDriver driver;

  @BeforeEach
  void start() {
    config =
        StreamsConfigs.alerts(
            StreamsSettings.of(KafkaClients.of("unused:9092"), folder)
                .commitInterval(Duration.ofMillis(100)));
    driver = new TopologyTestDriver(topology(), config, Instant.ofEpochMilli(START));
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  private Topology topology() {
    return new AlertsTopology(config).get();
  }

  // ---- input

  private <T> void send(
      Topic topic, String key, @Nullable T value, Serializer<T> serializer, long second) {
    driver
        .createInputTopic(topic.topicName(), new StringSerializer(), serializer)
        .pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(millis(second))));
  }

  private static long millis(long second) {
    return START + 1_000 * second;
  }

  private static NodePower node(String name, long second, long watts, JobPower... jobs) {
    long held = List.of(jobs).stream().mapToLong(JobPower::milliwatts).sum();
    return new NodePower(
        name,
        millis(second),
        1_000 * watts,
        List.of(1_000 * watts, 0L, 0L, 0L, 0L, 0L),
        1_000 * watts - held,
        List.of(jobs),
        List.of());
  }

  private void power(long second, NodePower... nodes) {
    power(SITE, second, List.of(nodes));
  }

  private void power(String site, long second, List<NodePower> nodes) {
    send(
        Topic.POWER_SNAPSHOT,
        site,
        new PowerSnapshot(site, 0, millis(second), nodes),
        WireSerdes.powerSnapshot().serializer(),
        second);
  }

  /** One node with so many watts each second from one to before another. */
  private void steady(long from, long to, long watts) {
    for (long second = from; second < to; second++) {
      power(second, node("n1", second, watts));
    }
  }

  private static Budget budget(
      String id, Scope scope, long watts, List<Integer> thresholds, long holdSeconds) {
    return new Budget(
        SITE,
        id,
        scope,
        new PowerLimit(1_000 * watts),
        "UTC",
        new Thresholds(thresholds, 5),
        new AlertTiming(1_000 * holdSeconds, 300_000, 60_000, 0),
        "owner",
        "note",
        0);
  }

  private void set(Budget budget) {
    send(
        Topic.BUDGETS,
        Keys.budget(budget.site(), budget.id()),
        budget,
        WireSerdes.budgets().serializer(),
        0);
  }

  private void label(String node, String label, String value) {
    send(
        Topic.NODES,
        Keys.node(SITE, node),
        new NodeRecord(SITE, node, START, "", Map.of(label, value), 0, 0, List.of()),
        WireSerdes.nodes().serializer(),
        0);
  }

  private void job(String job, String user, String project) {
    send(
        Topic.JOBS,
        Keys.job(SITE, job),
        new JobRecord(
            SITE,
            job,
            new JobDetails(user, project, "", "", Map.of()),
            JobSpan.openSince(START),
            JobState.RUNNING,
            JobWork.NONE,
            0),
        WireSerdes.jobs().serializer(),
        0);
  }

  private void energy(long windowSecond, long joules, long jobsJoules) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1_000 * joules);
    totals.add(SiteAmount.MEASURED_GPU_MILLIJOULES, 1_000 * joules);
    for (SiteAmount side :
        List.of(SiteAmount.JOBS_TOTAL_MILLIJOULES, SiteAmount.JOBS_GPU_MILLIJOULES)) {
      totals.add(side, 1_000 * jobsJoules);
    }
    for (SiteAmount side :
        List.of(SiteAmount.IDLE_TOTAL_MILLIJOULES, SiteAmount.IDLE_GPU_MILLIJOULES)) {
      totals.add(side, 1_000 * (joules - jobsJoules));
    }
    send(
        Topic.SITE_WINDOW,
        SITE,
        new SiteWindow(SITE, millis(windowSecond), 10_000, totals),
        WireSerdes.siteWindows().serializer(),
        windowSecond + 10);
  }

  // ---- output

  private <T> List<TestRecord<String, T>> read(Topic topic, Deserializer<T> deserializer) {
    return driver
        .createOutputTopic(topic.topicName(), new StringDeserializer(), deserializer)
        .readRecordsToList();
  }

  private List<Alert> alerts() {
    List<Alert> alerts = new ArrayList<>();
    for (TestRecord<String, Alert> record :
        read(Topic.ALERTS, WireSerdes.alerts().deserializer())) {
      assertThat(record.key()).isEqualTo(record.value().id());
      alerts.add(record.value());
    }
    return alerts;
  }

  private List<Alert> alerts(Rule rule) {
    return alerts().stream().filter(alert -> alert.rule() == rule).toList();
  }

  private static String brief(Alert alert) {
    return "%s %s %d %d"
        .formatted(
            alert.state(),
            alert.severity(),
            alert.measured().thresholdPercent(),
            (alert.times().updatedEpochMillis() - START) / 1_000);
  }

  private static List<String> brief(List<Alert> alerts) {
    return alerts.stream().map(AlertsTopologyTest::brief).toList();
  }

  // ---- power

  @Test
  void inOrder_aBreachIsOneAlert_thatRises_andEnds() {
    set(budget("whole", Scope.SITE, 1_000, List.of(85, 95, 100), 0));
    steady(0, 10, 800);
    steady(10, 20, 900);
    steady(20, 30, 1_050);
    steady(30, 400, 500);
    List<Alert> alerts = alerts();
    assertThat(brief(alerts))
        .containsExactly(
            "FIRING INFO 85 10",
            "FIRING CRITICAL 100 20",
            "FIRING CRITICAL 100 50", // much less now, but not for long enough
            "RESOLVED INFO 85 330");
    Alert fired = alerts.getFirst();
    assertThat(fired.id()).isEqualTo(Alert.fingerprint(SITE, Rule.POWER_BUDGET, Scope.SITE));
    assertThat(alerts).extracting(Alert::id).containsOnly(fired.id());
    assertThat(alerts).extracting(Alert::revision).containsExactly(1, 2, 3, 4);
    assertThat(alerts)
        .extracting(alert -> alert.times().sinceEpochMillis())
        .containsOnly(millis(10));
    assertThat(fired.measured().value()).isEqualTo(900);
    assertThat(fired.measured().limit()).isEqualTo(1_000);
    assertThat(fired.measured().unit()).isEqualTo("W");
    assertThat(fired.budget()).isEqualTo("whole");
    assertThat(fired.routing().owner()).isEqualTo("owner");
    assertThat(fired.routing().note()).isEqualTo("note");
    assertThat(fired.summary())
        .isEqualTo(
            "power of site site is 900 W, 90 % of its limit of 1 kW (budget whole)"
                + "; largest: node n1 (100 %)");
    assertThat(alerts.getLast().times().endedEpochMillis()).isEqualTo(millis(330));
  }

  @Test
  void theHold_isThatOfTheData_notOfItsArrival() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 30));
    // a day late, and all at once
    for (long second = 0; second < 100; second++) {
      send(
          Topic.POWER_SNAPSHOT,
          SITE,
          new PowerSnapshot(
              SITE, 0, millis(86_400), List.of(node("n1", second, second < 40 ? 500 : 1_000))),
          WireSerdes.powerSnapshot().serializer(),
          86_400);
    }
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 70");
  }

  @Test
  void theCulprits_areNamed_withTheirShares() {
    job("train", "ada", "physics");
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    NodePower[] nodes = new NodePower[8];
    for (int i = 0; i < 7; i++) {
      nodes[i] = node("n" + i, 1, 100, new JobPower("train", 60_000, 10_000, 10_000));
    }
    nodes[7] = node("big", 1, 500, new JobPower("other", 500_000, 10_000, 10_000));
    power(1, nodes);
    Alert alert = alerts().getFirst();
    assertThat(alert.measured().value()).isEqualTo(1_200);
    assertThat(alert.contributors())
        .hasSize(2 + 5)
        .startsWith(
            new Contributor(Contributor.Consumer.JOB, "other", 4_167, 500_000),
            new Contributor(Contributor.Consumer.NODE, "big", 4_167, 500_000),
            new Contributor(Contributor.Consumer.JOB, "train", 3_500, 420_000));
  }

  @Test
  void everyScope_hasItsOwnSum() {
    job("train", "ada", "physics");
    label("n1", "rack", "r1");
    label("n2", "rack", "r2");
    set(budget("rack", Scope.nodes("rack", "r1"), 300, FULL, 0));
    set(budget("other-rack", Scope.nodes("rack", "r2"), 300, FULL, 0));
    set(budget("user", Scope.user("ada"), 400, FULL, 0));
    set(budget("project", Scope.project("physics"), 401, FULL, 0));
    set(budget("job", Scope.job("train"), 400, FULL, 0));
    set(budget("gpus", Scope.parse("kind=gpu"), 600, FULL, 0));
    set(budget("cpus", Scope.parse("kind=cpu"), 1, FULL, 0));
    power(
        1,
        node("n1", 1, 300, new JobPower("train", 200_000, 10_000, 10_000)),
        node("n2", 1, 299, new JobPower("train", 200_000, 10_000, 10_000)),
        node("n3", 1, 1));
    assertThat(alerts())
        .extracting(Alert::scope)
        .containsExactlyInAnyOrder("rack=r1", "user=ada", "job=train", "kind=gpu");
    // who the job is for is heard late, and it belongs to somebody else
    job("train", "bob", "physics");
    set(budget("bob", Scope.user("bob"), 400, FULL, 0));
    assertThat(alerts()).extracting(Alert::scope).containsExactly("user=bob");
  }

  @Test
  void aNodeThatDropsOut_doesNotLowerTheSitesPower_butItsCompleteness() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    for (long second = 0; second < 1_300; second++) {
      NodePower[] nodes = new NodePower[second < 5 ? 10 : 9];
      for (int i = 0; i < nodes.length; i++) {
        nodes[i] = node("n" + i, second, second == 2_000 ? 0 : 100);
      }
      power(second, nodes);
    }
    List<Alert> alerts = alerts();
    List<Alert> ofBudget =
        alerts.stream().filter(alert -> alert.rule() == Rule.POWER_BUDGET).toList();
    // its last reading was at 4 s: silent from 64 s, no longer counted from 604 s on; what changes
    // of an alert is looked at every 30 s
    assertThat(brief(ofBudget))
        .containsExactly(
            "FIRING CRITICAL 100 0",
            "FIRING CRITICAL 100 90",
            "FIRING CRITICAL 100 630",
            "RESOLVED CRITICAL 100 905");
    assertThat(ofBudget)
        .extracting(alert -> alert.measured().value())
        .containsExactly(1_000.0, 1_000.0, 900.0, 900.0);
    assertThat(ofBudget)
        .extracting(alert -> alert.measured().completenessBasisPoints())
        .containsExactly(10_000, 9_000, 9_000, 9_000);
    assertThat(ofBudget.get(1).summary()).contains("(90 % of nodes reporting)");
    List<Alert> silent = alerts.stream().filter(alert -> alert.rule() == Rule.NODE_SILENT).toList();
    assertThat(silent.getFirst().scope()).isEqualTo("node=n9");
    assertThat(brief(silent.getFirst())).isEqualTo("FIRING WARNING 100 125");
    // it is emitted once
    assertThat(silent).hasSizeLessThan(8);
    power(1_301, node("n9", 1_301, 100));
    steady(1_302, 1_330, 100);
    assertThat(alerts(Rule.NODE_SILENT))
        .extracting(Alert::state)
        .containsExactly(AlertState.RESOLVED);
  }

  @Test
  void lateAndRepeatedNews_changeNothing() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    steady(0, 60, 900);
    power(30, node("n1", 30, 5_000));
    assertThat(alerts()).isEmpty();
    power(60, node("n1", 60, 1_100));
    power(60, node("n1", 60, 1_100));
    assertThat(alerts()).hasSize(1);
    // a clock that is ahead does not carry the site into the future
    power(61, node("n2", 61 + 250, 100));
    steady(62, 70, 1_100);
    assertThat(alerts(Rule.NODE_SILENT)).isEmpty();
  }

  @Test
  void flappingForAnHour_isAsManyAlertsAsTheRuleAllows() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    // worst for 300 s until it ends and 60 s of rest: over for a second, and then under
    long fired = 0;
    boolean over = true;
    for (long second = 0; second < 3_600; second++) {
      power(second, node("n1", second, over ? 1_000 : 100));
      for (Alert alert : alerts(Rule.POWER_BUDGET)) {
        boolean firing = alert.state() == AlertState.FIRING;
        fired += firing && alert.revision() == 1 ? 1 : 0;
        over = !firing;
      }
    }
    // 1 + 3,600 / (1 + 300 + 60) rounded down
    assertThat(fired).isEqualTo(10);
  }

  @Test
  void flappingEverySecond_isOneAlert() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    for (long second = 0; second < 3_600; second++) {
      power(second, node("n1", second, second % 2 == 0 ? 1_000 : 900));
    }
    List<Alert> alerts = alerts();
    assertThat(alerts.stream().filter(alert -> alert.revision() == 1)).hasSize(1);
    assertThat(alerts).extracting(Alert::state).containsOnly(AlertState.FIRING);
    // a value that changes much is emitted every 30 s at most
    assertThat(alerts).hasSizeLessThanOrEqualTo(1 + 3_600 / 30);
  }

  @Test
  void aLowerLimitAtCertainHours_isInForceFromItsFirstMinute() {
    Budget plain = budget("whole", Scope.SITE, 1_000, FULL, 0);
    set(
        new Budget(
            plain.site(),
            plain.id(),
            plain.scope(),
            new PowerLimit(
                plain
                    .limit()
                    .milli(), // 13:02 to 13:10 in Berlin, two to ten minutes after the start
                List.of(new Reduction(EnumSet.of(DayOfWeek.WEDNESDAY), 782, 790, 600_000)),
                CapMode.NONE),
            "Europe/Berlin",
            plain.thresholds(),
            new AlertTiming(
                0, plain.timing().resolveAfterMillis(), plain.timing().cooldownMillis(), 0),
            "",
            "",
            0));
    steady(0, 1_000, 700);
    assertThat(brief(alerts()))
        .containsExactly("FIRING CRITICAL 100 120", "RESOLVED CRITICAL 100 900");
  }

  // ---- budgets change while it runs

  @Test
  void aBudget_isInForceAtOnce_andChangesAndGoes() {
    steady(0, 5, 1_000);
    assertThat(alerts()).isEmpty();
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 4");
    // another limit: still the same alert
    set(budget("whole", Scope.SITE, 900, List.of(50, 100), 0));
    steady(5, 400, 500);
    assertThat(brief(alerts()))
        .containsExactly("FIRING CRITICAL 100 4", "FIRING CRITICAL 100 34", "FIRING INFO 50 305");
    driver
        .createInputTopic(
            Topic.BUDGETS.topicName(), new StringSerializer(), Serdes.ByteArray().serializer())
        .pipeInput(Keys.budget(SITE, "whole"), null);
    List<Alert> removed = alerts();
    assertThat(removed).extracting(Alert::state).containsExactly(AlertState.RESOLVED);
    assertThat(removed.getFirst().summary()).contains("removed");
    steady(400, 410, 2_000);
    assertThat(alerts()).isEmpty();
  }

  @Test
  void aBudgetThatMovesToAnotherScope_endsTheOldAlert() {
    steady(0, 5, 1_000);
    set(budget("b", Scope.SITE, 1_000, FULL, 0));
    assertThat(alerts()).hasSize(1);
    set(budget("b", Scope.parse("kind=gpu"), 1_000, FULL, 0));
    assertThat(alerts())
        .extracting(Alert::scope, Alert::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("site", AlertState.RESOLVED),
            org.assertj.core.groups.Tuple.tuple("kind=gpu", AlertState.FIRING));
  }

  @Test
  void aSecondBudgetForTheSame_isRefused() {
    steady(0, 5, 1_000);
    set(budget("one", Scope.SITE, 2_000, FULL, 0));
    set(budget("two", Scope.SITE, 1_000, FULL, 0));
    assertThat(alerts()).isEmpty();
    List<TestRecord<String, byte[]>> dead =
        read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer());
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().key()).isEqualTo("site/two");
    assertThat(header(dead.getFirst(), "reason"))
        .isEqualTo("budget two limits the same of site as one does: remove that one first");
    assertThat(header(dead.getFirst(), "topic")).isEqualTo("budgets");
    assertThat(header(dead.getFirst(), "offset")).isEqualTo("1");
  }

  @Test
  void poison_isKeptWithItsReason_andTheRestGoesOn() {
    byte[] poison = "not avro".getBytes(UTF_8);
    Serializer<byte[]> raw = Serdes.ByteArray().serializer();
    List<Topic> all =
        List.of(
            Topic.BUDGETS,
            Topic.NODES,
            Topic.JOBS,
            Topic.NODE_WINDOW,
            Topic.JOB_WINDOW,
            Topic.POWER_SNAPSHOT,
            Topic.SITE_WINDOW);
    for (Topic topic : all) {
      send(
          topic,
          topic == Topic.POWER_SNAPSHOT || topic == Topic.SITE_WINDOW ? SITE : SITE + "/x",
          poison,
          raw,
          0);
    }
    byte[] fine =
        WireSerdes.budgets()
            .serializer()
            .serialize("budgets", budget("whole", Scope.SITE, 1_000, FULL, 0));
    send(Topic.BUDGETS, "site/other", fine, raw, 0);
    send(Topic.BUDGETS, "site", fine, raw, 0);
    send(Topic.BUDGETS, "site/whole", fine, raw, 0);
    steady(0, 2, 1_000);
    assertThat(alerts()).hasSize(1);
    List<TestRecord<String, byte[]>> dead =
        read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer());
    assertThat(dead).hasSize(all.size() + 2);
    for (int i = 0; i < all.size(); i++) {
      assertThat(dead.get(i).value()).isEqualTo(poison);
      assertThat(header(dead.get(i), "reason")).contains("not an Avro single object");
      assertThat(header(dead.get(i), "topic")).isEqualTo(all.get(i).topicName());
      assertThat(header(dead.get(i), "offset")).isEqualTo("0");
    }
    assertThat(header(dead.get(all.size()), "reason")).contains("has the key site/other");
    assertThat(header(dead.get(all.size() + 1), "reason")).contains("names a site and nothing");
  }

  // ---- a site's alert speaks for those of its racks

  @Test
  void theSitesAlert_inhibitsThoseOfItsRacks_unlessTheirsIsWorse() {
    label("n1", "rack", "r1");
    label("n2", "rack", "r2");
    set(budget("whole", Scope.SITE, 2_000, List.of(90, 100), 0));
    set(budget("r1", Scope.nodes("rack", "r1"), 1_000, FULL, 0));
    set(budget("r2", Scope.nodes("rack", "r2"), 1_000, FULL, 0));
    power(1, node("n1", 1, 1_000), node("n2", 1, 850));
    List<Alert> first = alerts();
    // the site's is a warning, the rack's is critical: both are sent
    assertThat(first).extracting(Alert::scope).containsExactly("site", "rack=r1");
    assertThat(first).extracting(alert -> alert.routing().inhibitedBy()).containsOnly("");
    String site = first.getFirst().id();
    power(2, node("n1", 2, 1_000), node("n2", 2, 1_000));
    List<Alert> second = alerts();
    assertThat(second)
        .extracting(Alert::scope, alert -> alert.routing().inhibitedBy())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("site", ""),
            org.assertj.core.groups.Tuple.tuple("rack=r2", site),
            org.assertj.core.groups.Tuple.tuple("rack=r1", site));
    for (long second2 = 3; second2 < 320; second2++) {
      power(second2, node("n1", second2, 1_000), node("n2", second2, 100));
    }
    List<Alert> third = alerts();
    assertThat(third)
        .filteredOn(alert -> alert.scope().equals("rack=r1"))
        .last()
        .extracting(Alert::state, alert -> alert.routing().inhibitedBy())
        .containsExactly(AlertState.FIRING, "");
  }

  // ---- energy

  private static Budget energyBudget(String id, Scope scope, Quantity quantity, long joules) {
    return new Budget(
        SITE,
        id,
        scope,
        Limit.of(quantity, 1_000 * joules),
        "UTC",
        new Thresholds(List.of(50, 100), 5),
        new AlertTiming(0, 300_000, 60_000, 600_000),
        "",
        "",
        0);
  }

  @Test
  void theEnergyOfAnHour_isHeldAgainstItsBudget_andForecast() {
    set(energyBudget("hour", Scope.SITE, Quantity.ENERGY_PER_HOUR, 100_000));
    // 27 W: half of it after 186 windows of 270 J, and never all of it
    for (long second = 0; second < 4_000; second += 10) {
      long watts = second < 3_600 ? 27 : 1;
      energy(second, 10 * watts, 0);
      energy(second, 10 * watts, 0); // once more, the window so far
      power(second + 10, node("n1", second + 10, watts));
    }
    List<Alert> alerts = alerts();
    assertThat(alerts.stream().filter(alert -> alert.rule() == Rule.HOUR_BUDGET).toList())
        .extracting(AlertsTopologyTest::brief)
        .startsWith("FIRING INFO 50 1850")
        .endsWith("RESOLVED INFO 50 3600");
    assertThat(alerts).extracting(Alert::rule).doesNotContain(Rule.HOUR_FORECAST);
  }

  @Test
  void anHourThatWillNotDo_isForecast_withTheTime() {
    set(energyBudget("hour", Scope.SITE, Quantity.ENERGY_PER_HOUR, 100_000));
    for (long second = 0; second < 600; second += 10) {
      energy(second, 10 * 50, 0);
      power(second + 10, node("n1", second + 10, 50));
    }
    Alert forecast = alerts(Rule.HOUR_FORECAST).getFirst();
    // 50 W use up 100 kJ in 2,000 s
    assertThat(forecast.summary()).contains("reaches the limit on 25 November, 12:33");
    assertThat(forecast.severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void energyOfJobsAndRacks_countsForTheirBudgets_andCorrectionsChangeTheFigure() {
    label("n1", "rack", "r1");
    job("train", "ada", "physics");
    set(energyBudget("rack", Scope.nodes("rack", "r1"), Quantity.ENERGY_PER_DAY, 1_000));
    set(energyBudget("ada", Scope.user("ada"), Quantity.ENERGY_PER_MONTH, 1_000));
    power(1, node("n1", 1, 10));
    window("train", 0, 500);
    jobWindows(0, 700, "other", "train");
    nodeWindows(0, 400, "n1");
    nodeWindows(0, 400, "n2", "n1");
    List<Alert> alerts = alerts();
    assertThat(alerts).extracting(Alert::scope).containsExactly("user=ada", "rack=r1");
    assertThat(alerts).extracting(alert -> alert.measured().value()).containsExactly(500.0, 800.0);
    window("train", 10, 600);
    assertThat(alerts()).extracting(alert -> alert.measured().value()).containsExactly(1_300.0);
    // a late correction: the figure falls, an emitted alert stays
    window("train", 0, 100);
    steady(2, 60, 10);
    List<Alert> after = alerts(Rule.MONTH_BUDGET);
    assertThat(after).extracting(Alert::state).containsOnly(AlertState.FIRING);
    assertThat(after).last().extracting(alert -> alert.measured().value()).isEqualTo(700.0);
  }

  private void window(String job, long second, long joules) {
    jobWindows(second, joules, job);
  }

  /** In one record. */
  private void jobWindows(long second, long joules, String... jobs) {
    Totals<JobAmount> totals = Totals.ofJob();
    totals.add(JobAmount.TOTAL_MILLIJOULES, 1_000 * joules);
    List<JobWindow> windows = new ArrayList<>();
    for (String job : jobs) {
      windows.add(new JobWindow(SITE, job, millis(second), 10_000, totals));
    }
    send(
        Topic.JOB_WINDOW,
        Keys.job(SITE, jobs[0]),
        new JobWindows(windows),
        WireSerdes.jobWindows().serializer(),
        second + 10);
  }

  /** In one record. */
  private void nodeWindows(long second, long joules, String... nodes) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1_000 * joules);
    List<NodeWindow> windows = new ArrayList<>();
    for (String node : nodes) {
      windows.add(new NodeWindow(SITE, node, millis(second), 10_000, totals, 7));
    }
    send(
        Topic.NODE_WINDOW,
        Keys.node(SITE, nodes[0]),
        new NodeWindows(windows),
        WireSerdes.nodeWindows().serializer(),
        second + 10);
  }

  // ---- trends

  @Test
  void aLimitThatIsPassedSoon_isForecast_andNoiseIsNot() {
    Budget plain = budget("whole", Scope.SITE, 1_000, FULL, 0);
    set(
        new Budget(
            plain.site(),
            plain.id(),
            plain.scope(),
            plain.limit(),
            "UTC",
            new Thresholds(FULL, 5),
            new AlertTiming(0, 300_000, 60_000, 600_000),
            "",
            "",
            0));
    java.util.Random random = new java.util.Random(5);
    for (long second = 0; second < 3_600; second++) {
      power(second, node("n1", second, 900 + random.nextInt(60)));
    }
    assertThat(alerts()).isEmpty();
    // 6 W more each minute
    for (long second = 3_600; second < 4_500; second++) {
      power(second, node("n1", second, 900 + (second - 3_600) / 10 + random.nextInt(5)));
    }
    List<Alert> forecast = alerts(Rule.POWER_FORECAST);
    assertThat(forecast).isNotEmpty();
    assertThat(forecast.getFirst().summary()).contains("rises by", "it reaches its limit of 1 kW");
    assertThat(forecast.getFirst().times().updatedEpochMillis()).isLessThan(millis(4_500));
  }

  // ---- advice

  @Test
  void capsThatWouldHelp_areAdvised_untilAllIsQuiet() {
    Budget plain = budget("whole", Scope.SITE, 1_000, FULL, 0);
    set(
        new Budget(
            plain.site(),
            plain.id(),
            plain.scope(),
            new PowerLimit(plain.limit().milli(), List.of(), CapMode.PROPORTIONAL),
            "UTC",
            new Thresholds(FULL, 5),
            new AlertTiming(0, 300_000, 60_000, 0),
            "",
            "",
            0));
    power(0, node("n1", 0, 100), node("n2", 0, 200));
    power(1, node("n1", 1, 500), node("n2", 1, 1_000));
    List<TestRecord<String, CapAdvice>> advices =
        read(Topic.CAP_ADVICE, WireSerdes.capAdvices().deserializer());
    assertThat(advices).hasSize(1);
    assertThat(advices.getFirst().key()).isEqualTo(SITE);
    CapAdvice advice = advices.getFirst().value();
    assertThat(advice.valueMilliwatts()).isEqualTo(1_500_000);
    // 500 W too much, over the floors of 100 W and 200 W they draw 400 W and 800 W
    assertThat(advice.caps())
        .containsExactly(
            new Cap(Contributor.Consumer.NODE, "n2", 1_000_000, 666_667, 0),
            new Cap(Contributor.Consumer.NODE, "n1", 500_000, 333_333, 0));
    for (long second = 2; second < 310; second++) {
      power(second, node("n1", second, 333), node("n2", second, 600));
    }
    assertThat(read(Topic.CAP_ADVICE, WireSerdes.capAdvices().deserializer()))
        .extracting(record -> record.value().caps().size())
        .containsExactly(0);
  }

  // ---- rules without a budget

  @Test
  void aJobThatHoldsGpusIdle_isNamed_afterTenMinutes() {
    job("idler", "ada", "");
    for (long second = 0; second < 1_000; second++) {
      power(
          second,
          node("n1", second, 500, new JobPower("idler", 80_000, 80_000, 800)),
          node("n2", second, 500, new JobPower("busy", 400_000, 80_000, 70_000)));
    }
    List<Alert> alerts = alerts(Rule.HELD_IDLE);
    assertThat(brief(alerts)).containsExactly("FIRING INFO 100 600");
    assertThat(alerts.getFirst().scope()).isEqualTo("job=idler");
    assertThat(alerts.getFirst().summary())
        .isEqualTo(
            "job idler of site site, run by ada, holds 8 GPUs that are 1 % busy; its power is 80 W");
    for (long second = 1_000; second < 1_200; second++) {
      power(second, node("n1", second, 100), node("n2", second, 500));
    }
    assertThat(alerts(Rule.HELD_IDLE))
        .extracting(Alert::state)
        .containsExactly(AlertState.RESOLVED);
  }

  @Test
  void manySilentNodes_areOneAlert_thatInhibitsTheOthers() {
    for (long second = 0; second < 300; second++) {
      List<NodePower> nodes = new ArrayList<>();
      for (int i = 0; i < (second < 10 ? 20 : 15); i++) {
        nodes.add(node("n" + i, second, 100));
      }
      power(SITE, second, nodes);
    }
    List<Alert> alerts = alerts();
    Alert many =
        alerts.stream()
            .filter(alert -> alert.rule() == Rule.NODES_SILENT)
            .findFirst()
            .orElseThrow();
    assertThat(many.measured().value()).isEqualTo(5);
    assertThat(many.contributors()).hasSize(5);
    List<Alert> each = alerts.stream().filter(alert -> alert.rule() == Rule.NODE_SILENT).toList();
    assertThat(each).extracting(Alert::scope).contains("node=n15", "node=n19");
    assertThat(each).extracting(alert -> alert.routing().inhibitedBy()).containsOnly(many.id());
  }

  @Test
  void anOddDevice_isFound_amongThoseThatAreAsBusy() {
    for (long second = 0; second < 600; second++) {
      List<GpuPower> gpus = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        // one has half the power of others that are as busy; another is not busy
        gpus.add(
            new GpuPower(
                "gpu" + i, i == 3 ? 300_000 : i == 7 ? 80_000 : 600_000, i == 7 ? 100 : 9_800));
      }
      power(
          SITE,
          second,
          List.of(
              new NodePower(
                  "n1",
                  millis(second),
                  7_000_000,
                  List.of(),
                  0,
                  List.of(),
                  second % 10 == 0 ? gpus : List.of())));
    }
    List<Alert> alerts = alerts(Rule.DEVICE_OUTLIER);
    assertThat(alerts).extracting(Alert::scope).containsExactly("device=n1/gpu3");
    assertThat(alerts.getFirst().summary()).contains("is 300 W", "as busy is 600 W");
  }

  @Test
  void booksThatDoNotBalance_areToldAtOnce_andWhenTheyAreMended() {
    power(0, node("n1", 0, 100));
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, 1_000);
    totals.add(SiteAmount.JOBS_TOTAL_MILLIJOULES, 999);
    SiteWindow wrong = new SiteWindow(SITE, millis(0), 10_000, totals);
    send(Topic.SITE_WINDOW, SITE, wrong, WireSerdes.siteWindows().serializer(), 10);
    steady(10, 20, 100);
    Alert alert = alerts(Rule.LEDGER_UNBALANCED).getFirst();
    assertThat(alert.measured().value()).isEqualTo(0.001);
    assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
    energy(0, 1, 1);
    steady(20, 100, 100);
    assertThat(alerts(Rule.LEDGER_UNBALANCED))
        .extracting(Alert::state)
        .endsWith(AlertState.RESOLVED);
  }

  @Test
  void aStuckCounter_isToldOfItsNode() {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.COUNTER_STUCK_MILLIS, 9_000);
    steady(0, 10, 100);
    send(
        Topic.NODE_WINDOW,
        Keys.node(SITE, "n1"),
        NodeWindows.of(new NodeWindow(SITE, "n1", millis(0), 10_000, totals, 3)),
        WireSerdes.nodeWindows().serializer(),
        10);
    steady(10, 300, 100);
    assertThat(alerts(Rule.COUNTER_STUCK))
        .extracting(Alert::scope, Alert::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.FIRING),
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.RESOLVED));
  }

  private void siteWindow(long second, long millijoules) {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.MEASURED_TOTAL_MILLIJOULES, millijoules);
    totals.add(SiteAmount.IDLE_TOTAL_MILLIJOULES, millijoules);
    send(
        Topic.SITE_WINDOW,
        SITE,
        new SiteWindow(SITE, millis(second), 10_000, totals),
        WireSerdes.siteWindows().serializer(),
        second + 10);
  }

  /** Energy of the hour is beyond what a whole number holds: found out when half was kept. */
  @Test
  void aRecordThatFailsHalfWay_isTakenBack_andTheSiteIsWatchedAsBefore() {
    set(budget("feed", Scope.SITE, 1_000, FULL, 0));
    steady(0, 10, 100);
    siteWindow(0, Long.MAX_VALUE);
    siteWindow(10, Long.MAX_VALUE);
    steady(10, 20, 100);
    assertThat(alerts(Rule.POWER_BUDGET)).isEmpty();
    steady(20, 60, 2_000);
    assertThat(alerts(Rule.POWER_BUDGET)).isNotEmpty();
    List<TestRecord<String, byte[]>> letters =
        driver
            .createOutputTopic(
                "dead-letter", new StringDeserializer(), Serdes.ByteArray().deserializer())
            .readRecordsToList();
    assertThat(letters).hasSize(1);
    assertThat(new String(letters.getFirst().headers().lastHeader("reason").value(), UTF_8))
        .startsWith("the program failed at it: ");
    assertThat(driver.getKeyValueStore(WatchSites.STORE).all())
        .toIterable()
        .extracting(entry -> entry.key.toString())
        .noneMatch(key -> key.contains(Long.toString(millis(10)) + "\0"));
  }

  @Test
  void recordsOfANodeThatAreNotBooked_areSaid_untilAMinuteWithout() {
    steady(0, 10, 100);
    for (int i = 0; i < 3; i++) {
      Totals<SiteAmount> totals = Totals.ofSite();
      totals.add(SiteAmount.FAILED_RECORDS, 2);
      send(
          Topic.NODE_WINDOW,
          Keys.node(SITE, "n1"),
          NodeWindows.of(new NodeWindow(SITE, "n1", millis(0), 10_000, totals, i)),
          WireSerdes.nodeWindows().serializer(),
          10);
    }
    steady(10, 300, 100);
    List<Alert> found = alerts(Rule.NODE_SET_ASIDE);
    assertThat(found)
        .extracting(Alert::scope, Alert::state, Alert::severity)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.FIRING, Severity.CRITICAL),
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.RESOLVED, Severity.CRITICAL));
    assertThat(found.getFirst().summary()).contains("node list --set-aside");
  }

  @Test
  void batchesUnderTheNumbersOfOthers_areAnAlert() {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.RIVAL_AGENT_BATCHES, 3);
    steady(0, 10, 100);
    send(
        Topic.NODE_WINDOW,
        Keys.node(SITE, "n1"),
        NodeWindows.of(new NodeWindow(SITE, "n1", millis(0), 10_000, totals, 3)),
        WireSerdes.nodeWindows().serializer(),
        10);
    steady(10, 300, 100);
    List<Alert> found = alerts(Rule.SOURCE_CONFLICT);
    assertThat(found)
        .extracting(Alert::scope, Alert::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.FIRING),
            org.assertj.core.groups.Tuple.tuple("node=n1", AlertState.RESOLVED));
    assertThat(found.getFirst().measured().value()).isEqualTo(3.0);
    assertThat(found.getFirst().summary()).contains("under the numbers of its agent");
  }

  @Test
  void twoSourcesOfOneDevice_areToldOfTheirNode_untilAMinuteWithout() {
    Totals<SiteAmount> totals = Totals.ofSite();
    totals.add(SiteAmount.REFUSED_CONFLICT, 12);
    steady(0, 10, 100);
    send(
        Topic.NODE_WINDOW,
        Keys.node(SITE, "n1"),
        NodeWindows.of(new NodeWindow(SITE, "n1", millis(0), 10_000, totals, 3)),
        WireSerdes.nodeWindows().serializer(),
        10);
    steady(10, 300, 100);
    assertThat(alerts(Rule.SOURCE_CONFLICT))
        .extracting(Alert::scope, Alert::state, Alert::severity, alert -> alert.measured().value())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "node=n1", AlertState.FIRING, Severity.CRITICAL, 12.0),
            org.assertj.core.groups.Tuple.tuple(
                "node=n1", AlertState.RESOLVED, Severity.CRITICAL, 12.0));
  }

  @Test
  void aSiteThatIsNotHeard_isToldByTheWallClock_butNotOneOfThePast() {
    steady(0, 5, 100);
    power("past", 5, List.of(node("n1", -86_400, 100)));
    tick(60);
    assertThat(alerts()).isEmpty();
    tick(1);
    List<Alert> stale = alerts();
    assertThat(stale).extracting(Alert::rule).containsExactly(Rule.SITE_STALE);
    assertThat(stale.getFirst().site()).isEqualTo(SITE);
    for (long second = 71; second < 100; second++) {
      steady(second, second + 1, 100);
      tick(1);
    }
    assertThat(alerts(Rule.SITE_STALE))
        .extracting(Alert::state)
        .containsExactly(AlertState.RESOLVED);
  }

  private void tick(int seconds) {
    for (int i = 0; i < seconds; i++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
  }

  // ---- what is forgotten, and what a person ends

  private void tombstone(Topic topic, String key, long second) {
    send(topic, key, null, Serdes.ByteArray().serializer(), second);
  }

  @Test
  void tombstones_ofEveryTopic_areTakenIn_andNoneIsRefused() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    label("n1", "rack", "r1");
    job("17", "ada", "p");
    steady(0, 10, 1_200);
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 0");
    tombstone(Topic.JOBS, Keys.job(SITE, "17"), 10);
    tombstone(Topic.JOBS, Keys.job(SITE, "nobody knows it"), 10);
    tombstone(Topic.NODES, Keys.node(SITE, "n1"), 10);
    tombstone(Topic.NODES, Keys.node(SITE, "nobody knows it"), 10);
    tombstone(Topic.ALERTS, Alert.fingerprint(SITE, Rule.POWER_BUDGET, Scope.SITE), 10);
    // the node still reports: it is back, and what holds of the site holds
    steady(10, 20, 1_200);
    assertThat(alerts()).isEmpty();
    tombstone(Topic.BUDGETS, Keys.budget(SITE, "whole"), 20);
    tombstone(Topic.BUDGETS, Keys.budget(SITE, "nobody knows it"), 20);
    assertThat(brief(alerts())).containsExactly("RESOLVED CRITICAL 100 19");
    steady(20, 400, 1_200);
    assertThat(alerts()).isEmpty();
    assertThat(read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer())).isEmpty();
  }

  @Test
  void aSiteThatIsForgotten_leavesNothingInTheStore_andOthersStay() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    label("n1", "rack", "r1");
    job("17", "ada", "p");
    steady(0, 10, 1_200);
    energy(0, 10, 0);
    // a name that begins alike is another site
    power(SITE + "2", 10, List.of(node("n1", 10, 100)));
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 0");
    tombstone(Topic.NODES, SITE + "/", 10);
    assertThat(alerts()).extracting(Alert::state).containsExactly(AlertState.RESOLVED);
    List<String> keys = new ArrayList<>();
    try (var all = driver.<String, byte[]>getKeyValueStore(WatchSites.STORE).all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    assertThat(keys).isNotEmpty().allMatch(key -> key.startsWith(SITE + "2\0"));
    tick(1_000);
    assertThat(alerts()).extracting(Alert::site).containsOnly(SITE + "2");
    // it comes back as a site that nothing is known of
    steady(20, 30, 1_200);
    assertThat(alerts()).isEmpty();
  }

  @Test
  void whatAPersonClears_isTakenIn_byItsHeaderAlone() {
    set(budget("whole", Scope.SITE, 1_000, FULL, 0));
    steady(0, 10, 1_200);
    Alert fired = alerts().getFirst();
    Alert cleared = fired.cleared(millis(10), "cleared");
    assertThat(cleared.state()).isEqualTo(AlertState.RESOLVED);
    assertThat(cleared.revision()).isEqualTo(2);
    // without the header it was emitted by this program
    send(Topic.ALERTS, fired.id(), cleared, WireSerdes.alerts().serializer(), 10);
    steady(10, 100, 600);
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 30");
    TestRecord<String, Alert> record =
        new TestRecord<>(fired.id(), cleared, Instant.ofEpochMilli(millis(100)));
    record.headers().add(Alert.CLEARED_HEADER, SITE.getBytes(UTF_8));
    driver
        .createInputTopic(
            Topic.ALERTS.topicName(), new StringSerializer(), WireSerdes.alerts().serializer())
        .pipeInput(record);
    // it would have ended with the time that it is below
    steady(100, 500, 600);
    assertThat(alerts()).isEmpty();
    steady(500, 510, 1_200);
    assertThat(brief(alerts())).containsExactly("FIRING CRITICAL 100 500");
    assertThat(read(Topic.DEAD_LETTER, Serdes.ByteArray().deserializer())).isEmpty();
  }

  // ---- what an upgrade finds its state by

  @Test
  void theDescription_isTheOneCheckedIn() throws IOException {
    String described = topology().describe().toString();
    if (Boolean.getBoolean("topologies.write")) {
      Files.writeString(Path.of("src/test/resources/topologies/alerts.txt"), described);
    }
    try (InputStream in = getClass().getResourceAsStream("/topologies/alerts.txt")) {
      assertThat(in).isNotNull();
      assertThat(described).isEqualTo(new String(in.readAllBytes(), UTF_8));
    }
  }

  @Test
  void aResourceWithoutAName_isRefused() {
    var builder = NamedTopologies.builder(config);
    builder.stream(
            "in", org.apache.kafka.streams.kstream.Consumed.with(Serdes.String(), Serdes.String()))
        .groupByKey()
        .count();
    assertThatThrownBy(() -> builder.build(config))
        .isInstanceOf(org.apache.kafka.streams.errors.TopologyException.class);
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
