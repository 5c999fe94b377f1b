// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.PowerLimit;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.energy.integrate.Calibration;
import io.github.joulestream.producers.publish.Publisher;
import io.github.joulestream.producers.replay.MlperfEdges;
import io.github.joulestream.producers.replay.ReplayOptions;
import io.github.joulestream.producers.replay.TraceSet;
import io.github.joulestream.producers.replay.Traces;
import io.github.joulestream.schemas.Alert;
import io.github.joulestream.schemas.AlertState;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.JobRecord;
import io.github.joulestream.schemas.Keys;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import io.github.joulestream.streams.StreamsSettings;
import io.github.joulestream.streams.topology.AccountingTopology;
import io.github.joulestream.streams.topology.AlertsTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real power of a training benchmark on nine nodes, reading by reading through both topologies,
 * with a budget that it crosses: alerts come and go at the seconds that one finds by reading the
 * files oneself, and name the job.
 */
class ITBudgetsReplay {
  private static final Pattern READING =
      Pattern.compile("\"time_ms\": (\\d+),.*\"key\": \"power_reading\", \"value\": (\\d+)");
  private static final long RESOLVE_AFTER_MILLIS = 60_000;
  private static final long REST_MILLIS = 20_000;
  private static final long CARRIED_MILLIS = 600_000;

  @TempDir Path folder;

  /** A reading of a file. */
  private record Line(String node, long epochMillis, long milliwatts) {}

  /** Takes what a replay publishes, a record for each reading. */
  private static final class Taken implements Publisher {
    record Rows(TelemetryBatch batch, long epochMillis) {}

    final List<Rows> rows = new ArrayList<>();
    final List<AllocationEvent> allocations = new ArrayList<>();
    final List<JobRecord> jobs = new ArrayList<>();

    @Override
    public void publish(TelemetryBatch batch) {
      for (DeviceSeries series : batch.devicesInTime()) {
        Readings all = series.readings();
        for (int row = 0; row < all.size(); row++) {
          long time = all.epochMillis()[row];
          Readings one =
              Readings.ofPower(new long[] {time}, new long[] {all.powerMilliwatts()[row]});
          rows.add(
              new Rows(
                  new TelemetryBatch(
                      batch.site(),
                      batch.node(),
                      batch.agentEpoch(),
                      batch.sequence() * 100 + row,
                      List.of(new DeviceSeries(series.device(), one))),
                  time));
        }
      }
    }

    @Override
    public void publish(AllocationEvent event) {
      allocations.add(event);
    }

    @Override
    public void publish(JobRecord job) {
      jobs.add(job);
    }

    @Override
    public void publish(NodeRecord node) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void alertsComeAtTheSecondsOfTheTrace_andNameTheJob() throws IOException {
    Path traces =
        RealTraces.folder("mlperf-training-smc").resolve("9xSMC-H100-SXM-80GB").resolve("unet3d");
    List<Line> lines = lines(traces);
    long highest = 0;
    Map<String, Line> latest = new TreeMap<>();
    for (Line line : lines) {
      latest.put(line.node, line);
      highest = Math.max(highest, sum(latest, line.epochMillis));
    }
    long limit = highest * 9 / 10;
    List<String> expected = expected(lines, limit);
    assertThat(expected).as("the trace crosses %,d mW", limit).hasSizeGreaterThan(1);

    TraceSet set =
        Traces.find(traces, new ReplayOptions("smc", null, MlperfEdges.MEASURED, Map.of()));
    Taken taken = new Taken();
    set.publish(taken, _ -> {}, () -> false);
    List<Alert> alerts = replay(taken, limit);
    List<Alert> ofBudget =
        alerts.stream().filter(alert -> alert.rule() == Rule.POWER_BUDGET).toList();
    List<String> found =
        ofBudget.stream()
            .filter(alert -> alert.revision() == 1 || alert.state() == AlertState.RESOLVED)
            .map(alert -> alert.state() + " " + alert.times().updatedEpochMillis())
            .toList();
    System.out.printf(
        "ITBudgetsReplay: %,d readings, highest %,d W, limit %,d W: %s%n",
        lines.size(), highest / 1_000, limit / 1_000, found);
    assertThat(found).isEqualTo(expected);
    for (Alert alert : ofBudget) {
      if (alert.revision() == 1) {
        Contributor first =
            alert.contributors().stream()
                .filter(one -> one.kind() == Contributor.Consumer.JOB)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no job in " + alert));
        JobRecord running =
            set.jobs().stream()
                .filter(job ->
                    job.span().startEpochMillis() <= alert.times().updatedEpochMillis()
                        && job.span().endEpochMillis() >= alert.times().updatedEpochMillis())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no job at " + alert));
        assertThat(first.name()).isEqualTo(running.job());
      }
    }
  }

  // ---- the trace, read here

  private static List<Line> lines(Path traces) throws IOException {
    List<Line> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(traces)) {
      for (Path file :
          files.filter(one -> String.valueOf(one.getFileName()).startsWith("node_")).toList()) {
        for (String line : Files.readAllLines(file)) {
          Matcher reading = READING.matcher(line);
          if (reading.find()) {
            lines.add(
                new Line(
                    String.valueOf(file.getFileName()),
                    Long.parseLong(reading.group(1)),
                    1_000 * Long.parseLong(reading.group(2))));
          }
        }
      }
    }
    lines.sort(Comparator.comparingLong(Line::epochMillis).thenComparing(Line::node));
    return lines;
  }

  private static long sum(Map<String, Line> latest, long now) {
    return latest.values().stream()
        .filter(line -> now - line.epochMillis < CARRIED_MILLIS)
        .mapToLong(Line::milliwatts)
        .sum();
  }

  /** When it is passed, and when it was 5 % below for a minute; nothing for 20 s after that. */
  private static List<String> expected(List<Line> lines, long limit) {
    List<String> expected = new ArrayList<>();
    Map<String, Line> latest = new TreeMap<>();
    boolean firing = false;
    long below = -1;
    long ended = Long.MIN_VALUE / 2;
    for (Line line : lines) {
      latest.put(line.node, line);
      long now = line.epochMillis;
      long value = sum(latest, now);
      if (!firing && value >= limit && now - ended >= REST_MILLIS) {
        firing = true;
        below = -1;
        expected.add("FIRING " + now);
      } else if (firing && value >= limit * 0.95) {
        below = -1;
      } else if (firing) {
        below = below < 0 ? now : below;
        if (now - below >= RESOLVE_AFTER_MILLIS) {
          firing = false;
          ended = now;
          expected.add("RESOLVED " + now);
        }
      }
    }
    return expected;
  }

  // ---- through the topologies

  private List<Alert> replay(Taken taken, long limit) {
    StreamsSettings settings =
        StreamsSettings.of(KafkaClients.of("unused:9092"), folder)
            .commitInterval(Duration.ofMillis(100));
    Properties accountingConfig = StreamsConfigs.accounting(settings);
    Properties alertsConfig = StreamsConfigs.alerts(settings);
    List<Alert> alerts = new ArrayList<>();
    try (TopologyTestDriver accounting =
            new TopologyTestDriver(
                new AccountingTopology(accountingConfig, Limits.DEFAULT, Calibration.NONE).get(),
                accountingConfig);
        TopologyTestDriver watch =
            new TopologyTestDriver(new AlertsTopology(alertsConfig).get(), alertsConfig)) {
      long first = taken.rows.stream().mapToLong(Taken.Rows::epochMillis).min().orElseThrow();
      Deque<AllocationEvent> allocations = new ArrayDeque<>();
      taken.allocations.stream()
          .sorted(Comparator.comparingLong(AllocationEvent::atEpochMillis))
          .forEach(allocations::add);
      Budget budget =
          new Budget(
              "smc",
              "breaker",
              Scope.SITE,
              new PowerLimit(limit),
              "UTC",
              new Thresholds(List.of(100), 5),
              new AlertTiming(0, RESOLVE_AFTER_MILLIS, REST_MILLIS, 0),
              "",
              "",
              0);
      pipe(
          watch,
          Topic.BUDGETS,
          Keys.budget("smc", "breaker"),
          WireSerdes.budgets().serializer().serialize("", budget),
          first);
      taken.rows.sort(
          Comparator.comparingLong(Taken.Rows::epochMillis)
              .thenComparing(rows -> rows.batch().node()));
      for (Taken.Rows rows : taken.rows) {
        while (!allocations.isEmpty()
            && allocations.getFirst().atEpochMillis() <= rows.epochMillis()) {
          AllocationEvent event = allocations.removeFirst();
          pipe(
              accounting,
              Topic.ALLOCATIONS,
              Keys.node(event.site(), event.node()),
              WireSerdes.allocations().serializer().serialize("", event),
              rows.epochMillis());
        }
        TelemetryBatch batch = rows.batch();
        pipe(
            accounting,
            Topic.TELEMETRY,
            Keys.node(batch.site(), batch.node()),
            WireSerdes.telemetry().serializer().serialize("", batch),
            rows.epochMillis());
        for (Topic between :
            List.of(Topic.POWER_SNAPSHOT, Topic.SITE_WINDOW, Topic.NODE_WINDOW, Topic.JOB_WINDOW)) {
          for (TestRecord<String, byte[]> record : read(accounting, between)) {
            pipe(watch, between, record.key(), record.value(), rows.epochMillis());
          }
        }
        for (TestRecord<String, byte[]> record : read(watch, Topic.ALERTS)) {
          alerts.add(
              requireNonNull(
                  WireSerdes.alerts().deserializer().deserialize("", record.value()), "alert"));
        }
        assertThat(read(watch, Topic.DEAD_LETTER)).isEmpty();
      }
    }
    return alerts;
  }

  private static void pipe(
      TopologyTestDriver driver, Topic topic, String key, byte[] value, long epochMillis) {
    Serializer<byte[]> raw = Serdes.ByteArray().serializer();
    driver
        .createInputTopic(topic.topicName(), Serdes.String().serializer(), raw)
        .pipeInput(new TestRecord<>(key, value, Instant.ofEpochMilli(epochMillis)));
  }

  private static List<TestRecord<String, byte[]>> read(TopologyTestDriver driver, Topic topic) {
    return driver
        .createOutputTopic(
            topic.topicName(), Serdes.String().deserializer(), Serdes.ByteArray().deserializer())
        .readRecordsToList();
  }
}
