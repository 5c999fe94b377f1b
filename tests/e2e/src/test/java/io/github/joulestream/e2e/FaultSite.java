// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.BrokerCluster.Network;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The whole pipeline as processes around three brokers, and a supervisor that starts again what
 * ended by itself, as systemd or Kubernetes would. Simulated nodes, whose readings depend on the
 * seed alone, are one site; an agent of this machine is another.
 */
final class FaultSite implements AutoCloseable {
  /** Of the simulated nodes. */
  static final String SITE = "site";

  /** Of the agent. */
  static final String LAB = "lab";

  static final String AGENT = "agent";
  static final String SIMULATE = "simulate";
  static final List<String> STREAMS = List.of("streams-1", "streams-2");
  static final List<String> STORE_WRITERS = List.of("store-writer-1", "store-writer-2");
  static final String ALERT_SENDER = "alert-sender";
  static final String SERVE = "serve";
  static final String STORE = "store";

  /** The broker that may have a disk that can be filled. */
  static final int BROKER_OF_DISK = 1;

  private static final int NODES = 6;
  private static final Pattern STACK_TRACE =
      Pattern.compile("^\\s+at [\\w.$/]+\\(", Pattern.MULTILINE);
  private static final Duration RECOVERY = Duration.ofMinutes(4);

  final BrokerCluster brokers;
  final TopicBooks books;
  final Inbox inbox = new Inbox();
  final TcpProxy storeNetwork;
  final TcpProxy alertNetwork;
  private final Path folder;
  private final @Nullable SmallDisk disk;
  private final int storePort;
  private final long seed;
  private final Instant since;
  private final Duration length;
  private final Map<String, Program> running = new LinkedHashMap<>();
  private final Set<String> stopped = new TreeSet<>();
  private final List<String> ends = new ArrayList<>();
  private int lives;

  /**
   * Starts all of it; returns when the first energy is in the ledger.
   *
   * @param disk of {@link #BROKER_OF_DISK}, if it has one of its own
   */
  FaultSite(Path folder, @Nullable SmallDisk disk, long seed, Instant since, Duration length)
      throws Exception {
    this.folder = Files.createDirectories(folder);
    this.disk = disk;
    this.seed = seed;
    this.since = since;
    this.length = length;
    this.storePort = FreePort.findLasting();
    this.storeNetwork = new TcpProxy(FreePort.findLasting(), storePort);
    this.alertNetwork = new TcpProxy(FreePort.findLasting(), inbox.url().getPort());
    Files.writeString(folder.resolve("secret"), "a secret that is long enough for this\n");
    this.brokers = BrokerCluster.start(folder);
    command("topics", "create", "--partitions", "4");
    command(
        ("budget set whole --site=site --scope=site --power=20kW --thresholds=40,50,60,70,80,90,100"
                + " --forecast=0s --resolve-after=10s --cooldown=0s")
            .split(" "));
    this.books = new TopicBooks(brokers.bootstrap(Network.TEST));
    start(STORE);
    awaitLine(STORE, "the store runs");
    STREAMS.forEach(this::start);
    STORE_WRITERS.forEach(this::start);
    start(ALERT_SENDER);
    start(SERVE);
    start(SIMULATE);
    start(AGENT);
    awaitRecovery(Instant.now());
  }

  /** A command that ends, with status 0. */
  void command(String... args) throws Exception {
    try (Program program = Program.start(withKafka(args))) {
      assertThat(program.await()).as(program.output()).isZero();
    }
  }

  /** What a command prints that ends, with any status. */
  String output(String... args) throws Exception {
    try (Program program = Program.start(withKafka(args))) {
      program.await();
      return program.output();
    }
  }

  private String[] withKafka(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--kafka", brokers.bootstrap(Network.OTHERS)));
    return all.toArray(String[]::new);
  }

  Program program(String part) {
    return requireNonNull(running.get(part), part);
  }

  void awaitLine(String part, String text) throws InterruptedException {
    program(part).awaitLine(text);
  }

  /** Starts a part, with what it kept. */
  void start(String part) {
    stopped.remove(part);
    try {
      running.put(
          part,
          switch (part) {
            case STORE ->
                Program.startMain(
                    StoreMain.class.getName(),
                    Map.of(),
                    folder.resolve("questdb").toString(),
                    Integer.toString(storePort));
            case SIMULATE -> Program.start(simulation(brokers.bootstrap(Network.AGENTS)));
            case AGENT ->
                start(
                    Network.AGENTS,
                    "agent --site lab --node n1 --metrics-port 0 --interval 1s --spool",
                    folder.resolve("spool").toString());
            case ALERT_SENDER ->
                start(
                    Network.OTHERS,
                    "alert-sender --metrics-port 0 --webhook http://127.0.0.1:%d/hook --webhook-secret-file"
                        .formatted(alertNetwork.port()),
                    folder.resolve("secret").toString());
            case SERVE ->
                start(
                    Network.OTHERS,
                    "serve --metrics-port 0 --listen 127.0.0.1:0 --store-url",
                    storeUrl().toString());
            default -> {
              if (part.startsWith("streams")) {
                yield start(
                    Network.STREAMS,
                    "streams --metrics-port 0 --threads 1 --standbys 1 --instance %s --state"
                        .formatted(part),
                    state(part).toString());
              }
              yield start(
                  Network.STORE_WRITERS,
                  "store-writer --metrics-port 0 --instance %s --store-url".formatted(part),
                  storeUrl().toString());
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(part + " cannot be started", e);
    }
  }

  private Program start(Network network, String options, String last) throws IOException {
    List<String> args = new ArrayList<>(List.of(options.split(" ")));
    args.add(last);
    args.addAll(List.of("--kafka", brokers.bootstrap(network)));
    return Program.start(args.toArray(String[]::new));
  }

  /** The command of the simulated nodes; the same one publishes the same records. */
  String[] simulation(String kafka) {
    return "simulate --site %s --nodes %d --seed %d --since %s --for %ds --end-jobs --faults skew=0,outages=0 --kafka %s"
        .formatted(SITE, NODES, seed, since, length.toSeconds(), kafka)
        .split(" ");
  }

  Path state(String part) {
    return folder.resolve("state-" + part);
  }

  URI storeUrl() {
    return URI.create("http://127.0.0.1:" + storeNetwork.port());
  }

  /** As {@code kill -9}; {@link #start} starts it again. */
  void kill(String part) throws Exception {
    stopped.add(part);
    Program program = program(part);
    program.kill();
    keepOutput(part, program);
  }

  /** In order, as an operator does. */
  void stop(String part) throws Exception {
    stopped.add(part);
    Program program = program(part);
    program.terminate();
    program.await();
    keepOutput(part, program);
  }

  private void keepOutput(String part, Program program) throws IOException {
    Path outputs = Files.createDirectories(folder.resolve("outputs"));
    Files.writeString(outputs.resolve("%03d-%s.txt".formatted(++lives, part)), program.output());
  }

  /** Starts again what ended by itself: with one line about why, never with a stack trace. */
  void supervise() throws Exception {
    for (Map.Entry<String, Program> entry : List.copyOf(running.entrySet())) {
      String part = entry.getKey();
      Program program = entry.getValue();
      if (program.isAlive() || stopped.contains(part) || (part.equals(SIMULATE) && simulated())) {
        continue;
      }
      int status = program.await();
      String output = program.output();
      keepOutput(part, program);
      assertThat(STACK_TRACE.matcher(output).find())
          .as("%s ended by itself with %d: %s", part, status, output)
          .isFalse();
      String last = output.lines().reduce((_, line) -> line).orElse("");
      ends.add("%s: %s".formatted(part, last));
      System.out.printf("reliability: %s ended by itself with %d: %s%n", part, status, last);
      start(part);
    }
    for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
      Program program = brokers.program(broker);
      if (!program.isAlive() && !stopped.contains("broker-" + broker)) {
        keepOutput("broker-" + broker, program);
        System.out.printf("reliability: broker %d ended by itself: %s%n", broker, program.output());
        ends.add("broker-" + broker);
        brokers.startBroker(broker);
      }
    }
  }

  /** How often a part ended by itself and was started again, since the last time this was asked. */
  int restarts() {
    int count = ends.size();
    ends.clear();
    return count;
  }

  void killBroker(int broker) throws Exception {
    stopped.add("broker-" + broker);
    brokers.kill(broker);
    keepOutput("broker-" + broker, brokers.program(broker));
  }

  void startBroker(int broker) throws Exception {
    brokers.startBroker(broker);
    stopped.remove("broker-" + broker);
  }

  void stopBroker(int broker) throws Exception {
    stopped.add("broker-" + broker);
    brokers.stopInOrder(broker);
  }

  /** Fills the disk of {@link #BROKER_OF_DISK}, which nobody starts again until there is room. */
  void fillDisk() throws IOException {
    stopped.add("broker-" + BROKER_OF_DISK);
    requireNonNull(disk, "disk").fill();
  }

  /** Waits until a broker that nobody starts again has ended by itself; what it printed. */
  String awaitEnd(int id) throws Exception {
    Program broker = brokers.program(id);
    Await.until(
        "broker %d ends".formatted(id),
        RECOVERY,
        () -> {
          supervise();
          return !broker.isAlive();
        },
        broker::output);
    assertThat(broker.await()).as(broker.output()).isNotZero();
    keepOutput("broker-" + id, broker);
    return broker.output();
  }

  /** Makes room on it; the broker, which has ended, is not started yet. */
  void freeDisk() throws IOException {
    requireNonNull(disk, "disk").free();
  }

  boolean simulated() {
    Program simulation = program(SIMULATE);
    return !simulation.isAlive() && simulation.exitStatus() == 0;
  }

  /** Lets the site run for a time: that a fault lasts. */
  void runFor(Duration time) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      supervise();
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /**
   * Waits until a reading of after this time is in the ledger, of either site, and in the store,
   * and all parts report that they are ready.
   */
  void awaitRecovery(Instant after) throws Exception {
    Await.until(
        "readings of after %s are in the ledger".formatted(after),
        RECOVERY,
        () -> {
          supervise();
          return isBooked(SITE, after) && isBooked(LAB, after) && isStored(after);
        },
        this::state);
    for (String part : List.copyOf(running.keySet())) {
      if (!List.of(STORE, SIMULATE).contains(part)) {
        Await.until(
            part + " is ready",
            RECOVERY,
            () -> {
              supervise();
              return isReady(part);
            },
            this::state);
      }
    }
  }

  /** Waits until all copies of all partitions are in sync. */
  void awaitCopies() throws Exception {
    List<String> missing = new ArrayList<>();
    Await.until(
        "all copies of all partitions",
        RECOVERY,
        () -> {
          supervise();
          missing.clear();
          missing.addAll(brokers.missingCopies());
          return missing.isEmpty();
        },
        () -> missing + state());
  }

  private boolean isBooked(String site, Instant after) {
    if (site.equals(SITE) && simulated()) {
      return true;
    }
    long last = books.windows(site).keySet().stream().reduce(-1L, Math::max);
    return last + Windows.MILLIS > after.toEpochMilli();
  }

  private boolean isStored(Instant after) {
    try (QuestDbReader reader = new QuestDbReader(storeUrl())) {
      return reader
          .ledger(after.toEpochMilli() - Windows.MILLIS, ResultReader.END_EPOCH_MILLIS)
          .containsKey(LAB);
    } catch (UncheckedIOException e) {
      return false; // it starts
    }
  }

  private boolean isReady(String part) throws Exception {
    Program program = program(part);
    if (!program.output().contains("/metrics and /health")) {
      return false;
    }
    try {
      return HealthPort.ready(program).startsWith("200");
    } catch (IOException e) {
      return false; // it ended: the supervisor starts it again
    }
  }

  /** What each part said last. */
  private String state() {
    StringBuilder text = new StringBuilder();
    running.forEach((part, program) -> {
      List<String> lines = program.output().lines().toList();
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s (%s): %s",
              part,
              program.isAlive() ? "alive" : "ended",
              String.join(" | ", lines.subList(Math.max(0, lines.size() - 4), lines.size()))));
    });
    return text.toString();
  }

  /** Stops what still runs, and keeps what it printed beside the rest of the folder. */
  @Override
  public void close() throws IOException {
    for (Map.Entry<String, Program> entry : running.entrySet()) {
      entry.getValue().close();
      keepOutput(entry.getKey(), entry.getValue());
    }
    books.close();
    for (int broker = 1; broker <= BrokerCluster.BROKERS; broker++) {
      keepOutput("broker-" + broker, brokers.program(broker));
    }
    brokers.close();
    storeNetwork.close();
    alertNetwork.close();
    inbox.close();
  }
}
