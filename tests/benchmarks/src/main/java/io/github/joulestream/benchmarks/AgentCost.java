// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/**
 * What the agent costs its node: processor time, memory and bytes, as a process that the launcher
 * starts, on a node that is made of files; and what Debian's prometheus-node-exporter takes on this
 * machine when it is asked as often.
 */
final class AgentCost {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Settings settings;
  private final Bench bench;
  private final HttpClient http = HttpClient.newHttpClient();
  private int runs;

  private AgentCost(Settings settings, Bench bench) {
    this.settings = settings;
    this.bench = bench;
  }

  public static void main(String[] args) throws Exception {
    Settings settings =
        new Settings("What the agent costs its node.")
            .with("intervals", "1s,100ms", "times between two readings, each a run")
            .with("statuses", "10s", "times between two statuses, each a run of each interval")
            .with("rounds", "1", "how often all of them are measured, in turn")
            .with("seconds", "60", "how long each is measured")
            .with("warm", "30", "seconds before that")
            .with("drives", "7", "drives of the node, beside 8 GPUs, 2 processors and memory")
            .with("exporter", "prometheus-node-exporter", "whom to compare with; empty: nobody")
            .with("launcher", "./joulestream", "what starts the agent")
            .withCommon()
            .with("jvm", "-Xmx1g -XX:+UseSerialGC", "options of the broker")
            .read(args);
    try (Bench bench = new Bench(settings)) {
      new AgentCost(settings, bench).run();
    }
  }

  /** What a process took. */
  private record Cost(double share, double laterShare, Map<String, Long> kilobytes) {
    void into(ObjectNode result) {
      result.put("cpu_share_of_a_core", share);
      result.put("cpu_share_second_half", laterShare);
      kilobytes.forEach((name, value) -> result.put(name + "_kib", value));
    }

    String words() {
      return "%.3f %% of a core (second half: %.3f %%), resident %.1f MiB (own %.1f, of files %.1f)"
          .formatted(
              share * 100,
              laterShare * 100,
              kilobytes.getOrDefault("VmRSS", 0L) / 1024.0,
              kilobytes.getOrDefault("RssAnon", 0L) / 1024.0,
              kilobytes.getOrDefault("RssFile", 0L) / 1024.0);
    }
  }

  private void run() throws Exception {
    ObjectNode all = Bench.object();
    Child broker = bench.start(Broker.class, bench.folder("kafka").toString(), "0");
    String kafka = broker.await("READY ");
    Preload.createTopics(Map.of("bootstrap.servers", kafka), 1);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      for (String interval : settings.list("intervals")) {
        for (int round = 0; round < settings.number("rounds"); round++) {
          for (String status : settings.list("statuses")) {
            agent(kafka, admin, interval, status, all.withArray("agent").addObject());
          }
        }
      }
    }
    broker.stop();
    exporter(all.withObject("exporter"));
    bench.report(all);
  }

  private void agent(String kafka, Admin admin, String interval, String status, ObjectNode result)
      throws Exception {
    Path folder = bench.folder("node-" + runs++);
    MadeNode node = new MadeNode(folder, settings.number("drives"));
    long sentBefore = bench.topicBytes("telemetry"::equals);
    long recordsBefore = Topics.end(admin, "telemetry");
    Child agent =
        bench.start(
            "agent",
            List.of(
                settings.text("launcher"),
                "agent",
                "--kafka",
                kafka,
                "--node",
                "n-" + interval,
                "--interval",
                interval,
                "--status-interval",
                status,
                "--spool",
                folder.resolve("spool").toString(),
                "--proc-root",
                node.proc().toString(),
                "--sys-root",
                node.sys().toString(),
                "--metrics-port",
                "0"));
    Matcher port = Pattern.compile(":(\\d+)/").matcher(agent.await("http://"));
    if (!port.find()) {
      throw new IOException("no port");
    }
    URI metrics = URI.create("http://127.0.0.1:" + port.group(1) + "/metrics");
    Cost cost = measure(agent.pid(), node::turn);
    // asked once, after it was measured
    String text = get(metrics);
    double readings = figure(text, "joulestream_agent_readings_total");
    double skipped = figure(text, "joulestream_agent_skipped_turns_total");
    double published = figure(text, "joulestream_agent_published_records_total");
    long records = Topics.end(admin, "telemetry") - recordsBefore;
    agent.stop();
    long bytes = bench.topicBytes("telemetry"::equals) - sentBefore;
    double perReading = bytes / readings;
    cost.into(result);
    result.put("interval", interval);
    result.put("status_interval", status);
    result.put("readings", readings);
    result.put("skipped_turns", skipped);
    result.put("records_published", published);
    result.put("bytes_per_reading", perReading);
    Bench.say(
        "agent, a turn every %s, statuses %s: %s; %,.0f readings in %,d batches, %.1f bytes each, %.0f turns skipped",
        interval, status, cost.words(), readings, records, perReading, skipped);
  }

  /** Something that is done once a second. */
  private interface EachSecond {
    void act() throws Exception;
  }

  private Cost measure(long pid, EachSecond each) throws Exception {
    int warm = settings.number("warm");
    int seconds = settings.number("seconds");
    long[] nanos = new long[3];
    double[] cpu = new double[3];
    for (int second = 0; second <= warm + seconds; second++) {
      int mark = second == warm ? 0 : second == warm + seconds / 2 ? 1 : 2;
      if (mark < 2 || second == warm + seconds) {
        nanos[mark] = System.nanoTime();
        cpu[mark] = cpuSeconds(pid);
      }
      each.act();
      TimeUnit.NANOSECONDS.sleep(SECOND.toNanos());
    }
    return new Cost(share(cpu, nanos, 0), share(cpu, nanos, 1), memory(pid));
  }

  private static double share(double[] cpu, long[] nanos, int from) {
    return (cpu[2] - cpu[from]) / ((nanos[2] - nanos[from]) / 1e9);
  }

  /** User and system time, of proc_pid_stat(5); in ticks of 10 ms. */
  private static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // after the name, which may hold blanks: state is field 3
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3])) / 100.0;
  }

  private static Map<String, Long> memory(long pid) throws IOException {
    Map<String, Long> memory = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.matches("(VmRSS|VmHWM|RssAnon|RssFile):.*")) {
        memory.put(
            line.substring(0, line.indexOf(':')), Long.parseLong(line.replaceAll("\\D", "")));
      }
    }
    return memory;
  }

  private String get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static double figure(String text, String name) {
    Matcher value = Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(text);
    return value.find() ? Double.parseDouble(value.group(1)) : Double.NaN;
  }

  private static void awaitPort(int port, Process process) throws Exception {
    while (true) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
          throw new IOException("it ended with " + process.exitValue(), e);
        }
      }
    }
  }

  private void exporter(ObjectNode result) throws Exception {
    String program = settings.text("exporter");
    if (program.isEmpty()) {
      return;
    }
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Process process;
    try {
      List<String> command = new ArrayList<>(Arrays.asList(program.split(" ", -1)));
      command.add("--web.listen-address=127.0.0.1:" + port);
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      Bench.say("%s is not measured: %s", program, e.toString());
      return;
    }
    try {
      URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
      awaitPort(port, process);
      long[] bytes = new long[2];
      Cost cost =
          measure(
              process.pid(),
              () -> {
                bytes[0] += get(metrics).length();
                bytes[1]++;
              });
      cost.into(result);
      result.put("bytes_per_scrape", bytes[0] / Math.max(1, bytes[1]));
      Bench.say(
          "%s, asked once a second: %s; %,d bytes each time",
          program, cost.words(), bytes[0] / Math.max(1, bytes[1]));
    } finally {
      process.destroy();
      process.waitFor();
    }
  }
}
