// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.Durability;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.serve.live.LiveTopics;
import io.github.joulestream.store.influx.InfluxSink;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import io.github.joulestream.store.questdb.QuestDbReader;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All programs of the pipeline in one process: broker, store, both topologies, store writer, alert
 * sender; and what {@code up} reads of their results. What is started is closed by the {@link
 * Components} that it was added to.
 */
final class Pipeline {
  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);
  private static final int STREAM_THREADS = 2;

  /** One for each stream thread: the broker makes a folder and some files of each, as it starts. */
  private static final int PARTITIONS = STREAM_THREADS;

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LAST_ALERTS_LIMIT = Duration.ofSeconds(10);

  private final EmbeddedKafka broker;
  private final EmbeddedQuestDb store;
  private final StreamsApplication streams;
  private final StoreWriter writer;
  private final AlertSender sender;
  private final LiveTopics live;
  private final QuestDbReader reader;
  private final KafkaPublisher publisher;
  private final CompletionCheck completion;

  /**
   * Starts everything; returns when all of it is ready.
   *
   * @param folder where broker, store and state are kept
   * @param components gets each component that has been started, also if a later one fails
   * @param page gets what it shows once it is there
   * @throws Exception if one of them cannot start
   */
  Pipeline(
      UpOptions options,
      Path folder,
      Components components,
      Page page,
      EpochClock clock,
      NanoClock nanos)
      throws Exception {
    Starting<EmbeddedQuestDb> storeStart =
        new Starting<>(
            "store",
            () ->
                FreePorts.open(
                    options.ports().store(),
                    port -> EmbeddedQuestDb.start(folder.resolve("questdb"), port)));
    // closed after what writes into it, whatever fails until then
    components.add("store", storeStart::closeStarted);
    broker =
        components.add(
            "broker", EmbeddedKafka.start(folder.resolve("kafka"), options.ports().kafka()));
    log.info("the broker takes requests");
    KafkaClients kafka = KafkaClients.of(broker.bootstrap());
    Admin admin = components.add("admin client", kafka.admin("joulestream-up"));
    TopicAdmin topics = new TopicAdmin(admin);
    // in a folder that has some, those that are missing get as many as the others
    topics.create(topics.partitions().orElse(PARTITIONS), (short) 1);
    // of a folder of an earlier release
    topics.alter(Durability.CLUSTER_DEFAULT, Topic.DEAD_LETTER_BYTES);
    SchemaExchange.publish(kafka);
    components.add("schemas", SchemaExchange.join(kafka));
    log.info("there are all topics");
    StreamsSettings settings =
        StreamsSettings.of(kafka, folder.resolve("streams"))
            .threads(STREAM_THREADS)
            .groupInstanceId("up")
            .commitInterval(StreamsSettings.SHORT_COMMIT_INTERVAL)
            .deviceWindows(options.deviceWindows())
            .calibration(options.calibration());
    streams = components.add("streams", new StreamsApplication(settings));
    Starting<StreamsApplication> streamsStart =
        new Starting<>(
            "streams",
            () -> {
              streams.start();
              streams.awaitReady();
              return streams;
            });
    live = components.add("live view", new LiveTopics(kafka, clock));
    live.start();
    page.show(live);
    publisher = components.add("publisher", KafkaPublisher.connect(kafka, "joulestream-up"));
    sender =
        components.add(
            "alert sender", new AlertSender(kafka, "up", options.alertTargets(), clock, nanos));
    sender.start();
    store = storeStart.await();
    log.info("the store takes points");
    page.read(store.url());
    writer =
        components.add(
            "store writer",
            new StoreWriter(
                kafka, "up", new InfluxSink(store.url(), "none", "none", "none"), clock));
    writer.start();
    reader = components.add("reader", new QuestDbReader(store.url()));
    completion = new CompletionCheck(admin, kafka, streams, writer::caughtUp);
    streamsStart.await();
    log.info("the topologies run");
  }

  KafkaPublisher publisher() {
    return publisher;
  }

  StoreWriter writer() {
    return writer;
  }

  LiveTopics live() {
    return live;
  }

  QuestDbReader reader() {
    return reader;
  }

  CompletionCheck completion() {
    return completion;
  }

  /** Why programs gave up, those that did. */
  Stream<Optional<Throwable>> failures() {
    return Stream.of(streams.failure(), writer.failure(), sender.failure(), live.failure());
  }

  Stream<Health> health() {
    return Stream.of(streams.health(), writer.health(), sender.health(), live.health());
  }

  void showIn(Metrics metrics) {
    streams.showIn(metrics);
    writer.showIn(metrics);
    live.showIn(metrics);
  }

  /** The addresses that a user may want, a line each. */
  void printAddresses(PrintStream out, UpOptions options) {
    out.printf(
        "  Kafka  %s%s%n", broker.bootstrap(), moved(broker.port(), options.ports().kafka()));
    out.printf(
        "  store  %s  (QuestDB: SQL console)%s%n",
        store.url(), moved(store.port(), options.ports().store()));
  }

  static String moved(int port, FreePorts.Choice wanted) {
    return wanted.port() == 0 || port == wanted.port()
        ? ""
        : "  (port %d is in use, so another)".formatted(wanted.port());
  }

  /** Waits up to 10 s until the last alerts are delivered; prints which target did not get them. */
  void awaitLastAlerts(NanoClock nanos, PrintStream out) throws InterruptedException {
    long end = nanos.nanos() + LAST_ALERTS_LIMIT.toNanos();
    while (!sender.caughtUp()) {
      if (nanos.nanos() - end >= 0) {
        sender.status().stream()
            .filter(status -> status.unavailability() != null)
            .forEach(status ->
                out.printf(
                    "the last alerts were not delivered to %s: %s%n",
                    status.target(), ShownText.of(String.valueOf(status.unavailability()))));
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }
}
