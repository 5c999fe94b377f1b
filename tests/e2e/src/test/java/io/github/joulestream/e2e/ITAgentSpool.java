// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.schemas.NodeRecord;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.TelemetryBatch;
import io.github.joulestream.schemas.WireSerdes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent as a process, whose broker is killed and comes back: nothing is lost, and the order is
 * kept. {@code -Dspool.away.seconds=600} makes it long, {@code -Dspool.interval=1s} slow.
 */
class ITAgentSpool {
  private static final int AWAY_SECONDS = Integer.getInteger("spool.away.seconds", 12);
  private static final String INTERVAL = System.getProperty("spool.interval", "100ms");
  private static final Duration SETTLE = Duration.ofMinutes(2);
  // a turn may be late, or skipped, on a busy machine; what is lost is longer
  private static final long GAP_MILLIS = 5_000;

  @TempDir Path folder;
  private final int kafkaPort = FreePort.findLasting();

  private String kafka() {
    return "127.0.0.1:" + kafkaPort;
  }

  private Program startBroker() throws IOException, InterruptedException {
    Program broker =
        Program.startMain(
            BrokerMain.class.getName(),
            Map.of(),
            folder.resolve("kafka").toString(),
            Integer.toString(kafkaPort));
    broker.awaitLine("the broker runs");
    return broker;
  }

  private Program startAgent(Path spool, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(
            List.of(
                "agent",
                "--kafka",
                kafka(),
                "--site",
                "lab",
                "--node",
                "n1",
                "--label",
                "rack=r12",
                "--interval",
                INTERVAL,
                "--publish-interval",
                "1s",
                "--metrics-port",
                "0",
                "--spool",
                spool.toString()));
    args.addAll(List.of(more));
    return Program.start(args.toArray(String[]::new));
  }

  private static void pause(int seconds) {
    // the outage itself: there is nothing to wait for
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(50_000_000);
    }
  }

  private static String ask(Program agent, String path) throws Exception {
    agent.awaitLine("/metrics and /health");
    Matcher port = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)/").matcher(agent.output());
    assertThat(port.find()).isTrue();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + path))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  private static double metric(Program agent, String name) throws Exception {
    Matcher value =
        Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(ask(agent, "/metrics"));
    assertThat(value.find()).as(name).isTrue();
    return Double.parseDouble(value.group(1));
  }

  private List<ConsumerRecord<String, byte[]>> read(String topic) {
    Map<String, Object> config =
        Map.of("bootstrap.servers", kafka(), "isolation.level", "read_committed");
    List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(part -> consumer.position(part) < ends.getOrDefault(part, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
      }
    }
    return all;
  }

  private long booked() {
    Map<String, SiteWindow> windows = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : read("ledger")) {
      SiteWindow window =
          WireSerdes.siteWindows().deserializer().deserialize("ledger", record.value());
      if (window.windowMillis() == 10_000) {
        windows.put(window.windowStartEpochMillis() + "/" + window.fragmentEpochMillis(), window);
      }
    }
    long readings = 0;
    for (SiteWindow window : windows.values()) {
      readings += window.totals().get(SiteAmount.READINGS);
      assertThat(window.totals().get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .isEqualTo(
              window.totals().get(SiteAmount.JOBS_TOTAL_MILLIJOULES)
                  + window.totals().get(SiteAmount.IDLE_TOTAL_MILLIJOULES));
    }
    return readings;
  }

  @Test
  void aBrokerThatIsAway_isWaitedFor_andNothingIsLost() throws Exception {
    System.out.printf("ITAgentSpool: away for %d s, a reading every %s%n", AWAY_SECONDS, INTERVAL);
    Path spool = folder.resolve("spool");
    // the agent comes first
    Program agent = startAgent(spool);
    Program broker = null;
    Program streams = null;
    try {
      agent.awaitLine("sampling node lab/n1");
      agent.awaitLine("Cannot reach Kafka at " + kafka());
      assertThat(ask(agent, "/health")).startsWith("200 ok; Kafka cannot be reached");
      broker = startBroker();
      try (Program topics = Program.start("topics", "create", "--kafka", kafka())) {
        assertThat(topics.await()).as(topics.output()).isZero();
      }
      agent.awaitLine("Kafka at " + kafka() + " takes records again");
      streams =
          Program.start(
              "streams", "--kafka", kafka(), "--state", folder.resolve("state").toString());
      streams.awaitLine("the topologies run");
      Await.until("energy in the ledger", () -> booked() > 0);

      broker.kill();
      pause(AWAY_SECONDS / 2);
      // and in the middle of it the agent is killed too
      agent.kill();
      assertThat(spool).isDirectory();
      agent = startAgent(spool);
      agent.awaitLine("Cannot reach Kafka at " + kafka());
      pause(AWAY_SECONDS - AWAY_SECONDS / 2);
      assertThat(metric(agent, "joulestream_agent_waiting_records"))
          .isGreaterThanOrEqualTo(AWAY_SECONDS / 2.0);
      assertThat(metric(agent, "joulestream_agent_kafka_reachable")).isZero();
      broker = startBroker();
      agent.awaitLine("Kafka at " + kafka() + " takes records again");
      Program sending = agent;
      Await.until(
          "the spool is empty",
          SETTLE,
          () -> metric(sending, "joulestream_agent_waiting_records") == 0);
      assertThat(metric(agent, "joulestream_agent_dropped_records_total")).isZero();
      assertThat(ask(agent, "/health")).startsWith("200 ok");
      agent.interrupt();
      assertThat(agent.await()).as(agent.output()).isIn(0, 130);

      long distinct = checkOrder();
      Program accounting = streams;
      Await.until(
          "all windows are corrected",
          SETTLE,
          () -> {
            assertThat(accounting.isAlive()).as(accounting.output()).isTrue();
            return booked() == distinct;
          });
      checkNode();
    } finally {
      agent.close();
      if (streams != null) {
        streams.close();
      }
      if (broker != null) {
        broker.close();
      }
    }
  }

  /**
   * Each batch is there, for the first time in order, and no second is missing; readings in all.
   */
  private long checkOrder() {
    Map<Long, Set<Long>> lives = new TreeMap<>();
    Set<Long> times = new TreeSet<>();
    long readings = 0;
    long repeats = 0;
    for (ConsumerRecord<String, byte[]> record : read("telemetry")) {
      TelemetryBatch batch =
          WireSerdes.telemetry().deserializer().deserialize("telemetry", record.value());
      Set<Long> life = lives.computeIfAbsent(batch.agentEpoch(), _ -> new HashSet<>());
      if (life.contains(batch.sequence())) {
        repeats++;
        continue;
      }
      assertThat(batch.sequence()).as("life %d", batch.agentEpoch()).isEqualTo(life.size());
      life.add(batch.sequence());
      readings += batch.readings();
      for (DeviceSeries series : batch.devices()) {
        for (long time : series.readings().epochMillis()) {
          times.add(time);
        }
      }
    }
    assertThat(lives).hasSize(2);
    // between two lives lies the start of a program
    long second = lives.keySet().stream().max(Long::compare).orElseThrow();
    long before = Long.MAX_VALUE;
    for (long time : times) {
      if (before < second && time >= second) {
        assertThat(time - before).isLessThan(30_000);
      } else if (before != Long.MAX_VALUE) {
        assertThat(time - before).as("at %d", time).isLessThan(GAP_MILLIS);
      }
      before = time;
    }
    System.out.printf(
        "%d batches of %d lives, %d repeats, %d readings%n",
        lives.values().stream().mapToInt(Set::size).sum(), lives.size(), repeats, readings);
    return readings;
  }

  private void checkNode() {
    List<ConsumerRecord<String, byte[]>> records = read("nodes");
    assertThat(records).isNotEmpty().allMatch(record -> record.key().equals("lab/n1"));
    NodeRecord node =
        WireSerdes.nodes().deserializer().deserialize("nodes", records.getLast().value());
    assertThat(node.labels()).containsExactly(Map.entry("rack", "r12"));
    assertThat(node.droppedBatches()).isZero();
  }

  @Test
  void aFullDisk_isSaidOnce_andTheAgentGoesOn() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeThat(mount.waitFor()).as("needs to mount a small tmpfs, as root").isZero();
    try (Program agent = startAgent(disk.resolve("spool"))) {
      agent.awaitLine("sampling node lab/n1");
      Files.write(disk.resolve("filler"), new byte[(int) disk.toFile().getUsableSpace()]);
      agent.awaitLine("cannot be written to (No space left on device)");
      double before = metric(agent, "joulestream_agent_readings_total");
      assertThat(metric(agent, "joulestream_agent_spool_writable")).isZero();
      Await.until(
          "it continues", () -> metric(agent, "joulestream_agent_readings_total") > before + 5);
      Files.delete(disk.resolve("filler"));
      agent.awaitLine("can be written to again");
      assertThat(metric(agent, "joulestream_agent_spool_writable")).isEqualTo(1);
      assertThat(metric(agent, "joulestream_agent_dropped_records_total")).isZero();
      assertThat(agent.output().split("cannot be written to", -1)).hasSize(2);
      agent.kill();
    } finally {
      assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor()).isZero();
    }
  }

  @Test
  void aReadOnlyFolder_isSaidOnce_andTheAgentGoesOn() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Process mount =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk.toString())
            .redirectErrorStream(true)
            .start();
    assumeThat(mount.waitFor()).as("needs to mount a read-only tmpfs, as root").isZero();
    try (Program agent = startAgent(disk.resolve("spool"))) {
      agent.awaitLine("Read-only file system");
      Await.until("it continues", () -> metric(agent, "joulestream_agent_readings_total") > 5);
      assertThat(ask(agent, "/health")).startsWith("200 ok");
      assertThat(agent.output().split("cannot be written to", -1)).hasSize(2);
      agent.kill();
    } finally {
      assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor()).isZero();
    }
  }
}
