// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.e2e.HostileRecords.Hostile;
import io.github.joulestream.e2e.HostileWriter.Sent;
import io.github.joulestream.store.questdb.QuestDbReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code up} and a site that is simulated in real time, while somebody writes to every topic what
 * no program can use, again and again, and forges what the site's nodes say: the site's figures are
 * those of a run without, to the millijoule. {@code -Dhostile.seconds=600} makes it long, {@code
 * -Dhostile.seed=N} another one, {@code -Dhostile.rate=N} says how many records a second.
 */
class ITHostileWriter {
  private static final int SECONDS = Integer.getInteger("hostile.seconds", 20);
  private static final int RATE = Integer.getInteger("hostile.rate", 40);
  private static final long SEED = Long.getLong("hostile.seed", 1);
  private static final String SITE = "honest";
  private static final Pattern KAFKA = Pattern.compile("Kafka +(127\\.0\\.0\\.1:\\d+)");
  private static final Pattern STORE = Pattern.compile("store +(http://[0-9.:]+)");
  private static final Pattern PUBLISHED = Pattern.compile("([0-9,]+) readings published");

  @TempDir Path folder;
  private @Nullable Instant since;
  // the site outlives the writer: alerts are judged by the time of a site's own data
  private final Duration length = Duration.ofSeconds(SECONDS + 30L);

  /** The whole pipeline in one process, and a site beside it. */
  private final class Pipeline implements AutoCloseable {
    final Program up;
    final Map<String, Object> kafka;
    final QuestDbReader reader;
    final Program site;

    Pipeline(String name) throws Exception {
      up =
          Program.start(
              "up",
              "--simulate=1",
              "--no-agent",
              "--kafka-port=0",
              "--store-port=0",
              "--metrics-port=0",
              "--data=" + folder.resolve(name));
      up.awaitLine(" running; simulated");
      String bootstrap = found(KAFKA);
      kafka = Map.of("bootstrap.servers", bootstrap);
      reader = new QuestDbReader(URI.create(found(STORE)));
      Instant begin = since == null ? Instant.now() : since;
      since = begin; // of both
      site =
          Program.start(
              "simulate",
              "--kafka=" + bootstrap,
              "--site=" + SITE,
              "--nodes=4",
              "--seed=" + SEED,
              "--since=" + begin,
              "--for=" + length.toSeconds() + "s",
              "--end-jobs");
    }

    private String found(Pattern pattern) {
      Matcher matcher = pattern.matcher(up.output());
      assertThat(matcher.find()).as(up.output()).isTrue();
      return matcher.group(1);
    }

    /** Waits until the site has ended and all that it said is in the store. */
    SiteFigures settle() throws Exception {
      assertThat(site.await()).as(site.output()).isZero();
      Matcher said = PUBLISHED.matcher(site.output());
      assertThat(said.find()).as(site.output()).isTrue();
      long published = Long.parseLong(said.group(1).replace(",", ""));
      Await.until(
          "all of the site is in the store",
          Duration.ofMinutes(2),
          () -> reader.applied() && figures().complete(published),
          () -> figures().toString());
      return figures();
    }

    SiteFigures figures() {
      return SiteFigures.of(reader, SITE);
    }

    String alerts() throws Exception {
      String bootstrap = String.valueOf(kafka.get("bootstrap.servers"));
      try (Program list =
          Program.start("alert", "list", "--all", "--site=" + SITE, "--kafka=" + bootstrap)) {
        assertThat(list.await()).as(list.output()).isZero();
        return list.output();
      }
    }

    void assertWell() throws Exception {
      HealthPort.assertWell("up", up);
      assertThat(up.output()).as("no thread was lost").doesNotContain("a thread of");
    }

    @Override
    public void close() {
      site.close();
      reader.close();
      up.close();
    }
  }

  /** All kinds, in an order of chance, with what one kind needs in its own order. */
  private static List<Hostile> round(int number) {
    HostileRecords records =
        new HostileRecords("hostile-" + number % 50, System.currentTimeMillis(), SEED + number);
    List<Hostile> all = new ArrayList<>(records.all(List.of()));
    Collections.shuffle(all, new Random(SEED + number));
    all.addAll(records.aDeviceThatChangesItsKind());
    all.addAll(records.aSchemaThatContainsItself());
    all.addAll(records.aSchemaOfNothing());
    return all;
  }

  /** Writes until the time is over, and each kind at least once; what the broker took. */
  private static List<Sent> write(Pipeline pipeline, Duration time) throws Exception {
    List<Sent> sent = new ArrayList<>();
    long began = System.nanoTime();
    try (HostileWriter writer = new HostileWriter(pipeline.kafka);
        ForgedTelemetry forged = new ForgedTelemetry(pipeline.kafka, SITE, SEED)) {
      List<Hostile> left = new ArrayList<>(round(0));
      int rounds = 1;
      boolean timeIsOver = false;
      for (long turn = 0; !timeIsOver || rounds == 1; turn++) {
        if (left.size() < RATE) {
          left.addAll(round(rounds++));
        }
        List<Hostile> now = left.subList(0, RATE);
        sent.addAll(writer.send(now));
        now.clear();
        sent.addAll(writer.send(forged.next()));
        pipeline.assertWell();
        timeIsOver = System.nanoTime() - began >= time.toNanos();
        // a bounded rate: there is nothing to wait for
        long next = began + (turn + 1) * 1_000_000_000L;
        while (System.nanoTime() < next) {
          LockSupport.parkNanos(next - System.nanoTime());
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%,d records in %d rounds, %,d of them forge the site's%n",
          sent.size(),
          rounds,
          forged.made());
      assertThat(forged.made()).isPositive();
    }
    return sent;
  }

  @Test
  void aHostileWriter_changesNothingOfASitesFigures() throws Exception {
    System.out.printf("ITHostileWriter: %d s, %d records a second, seed %d%n", SECONDS, RATE, SEED);
    SiteFigures beside;
    int records;
    try (Pipeline pipeline = new Pipeline("beside");
        Letters letters = new Letters(pipeline.kafka)) {
      List<Sent> sent = write(pipeline, Duration.ofSeconds(SECONDS));
      Await.until(
          "a letter about each record that cannot be used",
          Duration.ofMinutes(3),
          () -> letters.read().missing(sent).isEmpty(),
          () -> "none about " + letters.missing(sent));
      letters.assertBounded(sent);
      records = sent.size();
      beside = pipeline.settle();
      pipeline.assertWell();
      Await.until(
          "the alert of two sources of one node",
          () -> pipeline.alerts().contains("source-conflict"));
      letters.print(sent);
    }
    try (Pipeline pipeline = new Pipeline("without")) {
      SiteFigures without = pipeline.settle();
      assertThat(beside).isEqualTo(without);
      beside
          .row(
              "somebody writes unusable records to every topic, and telemetry in the names of a site's nodes",
              records,
              "the site's figures do not change; an alert names the node with two sources",
              "figures as without; all programs lived",
              without)
          .report();
    }
    System.out.printf("%d jobs, %s%n", beside.jobs().size(), beside.ledger());
  }
}
