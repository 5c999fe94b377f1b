// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.up.EmbeddedKafka;
import io.github.joulestream.energy.Balance;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.SiteWindow;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.WireSerdes;
import io.github.joulestream.schemas.kafka.KafkaClients;
import io.github.joulestream.streams.StreamsConfigs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker, and programs on it, each a process of its own; and what the topics say. */
final class Installation implements AutoCloseable {
  static final List<Topic> INPUTS = List.of(Topic.TELEMETRY, Topic.ALLOCATIONS, Topic.JOBS);

  private static final int PARTITIONS = 4;
  private static final String CHANGELOG = StreamsConfigs.ACCOUNTING_ID + "-%s-changelog";
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final int WINDOW_MILLIS = 10_000;

  /** What depends on how often something was sent, and on when it arrived. */
  private static final List<SiteAmount> NOT_COMPARED =
      List.of(SiteAmount.REPEATED_READINGS, SiteAmount.CLOCK_AHEAD_READINGS);

  final Path folder;
  private final EmbeddedKafka broker;
  // records of other releases are read in this process too
  private final SchemaExchange schemas;
  private final List<Program> programs = new ArrayList<>();

  private Installation(Path folder, EmbeddedKafka broker) {
    this.folder = folder;
    this.broker = broker;
    this.schemas = SchemaExchange.join(KafkaClients.of(broker.bootstrap()));
  }

  /** A broker with the topics and schemas of this release. */
  static Installation start(Path folder) throws Exception {
    return start(folder, PARTITIONS);
  }

  static Installation start(Path folder, int partitions) throws Exception {
    Installation installation =
        new Installation(folder, EmbeddedKafka.start(folder.resolve("kafka"), 0));
    try {
      installation.run("topics", "create", "--partitions", Integer.toString(partitions));
      return installation;
    } catch (Throwable e) {
      // a broker that loses its folder ends this process
      installation.close();
      throw e;
    }
  }

  /** The topic that a store of the accounting is restored from. */
  static String changelog(String store) {
    return CHANGELOG.formatted(store);
  }

  String bootstrap() {
    return broker.bootstrap();
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", bootstrap());
  }

  Program program(String... args) throws IOException {
    Program program = Program.start(Map.of("JOULESTREAM_KAFKA", bootstrap()), args);
    programs.add(program);
    return program;
  }

  /** A command to its end, which must be a good one; what it printed. */
  String run(String... args) throws Exception {
    Program program = program(args);
    assertThat(program.await()).as("%s: %s", List.of(args), program.output()).isZero();
    return program.output();
  }

  /** An instance of streams with a lasting name and state of its own. */
  Program streams(String instance) throws IOException {
    return program(
        "streams",
        "--instance",
        instance,
        "--state",
        state(instance).toString(),
        "--standbys",
        "1",
        "--threads",
        "1",
        "--metrics-port",
        "0");
  }

  Path state(String instance) {
    return folder.resolve(instance);
  }

  static void awaitReady(Program program) throws Exception {
    Await.until(
        "it is ready",
        LIMIT,
        () -> {
          assertThat(program.isAlive()).as(program.output()).isTrue();
          return HealthPort.ready(program).startsWith("200 ");
        },
        program::output);
  }

  /** Readings that a program says it published. */
  static long published(Program program) {
    Matcher said = Pattern.compile("([0-9,]+) readings published").matcher(program.output());
    assertThat(said.find()).as(program.output()).isTrue();
    return Long.parseLong(said.group(1).replace(",", ""));
  }

  /** The records of a topic that are committed. */
  void forEach(Topic topic, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    forEach(topic.topicName(), taker);
  }

  void forEach(String topic, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    Map<String, Object> config = new HashMap<>(kafka());
    config.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(taker);
      }
    }
  }

  /** Distinct readings of the topic of telemetry. */
  long readingsSent() {
    Set<List<Object>> readings = new HashSet<>();
    forEach(
        Topic.TELEMETRY,
        record -> {
          var batch =
              WireSerdes.telemetry().deserializer().deserialize(record.topic(), record.value());
          batch
              .devices()
              .forEach(series -> {
                for (long epochMillis : series.readings().epochMillis()) {
                  readings.add(
                      List.of(batch.site(), batch.node(), series.device().id(), epochMillis));
                }
              });
        });
    return readings.size();
  }

  /** The same input, record by record, for another installation. */
  void copyInput(Installation to) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(to.kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (Topic topic : INPUTS) {
        forEach(
            topic,
            record -> {
              var _ = // what is lost shows in the ledger
                  producer.send(
                      new ProducerRecord<>(
                          record.topic(),
                          record.partition(),
                          record.key(),
                          record.value(),
                          record.headers()));
            });
      }
    }
  }

  /** Records of the input that the accounting has not committed. */
  long waiting() throws Exception {
    return waiting(_ -> true);
  }

  /** Those of some partitions of the input. */
  long waiting(Predicate<TopicPartition> inputs) throws Exception {
    try (Admin admin = Admin.create(kafka())) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(StreamsConfigs.ACCOUNTING_ID)
              .partitionsToOffsetAndMetadata()
              .get();
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      List<String> topics = INPUTS.stream().map(Topic::topicName).toList();
      for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values()) {
        topic.partitions().stream()
            .map(partition -> new TopicPartition(topic.name(), partition.partition()))
            .filter(inputs)
            .forEach(input -> asked.put(input, OffsetSpec.latest()));
      }
      long waiting = 0;
      for (var end : admin.listOffsets(asked).all().get().entrySet()) {
        OffsetAndMetadata done = committed.get(end.getKey());
        waiting += end.getValue().offset() - (done == null ? 0 : done.offset());
      }
      return waiting;
    }
  }

  /**
   * What is booked, by the topics ledger and job-summary: the last record of each key.
   *
   * @param sites totals by site, without what depends on arrival
   * @param jobs figures by site and job
   * @param readings that are booked
   * @param measuredMillijoules of all sites
   * @param differenceMillijoules of the two sides of the books, and of jobs from their summaries
   */
  record Ledger(
      Map<String, String> sites,
      Map<String, String> jobs,
      long readings,
      long measuredMillijoules,
      long differenceMillijoules) {}

  /** The last record of each window of a site, of 10 s, 15 min and an hour. */
  Collection<SiteWindow> windows() {
    return new PipelineTopics(kafka())
        .latest(
            Topic.LEDGER,
            WireSerdes.siteWindows(),
            window ->
                List.of(
                    window.site(),
                    window.windowMillis(),
                    window.windowStartEpochMillis(),
                    window.fragmentEpochMillis()))
        .values();
  }

  /** The last record of each job. */
  Collection<JobSummary> summaries() {
    return new PipelineTopics(kafka())
        .latest(
            Topic.JOB_SUMMARY,
            WireSerdes.jobSummaries(),
            job -> List.of(job.site(), job.job(), job.fragmentEpochMillis()))
        .values();
  }

  Ledger ledger() {
    Collection<SiteWindow> windows = windows();
    Collection<JobSummary> summaries = summaries();
    Map<String, Totals<SiteAmount>> sites = new TreeMap<>();
    windows.stream()
        .filter(window -> window.windowMillis() == WINDOW_MILLIS)
        .forEach(window ->
            sites.computeIfAbsent(window.site(), _ -> Totals.ofSite()).addAll(window.totals()));
    long ofJobs =
        summaries.stream().mapToLong(job -> job.totals().get(JobAmount.TOTAL_MILLIJOULES)).sum();
    long difference = -ofJobs;
    long readings = 0;
    long measured = 0;
    for (Totals<SiteAmount> totals : sites.values()) {
      difference += totals.get(SiteAmount.JOBS_TOTAL_MILLIJOULES);
      readings += totals.get(SiteAmount.READINGS);
      measured += totals.get(SiteAmount.MEASURED_TOTAL_MILLIJOULES);
    }
    return new Ledger(
        compared(sites),
        jobs(summaries),
        readings,
        measured,
        Math.abs(difference) + unbalanced(windows));
  }

  /** What both sides of the books differ by, all windows and kinds of devices added up. */
  static long unbalanced(Collection<SiteWindow> windows) {
    return windows.stream()
        .mapToLong(window ->
            Balance.ALL.stream()
                .mapToLong(balance -> Math.abs(balance.difference(window.totals())))
                .sum())
        .sum();
  }

  /** Totals of sites as text, without what depends on arrival. */
  static Map<String, String> compared(Map<String, Totals<SiteAmount>> sites) {
    Map<String, String> compared = new TreeMap<>();
    sites.forEach((site, totals) -> {
      Totals<SiteAmount> copy = totals.copy();
      NOT_COMPARED.forEach(amount -> copy.set(amount, 0));
      compared.put(site, copy.toString());
    });
    return compared;
  }

  /** Figures of jobs as text, by site and job. */
  static Map<String, String> jobs(Collection<JobSummary> summaries) {
    Map<String, String> jobs = new TreeMap<>();
    summaries.forEach(job -> jobs.put(job.site() + "/" + job.job(), figures(job)));
    return jobs;
  }

  private static String figures(JobSummary job) {
    return "%s %s %s %d to %d, peak %d mW, work %s, %s"
        .formatted(
            job.details().user(),
            job.details().project(),
            job.state(),
            job.times().startEpochMillis(),
            job.times().endEpochMillis(),
            job.peakMilliwatts(),
            job.work().amount(),
            job.totals());
  }

  /** The ledger once all of the input is booked, and what follows from it is emitted. */
  Ledger settled() throws Exception {
    Ledger[] last = {ledger()};
    Await.until(
        "all of the input is booked",
        LIMIT,
        () -> {
          if (waiting() != 0) {
            return false;
          }
          Ledger before = requireNonNull(last[0]);
          last[0] = ledger();
          return last[0].differenceMillijoules() == 0
              && last[0].equals(before)
              && last[0].readings() >= readingsSent();
        },
        () -> "%s; %s".formatted(last[0], programs.stream().map(Program::output).toList()));
    return requireNonNull(last[0]);
  }

  /**
   * Reports a fault after which all input was booked again; what had been booked before must be as
   * it was.
   *
   * @param first what happened before, with its separator
   */
  void reportBookedAgain(Ledger before, Ledger again, String fault, String promised, String first)
      throws IOException {
    long sent = readingsSent();
    new FaultRow(
            fault,
            1,
            promised,
            "%s%,d readings booked again".formatted(first, sent),
            Math.max(0, sent - again.readings()),
            Math.max(0, again.readings() - sent),
            again.differenceMillijoules())
        .report();
    before
        .sites()
        .forEach((name, totals) ->
            assertThat(again.sites()).as("booked again as before").containsEntry(name, totals));
    assertThat(again.jobs()).containsAllEntriesOf(before.jobs());
  }

  @Override
  public void close() {
    programs.reversed().forEach(Program::close);
    schemas.close();
    broker.close();
  }
}
