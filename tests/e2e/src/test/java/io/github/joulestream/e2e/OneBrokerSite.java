// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a site as processes, with one broker, each with a folder of its own and perhaps an
 * environment: simulated nodes with jobs, and an agent of this machine.
 */
final class OneBrokerSite implements AutoCloseable {
  static final String SITE = "site";
  private static final Duration SETTLE = Duration.ofMinutes(4);
  private static final Pattern STACK_TRACE =
      Pattern.compile("^\\s+at [\\w.$/]+\\(", Pattern.MULTILINE);

  /** A process. */
  enum Part {
    BROKER("the broker runs"),
    STORE("the store runs"),
    STREAMS("the topologies run"),
    STORE_WRITER("Ctrl-C stops it"),
    SIMULATE("/metrics and /health"),
    AGENT("sampling node"),
    SERVE("serving "),
    ALERT_SENDER("waiting for alerts");

    private final String runs;

    Part(String runs) {
      this.runs = runs;
    }
  }

  private final Path folder;
  private final Map<Part, Map<String, String>> environments;
  private final int kafkaPort = FreePort.findLasting();
  private final int storePort = FreePort.findLasting();
  private final Map<Part, Program> running = new EnumMap<>(Part.class);
  final TopicBooks books;
  private @Nullable URI receiver;
  private int restarts;
  private final QuestDbReader reader = new QuestDbReader(storeUrl());

  /** Starts all; returns when the store has the first readings. */
  OneBrokerSite(Path folder, Map<Part, Map<String, String>> environments) throws Exception {
    this.folder = folder;
    this.environments = Map.copyOf(environments);
    start(Part.BROKER);
    awaitRuns(Part.BROKER);
    try (Program topics =
        Program.start("topics", "create", "--kafka", kafka(), "--partitions", "4")) {
      assertThat(topics.await()).as(topics.output()).isZero();
    }
    start(Part.STORE);
    start(Part.STREAMS);
    awaitRuns(Part.STORE);
    start(Part.STORE_WRITER);
    start(Part.SIMULATE);
    start(Part.AGENT);
    books = new TopicBooks(kafka());
    awaitProgress();
  }

  String kafka() {
    return "127.0.0.1:" + kafkaPort;
  }

  URI storeUrl() {
    return URI.create("http://127.0.0.1:" + storePort);
  }

  /** Starts what sends alerts to this receiver. */
  void startAlertSender(URI to) throws IOException {
    receiver = to;
    Files.writeString(folder.resolve("secret"), "a secret that is long enough for this\n");
    start(Part.ALERT_SENDER);
  }

  /** Where a part keeps what it writes. */
  static Path folderOf(Path folder, Part part) {
    return folder.resolve(part.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  Program program(Part part) {
    return requireNonNull(running.get(part), part.name());
  }

  /** Starts a part, with what it kept. */
  void start(Part part) throws IOException {
    String own = Files.createDirectories(folderOf(folder, part)).resolve("data").toString();
    Map<String, String> environment = environments.getOrDefault(part, Map.of());
    running.put(
        part,
        switch (part) {
          case BROKER ->
              Program.startMain(
                  BrokerMain.class.getName(), environment, own, Integer.toString(kafkaPort));
          case STORE ->
              Program.startMain(
                  StoreMain.class.getName(), environment, own, Integer.toString(storePort));
          case STREAMS ->
              command(environment, "streams --metrics-port 0 --instance streams-1 --state", own);
          case STORE_WRITER ->
              command(
                  environment, "store-writer --metrics-port 0 --store-url", storeUrl().toString());
          case SIMULATE ->
              command(environment, "simulate --metrics-port 0 --nodes 4 --end-jobs --site", SITE);
          case AGENT ->
              command(
                  environment,
                  "agent --metrics-port 0 --node n1 --interval 500ms --publish-interval 1s --site "
                      + SITE
                      + " --spool",
                  own);
          case SERVE ->
              command(
                  environment,
                  "serve --metrics-port 0 --listen 127.0.0.1:0 --store-url",
                  storeUrl().toString());
          case ALERT_SENDER ->
              command(
                  environment,
                  "alert-sender --metrics-port 0 --webhook %s --webhook-secret-file"
                      .formatted(requireNonNull(receiver, "receiver")),
                  folder.resolve("secret").toString());
        });
  }

  private Program command(Map<String, String> environment, String options, String last)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(options.split(" ")));
    all.add(last);
    all.addAll(List.of("--kafka", kafka()));
    return Program.start(environment, all.toArray(String[]::new));
  }

  void awaitRuns(Part part) throws InterruptedException {
    program(part).awaitLine(part.runs);
  }

  /** Starts again what ended by itself, as systemd or Kubernetes would; each has said why. */
  void supervise() throws IOException {
    for (Map.Entry<Part, Program> entry : List.copyOf(running.entrySet())) {
      Program program = entry.getValue();
      if (!program.isAlive()) {
        assertThat(program.output())
            .as("%s ended by itself with %d", entry.getKey(), program.exitStatus())
            .containsPattern("(?m)^joulestream: .");
        restarts++;
        start(entry.getKey());
      }
    }
  }

  /** How often a part ended by itself and was started again. */
  int restarts() {
    return restarts;
  }

  /** Waits until readings that are sent from now on are in the store. */
  void awaitProgress() throws Exception {
    long before = Math.max(books.sent(SITE), stored());
    Await.until(
        "more readings than %,d in the store".formatted(before),
        SETTLE,
        () -> {
          supervise();
          return stored() > before;
        },
        () -> "%s%n%,d sent".formatted(outputs(), books.sent(SITE)));
  }

  /** Readings that the store's ledger has, each once. */
  private long stored() {
    return reader.ledger(0, ResultReader.END_EPOCH_MILLIS).values().stream()
        .mapToLong(totals -> totals.get(SiteAmount.READINGS))
        .sum();
  }

  /** What all parts have printed. */
  String outputs() {
    StringBuilder all = new StringBuilder();
    running.forEach((part, program) -> all.append("%n-- %s%n%s".formatted(part, program.output())));
    return all.toString();
  }

  /**
   * Ends what sends, and waits until all that it sent is booked and stored, or what is there does
   * not change any more.
   */
  Figures settle() throws Exception {
    for (Part part : List.of(Part.SIMULATE, Part.AGENT)) {
      Program sender = requireNonNull(running.remove(part), part.name());
      sender.interrupt();
      assertThat(sender.await()).as(sender.output()).isIn(0, 130);
      assertThat(sender.output()).doesNotContain("dropped", "stay in the spool");
    }
    Await.until(
        "all readings in the store",
        SETTLE,
        () -> {
          supervise();
          return figures().isComplete();
        },
        () -> "%s%n%s".formatted(figures(), outputs()));
    assertThat(STACK_TRACE.matcher(outputs()).find()).as(outputs()).isFalse();
    return figures();
  }

  /**
   * The books.
   *
   * @param sent readings of different batches in the topic
   * @param booked readings in the topic of the ledger
   * @param stored readings in the ledger of the store
   * @param missingBatches numbered and not in the topic
   * @param imbalanceMillijoules measured less jobs and idle, of all windows
   */
  record Figures(
      long sent, long booked, long stored, long missingBatches, long imbalanceMillijoules) {
    boolean isComplete() {
      return booked == sent && stored == sent && imbalanceMillijoules == 0;
    }

    /** Reports a row of the table. */
    void report(String fault, int times, String promised, String happened) throws IOException {
      new FaultRow(
              fault,
              times,
              promised,
              happened + "; %,d readings".formatted(sent),
              Math.max(0, sent - Math.min(booked, stored)) + missingBatches,
              Math.max(0, Math.max(booked, stored) - sent),
              imbalanceMillijoules)
          .report();
    }
  }

  Figures figures() {
    Totals<SiteAmount> booked = books.site(SITE);
    return new Figures(
        books.sent(SITE),
        booked.get(SiteAmount.READINGS),
        stored(),
        books.missingBatches(SITE),
        TopicBooks.imbalanceMillijoules(books.windows(SITE).values().stream()));
  }

  @Override
  public void close() {
    books.close();
    running.values().forEach(Program::close);
    reader.close();
  }
}
