// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.e2e.BrokerCluster.Network;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.store.ResultReader;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole pipeline under faults, one kind after the other: three brokers, two instances of
 * streams and of the store writer, agent, simulated nodes, alert sender, API and store, all
 * processes. Afterwards each window and each job is what it is without faults, to the millijoule.
 * {@code -Dreliability.faults=PATTERN} chooses among the faults, {@code -Dreliability.rounds=20}
 * repeats each, {@code -Dreliability.kills=100} kills random parts besides, {@code
 * -Dreliability.seconds=30} is how long a fault lasts, {@code -Dreliability.away.seconds=3600}
 * keeps the store and the receiver of alerts away while parts are killed, {@code
 * -Dreliability.seed=N} is another run.
 */
class ITReliability {
  private static final Pattern FAULTS =
      Pattern.compile(
          System.getProperty(
              "reliability.faults",
              "a broker lost|room again|streams-2 suspended|cut between streams|cut off|receiver"
                  + "|state deleted"));
  private static final int KILLS = Integer.getInteger("reliability.kills", 4);
  private static final int ROUNDS = Integer.getInteger("reliability.rounds", 1);
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("reliability.seconds", 8));
  private static final Duration AWAY =
      Duration.ofSeconds(Integer.getInteger("reliability.away.seconds", 0));

  /** Of which memory is taken only while the disk is full: a broker has some MiB a minute. */
  private static final int DISK_MEBIBYTES = 512;

  /** The ends of a broker, and the copies of all partitions anew. */
  private static final Duration DISK_LENGTH = Duration.ofSeconds(80);

  private static final long SEED = Long.getLong("reliability.seed", 1);
  private static final Duration SETTLE = Duration.ofMinutes(5);
  private static final Duration LAST_RECORDS = Duration.ofMinutes(1);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  /** A fault, when it was, and what was seen meanwhile. */
  private record Observed(
      String name, int times, String promised, String happened, Instant from, Instant to) {}

  private final Random random = new Random(SEED);
  private final List<Observed> observed = new ArrayList<>();

  @Test
  void underFaults_theLedgerIsWhatItIsWithoutThem() throws Exception {
    Path home = folder.resolve("site");
    List<Fault> faults =
        new ArrayList<>(
            Fault.all().stream().filter(fault -> FAULTS.matcher(fault.name()).find()).toList());
    try (SmallDisk disk = needsDisk(faults) ? disk(home) : null) {
      if (needsDisk(faults) && disk == null) {
        System.out.printf("reliability: left out: %s: %s%n", Fault.DISK_FULL, SmallDisk.NEEDS);
        faults.removeIf(fault -> fault.name().equals(Fault.DISK_FULL));
      }
      run(home, disk, faults);
    }
  }

  private static boolean needsDisk(List<Fault> faults) {
    return faults.stream().anyMatch(fault -> fault.name().equals(Fault.DISK_FULL));
  }

  private static @Nullable SmallDisk disk(Path home) throws Exception {
    return SmallDisk.mountIfPermitted(
            BrokerCluster.disk(home, FaultSite.BROKER_OF_DISK), DISK_MEBIBYTES)
        .orElse(null);
  }

  private void run(Path home, @Nullable SmallDisk disk, List<Fault> faults) throws Exception {
    // the simulation must not end before the last fault does: it is ended when all is done
    Duration length = length(faults);
    Instant since = Instant.ofEpochMilli(System.currentTimeMillis());
    System.out.printf(
        "reliability: %d kinds of faults, %d kills, seed %d, %s%n",
        faults.size(), KILLS, SEED, length);
    try (FaultSite site = new FaultSite(home, disk, SEED, since, length)) {
      assertCopies(site);
      for (Fault fault : faults) {
        observe(
            site,
            fault.name(),
            ROUNDS,
            fault.promised(),
            () -> {
              for (int round = 1; round < ROUNDS; round++) {
                fault.work().run(site, LENGTH, random);
                site.awaitRecovery(Instant.now());
              }
              fault.work().run(site, LENGTH, random);
            });
      }
      if (KILLS > 0) {
        observe(site, kills(), KILLS, "exactly once", () -> kill(site));
      }
      settle(site, length);
      TopicBooks expected = undisturbed(site);
      try (expected) {
        awaitSame(site, expected);
        report(site, expected);
      }
      assertStore(site);
      assertAlerts(site);
    }
  }

  /** Three copies of every topic, those of Kafka Streams too, of which two must have a record. */
  private static void assertCopies(FaultSite site) throws Exception {
    site.command("topics", "check");
    site.awaitCopies();
    Map<String, Object> kafka = Map.of("bootstrap.servers", site.brokers.bootstrap(Network.TEST));
    try (Admin admin = Admin.create(kafka)) {
      List<ConfigResource> topics =
          BrokerCluster.topics(admin).stream()
              .map(TopicDescription::name)
              .filter(name -> !name.startsWith("__"))
              .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
              .toList();
      assertThat(topics)
          .extracting(ConfigResource::name)
          .anyMatch(name -> name.endsWith("-changelog"));
      admin
          .describeConfigs(topics)
          .all()
          .get()
          .forEach((topic, config) ->
              assertThat(config.get("min.insync.replicas").value())
                  .as(topic.name())
                  .isEqualTo("2"));
    }
  }

  private static String kills() {
    return "a random part killed (kill -9)"
        + (AWAY.isZero()
            ? ""
            : ", store and receiver of alerts away for " + AWAY.toSeconds() + " s");
  }

  /** An upper bound of how long it takes. */
  private static Duration length(List<Fault> faults) {
    Duration each = LENGTH.plusSeconds(12);
    return Duration.ofSeconds(60)
        .plus(each.multipliedBy((long) faults.size() * ROUNDS))
        .plus(needsDisk(faults) ? DISK_LENGTH.multipliedBy(ROUNDS) : Duration.ZERO)
        .plus(AWAY.isZero() ? Duration.ofSeconds(KILLS * 12L) : AWAY.plusSeconds(60));
  }

  private interface Step {
    void run() throws Exception;
  }

  private void observe(FaultSite site, String name, int times, String promised, Step step)
      throws Exception {
    Instant from = Instant.now();
    System.out.printf("reliability: %s: %s%n", from, name);
    step.run();
    Instant over = Instant.now();
    site.awaitRecovery(over);
    Instant to = Instant.now();
    int restarts = site.restarts();
    String happened =
        String.format(
            Locale.ROOT,
            "lasted %d s, all parts ready %d s after%s",
            Duration.between(from, over).toSeconds(),
            Duration.between(over, to).toSeconds(),
            restarts == 0 ? "" : ", " + restarts + " restarts by the supervisor");
    System.out.printf("reliability: %s: %s%n", name, happened);
    observed.add(new Observed(name, times, promised, happened, from, to));
  }

  /** At random moments, without waiting for recovery. */
  private void kill(FaultSite site) throws Exception {
    if (!AWAY.isZero()) {
      site.kill(FaultSite.STORE);
      site.inbox.answer(() -> 503);
    }
    long pauseMillis = AWAY.isZero() ? 8_000 : AWAY.toMillis() / KILLS;
    for (int i = 0; i < KILLS; i++) {
      site.runFor(Duration.ofMillis((long) (2 * random.nextDouble() * pauseMillis)));
      System.out.printf("reliability: kill %d: %s%n", i + 1, Fault.killSomething(site, random));
    }
    if (!AWAY.isZero()) {
      site.start(FaultSite.STORE);
      site.inbox.answer(() -> 200);
    }
  }

  /** Waits until the simulation has ended and all of it is in the ledger and in the store. */
  private static void settle(FaultSite site, Duration length) throws Exception {
    Await.until(
        "the simulation ends",
        length.plus(SETTLE),
        () -> {
          site.supervise();
          return site.simulated();
        });
    site.kill(FaultSite.AGENT); // what it has published is what is compared
    Unchanged unchanged = new Unchanged();
    Await.until(
        "the ledger has all",
        SETTLE,
        () -> {
          site.supervise();
          long stored = stored(site);
          return unchanged.forTenSeconds(
              stored == inTopics(site),
              site.books.windows(FaultSite.SITE),
              site.books.windows(FaultSite.LAB),
              site.books.jobs(),
              stored);
        },
        () -> "store has %d mJ, ledger %d mJ".formatted(stored(site), inTopics(site)));
  }

  private static long stored(FaultSite site) {
    try (QuestDbReader reader = new QuestDbReader(site.storeUrl())) {
      return reader.ledger(0, ResultReader.END_EPOCH_MILLIS).values().stream()
          .mapToLong(totals -> totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
          .sum();
    }
  }

  private static long inTopics(FaultSite site) {
    return Stream.of(FaultSite.SITE, FaultSite.LAB)
        .mapToLong(name -> site.books.site(name).get(SiteAmount.MEASURED_TOTAL_MILLIJOULES))
        .sum();
  }

  /**
   * The same simulation through one broker and one instance of streams, to which nothing happens.
   */
  private TopicBooks undisturbed(FaultSite site) throws Exception {
    Path home = Files.createDirectories(folder.resolve("undisturbed"));
    EmbeddedKafka broker = EmbeddedKafka.start(home.resolve("kafka"), 0);
    try (broker;
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      new TopicAdmin(admin).create(4, (short) 1);
      TopicBooks books = new TopicBooks(broker.bootstrap());
      try (Program streams =
              Program.start(
                  "streams",
                  "--kafka",
                  broker.bootstrap(),
                  "--state",
                  home.resolve("state").toString());
          Program simulation = Program.start(site.simulation(broker.bootstrap()))) {
        assertThat(simulation.await()).as(simulation.output()).isZero();
        awaitAll(books, streams::output);
      }
      return books;
    }
  }

  /** Nothing is sent twice there: when all readings are booked, the last records can follow. */
  private static void awaitAll(TopicBooks books, Supplier<String> output) throws Exception {
    Unchanged unchanged = new Unchanged();
    Await.until(
        "the ledger has all",
        SETTLE,
        () -> {
          long sent = books.sent(FaultSite.SITE);
          long booked = books.site(FaultSite.SITE).get(SiteAmount.READINGS);
          return unchanged.forTenSeconds(
              booked == sent, sent, books.windows(FaultSite.SITE), books.jobs());
        },
        output);
  }

  /** What was looked at again and again is complete, and has been the same for ten seconds. */
  private static final class Unchanged {
    private List<Object> last = List.of();
    private long sinceNanos = System.nanoTime();

    boolean forTenSeconds(boolean isComplete, Object... seen) {
      List<Object> now = List.of(seen);
      if (!isComplete || !now.equals(last)) {
        sinceNanos = System.nanoTime();
      }
      last = now;
      return System.nanoTime() - sinceNanos > 10_000_000_000L;
    }
  }

  /**
   * On a busy machine the last records may come after a pause in which all seemed to be there. What
   * still differs after this is reported.
   */
  private static void awaitSame(FaultSite site, TopicBooks expected) throws Exception {
    long end = System.nanoTime() + LAST_RECORDS.toNanos();
    while (System.nanoTime() - end < 0
        && !(site.books.windows(FaultSite.SITE).equals(expected.windows(FaultSite.SITE))
            && site.books.jobs().equals(expected.jobs()))) {
      site.runFor(Duration.ofSeconds(1));
    }
  }

  private void report(FaultSite site, TopicBooks expected) throws Exception {
    Map<Long, Totals<SiteAmount>> should = expected.windows(FaultSite.SITE);
    Map<Long, Totals<SiteAmount>> is = site.books.windows(FaultSite.SITE);
    Map<Long, Totals<SiteAmount>> lab = site.books.windows(FaultSite.LAB);
    Set<Long> starts = new TreeSet<>(should.keySet());
    starts.addAll(is.keySet());
    Map<String, String> differing = new TreeMap<>();
    List<FaultRow> rows = new ArrayList<>();
    for (Observed fault : observed) {
      rows.add(row(fault, should, is, lab, starts));
    }
    long sent = site.books.sent(FaultSite.LAB);
    long booked = site.books.site(FaultSite.LAB).get(SiteAmount.READINGS);
    rows.add(
        new FaultRow(
            "all of the above, readings of a real agent",
            1,
            "what the agent took is booked once",
            String.format(
                Locale.ROOT,
                "%,d readings in the topic, %,d booked, %,d batches missing",
                sent,
                booked,
                site.books.missingBatches(FaultSite.LAB)),
            Math.max(0, sent - booked) + site.books.missingBatches(FaultSite.LAB),
            Math.max(0, booked - sent),
            TopicBooks.imbalanceMillijoules(lab.values().stream())));
    Totals<SiteAmount> total = site.books.site(FaultSite.SITE);
    rows.add(
        row(
            new Observed(
                "all of the above, simulated nodes",
                1,
                "each window and job as without faults",
                String.format(
                    Locale.ROOT,
                    "%,d readings, %,d jobs, %,d mJ",
                    total.get(SiteAmount.READINGS),
                    site.books.jobs().size(),
                    total.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES)),
                Instant.EPOCH,
                Instant.ofEpochMilli(Long.MAX_VALUE)),
            should,
            is,
            lab,
            starts));
    for (Long start : starts) {
      if (!String.valueOf(should.get(start)).equals(String.valueOf(is.get(start)))) {
        differing.put(
            Instant.ofEpochMilli(start).toString(), should.get(start) + " -> " + is.get(start));
      }
    }
    for (FaultRow row : rows) {
      row.report();
    }
    assertThat(differing).isEmpty();
    assertThat(site.books.jobs()).isNotEmpty().isEqualTo(expected.jobs());
  }

  /** What differs in the windows of the fault's time, and in those of a minute after. */
  private static FaultRow row(
      Observed fault,
      Map<Long, Totals<SiteAmount>> should,
      Map<Long, Totals<SiteAmount>> is,
      Map<Long, Totals<SiteAmount>> lab,
      Set<Long> starts) {
    long lost = 0;
    long repeated = 0;
    long difference = 0;
    for (Long start : starts) {
      if (start + 10_000 < fault.from.toEpochMilli() || start > fault.to.toEpochMilli()) {
        continue;
      }
      Totals<SiteAmount> right = should.getOrDefault(start, Totals.ofSite());
      Totals<SiteAmount> booked = is.getOrDefault(start, Totals.ofSite());
      long readings = right.get(SiteAmount.READINGS) - booked.get(SiteAmount.READINGS);
      lost += Math.max(0, readings);
      repeated += Math.max(0, -readings);
      for (SiteAmount amount :
          List.of(
              SiteAmount.MEASURED_TOTAL_MILLIJOULES,
              SiteAmount.JOBS_TOTAL_MILLIJOULES,
              SiteAmount.IDLE_TOTAL_MILLIJOULES)) {
        difference += Math.abs(right.get(amount) - booked.get(amount));
      }
      difference += TopicBooks.imbalanceMillijoules(Stream.of(booked));
      difference +=
          TopicBooks.imbalanceMillijoules(Stream.of(lab.getOrDefault(start, Totals.ofSite())));
    }
    return new FaultRow(
        fault.name, fault.times, fault.promised, fault.happened, lost, repeated, difference);
  }

  private static void assertStore(FaultSite site) {
    try (QuestDbReader reader = new QuestDbReader(site.storeUrl())) {
      assertThat(reader.unbalanced(0, ResultReader.END_EPOCH_MILLIS)).isEmpty();
      assertThat(reader.jobEnergyMillijoules()).isEqualTo(site.books.jobsMillijoules());
      Map<String, Totals<SiteAmount>> ledger = reader.ledger(0, ResultReader.END_EPOCH_MILLIS);
      for (String name : List.of(FaultSite.SITE, FaultSite.LAB)) {
        Totals<SiteAmount> totals = ledger.getOrDefault(name, Totals.ofSite()).copy();
        totals.set(SiteAmount.REPEATED_READINGS, 0);
        totals.set(SiteAmount.CLOCK_AHEAD_READINGS, 0);
        assertThat(totals.toString()).as(name).isEqualTo(site.books.site(name).toString());
      }
    }
  }

  private static void assertAlerts(FaultSite site) throws Exception {
    Set<String> revisions = site.books.alerts();
    assertThat(revisions).isNotEmpty();
    Await.until(
        "each revision of an alert was sent",
        SETTLE,
        () -> {
          site.supervise();
          return sent(site).containsAll(revisions);
        },
        () -> {
          Set<String> missing = new TreeSet<>(revisions);
          missing.removeAll(sent(site));
          return "missing: " + missing;
        });
    List<Inbox.Letter> taken = site.inbox.taken();
    int again = taken.size() - revisions.size();
    new FaultRow(
            "all of the above, revisions of alerts",
            1,
            "each is sent at least once, under one id",
            String.format(
                Locale.ROOT, "%,d revisions, %,d of them sent again", revisions.size(), again),
            0,
            0,
            0)
        .report();
    assertThat(sent(site)).isEqualTo(revisions);
  }

  private static Set<String> sent(FaultSite site) {
    return site.inbox.taken().stream()
        .map(letter -> letter.headers().getFirst("webhook-id"))
        .collect(Collectors.toSet());
  }
}
