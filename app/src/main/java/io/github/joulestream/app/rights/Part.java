// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

import static io.github.joulestream.schemas.Topic.ALERTS;
import static io.github.joulestream.schemas.Topic.ALLOCATIONS;
import static io.github.joulestream.schemas.Topic.BUDGETS;
import static io.github.joulestream.schemas.Topic.CAPACITY;
import static io.github.joulestream.schemas.Topic.CAP_ADVICE;
import static io.github.joulestream.schemas.Topic.DEAD_LETTER;
import static io.github.joulestream.schemas.Topic.DEVICE_WINDOW;
import static io.github.joulestream.schemas.Topic.GRID;
import static io.github.joulestream.schemas.Topic.JOBS;
import static io.github.joulestream.schemas.Topic.JOB_QUARTER_HOUR;
import static io.github.joulestream.schemas.Topic.JOB_SUMMARY;
import static io.github.joulestream.schemas.Topic.JOB_WINDOW;
import static io.github.joulestream.schemas.Topic.LEDGER;
import static io.github.joulestream.schemas.Topic.NODES;
import static io.github.joulestream.schemas.Topic.NODE_WINDOW;
import static io.github.joulestream.schemas.Topic.PLACEMENT;
import static io.github.joulestream.schemas.Topic.POOL_PEAK;
import static io.github.joulestream.schemas.Topic.POWER_SNAPSHOT;
import static io.github.joulestream.schemas.Topic.SCHEMAS;
import static io.github.joulestream.schemas.Topic.SITE_WINDOW;
import static io.github.joulestream.schemas.Topic.TELEMETRY;

import io.github.joulestream.alerting.AlertSender;
import io.github.joulestream.app.letters.LetterReplay;
import io.github.joulestream.producers.jobs.SlurmJobs;
import io.github.joulestream.schemas.DurabilityCheck;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.store.writer.StoreWriter;
import io.github.joulestream.streams.StreamsApplication;
import io.github.joulestream.streams.StreamsConfigs;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Parts of an installation that need a principal of their own in Kafka: which commands each runs,
 * and the least that Kafka must permit it. The commands of all parts are all commands that speak to
 * Kafka; no command is in two parts.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists are unmodifiable
public enum Part {
  AGENT(
      "agent",
      "what runs on the nodes",
      List.of("agent"),
      new Rights().write(TELEMETRY, ALLOCATIONS, JOBS, NODES)),

  JOB_HOOKS(
      "job-hooks",
      "who reports jobs to Kafka without an agent",
      List.of("job start", "job progress", "job end"),
      new Rights()
          .read(SCHEMAS, JOBS, JOB_SUMMARY, NODES)
          .write(ALLOCATIONS, JOBS)
          // that it is there is checked before anything is published
          .describe(TELEMETRY)),

  SLURM_JOBS(
      "slurm-jobs",
      "jobs of Slurm's plugin; it reads the plugin's topics as well",
      List.of("slurm-jobs"),
      new Rights()
          .read(SCHEMAS)
          .write(JOBS, DEAD_LETTER)
          .group(AclOperation.READ, SlurmJobs.GROUP)),

  SIMULATOR(
      "simulator",
      "sites that are simulated, and runs that are replayed",
      List.of("simulate", "replay"),
      new Rights().read(SCHEMAS).write(TELEMETRY, ALLOCATIONS, JOBS, NODES, GRID)),

  STREAMS(
      "streams",
      "the topologies, with topics of their own",
      List.of("streams"),
      new Rights()
          .read(SCHEMAS, TELEMETRY, ALLOCATIONS, JOBS, BUDGETS, NODES, ALERTS)
          .read(JOB_WINDOW, NODE_WINDOW, SITE_WINDOW, POWER_SNAPSHOT)
          // forged records of it, for their alert, where records are signed
          .read(DEAD_LETTER)
          .write(JOB_WINDOW, JOB_QUARTER_HOUR, JOB_SUMMARY, NODE_WINDOW, SITE_WINDOW, LEDGER)
          .write(DEVICE_WINDOW, PLACEMENT, POWER_SNAPSHOT)
          .write(ALERTS, CAP_ADVICE, CAPACITY, POOL_PEAK, DEAD_LETTER)
          .group(AclOperation.READ, StreamsConfigs.ACCOUNTING_ID, StreamsConfigs.ALERTS_ID)
          // changelogs and repartition topics; what was read of the latter is deleted
          .ownTopics(
              AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE)
          // each thread has one, with a name that Kafka Streams chooses
          .prefix(ResourceType.TRANSACTIONAL_ID, Rights.OWN, AclOperation.WRITE)),

  STORE_WRITER(
      "store-writer",
      "results into the store, and how far each reader is behind",
      List.of("store-writer"),
      new Rights()
          .read(SCHEMAS)
          .read(StoreWriter.topics())
          .write(DEAD_LETTER)
          .group(AclOperation.READ, StoreWriter.GROUP)
          .describe(TELEMETRY, ALLOCATIONS, JOBS, POWER_SNAPSHOT, CAP_ADVICE)
          .ownTopics(AclOperation.DESCRIBE)
          .prefix(ResourceType.GROUP, StreamsConfigs.ACCOUNTING_ID, AclOperation.DESCRIBE)),

  ALERT_SENDER(
      "alert-sender",
      "alerts to Alertmanager and webhooks",
      List.of("alert-sender"),
      new Rights()
          .read(SCHEMAS, ALERTS)
          .write(DEAD_LETTER)
          .group(AclOperation.READ, AlertSender.GROUPS.toArray(String[]::new))),

  SERVE(
      "serve",
      "the API and the page; it writes nothing",
      List.of("serve"),
      new Rights()
          .read(SCHEMAS, POWER_SNAPSHOT, SITE_WINDOW, NODES, BUDGETS, ALERTS, LEDGER)
          .read(DEVICE_WINDOW, GRID, JOB_SUMMARY)),

  GRID_IMPORT(
      "grid",
      "prices, emissions and shares of the supply",
      List.of("grid import", "grid list", "grid gaps", "grid withdraw"),
      new Rights().read(SCHEMAS, GRID).write(GRID).transactions(TransactionIds.GRID)),

  OPERATOR(
      "operator",
      "people who change budgets, alerts, nodes, sites and jobs",
      List.of(
          "alert list",
          "alert clear",
          "budget set",
          "budget list",
          "budget remove",
          "budget import",
          "job show",
          "job forget",
          "node list",
          "node jobs",
          "node restore",
          "node forget",
          "site forget"),
      new Rights()
          .read(SCHEMAS, ALERTS, BUDGETS, JOBS, JOB_SUMMARY, NODES, PLACEMENT)
          .topic(StreamsApplication.setAsideTopic(), AclOperation.READ)
          .write(ALERTS, ALLOCATIONS, BUDGETS, JOBS, JOB_SUMMARY, NODES)
          .transactions(TransactionIds.BUDGETS, TransactionIds.FORGETTING)),

  DEAD_LETTERS(
      "dead-letters",
      "people who look at refused records, and write them to their topics again",
      List.of("dead-letter list", "dead-letter show", "dead-letter replay"),
      new Rights()
          // of the latter four the last record of a key counts: an older one is not written again
          .read(SCHEMAS, DEAD_LETTER, JOBS, NODES, BUDGETS, GRID)
          .write(TELEMETRY, ALLOCATIONS, JOBS, NODES, BUDGETS, GRID, DEAD_LETTER)
          .transactions(LetterReplay.TRANSACTIONAL_ID)),

  DOCTOR(
      "doctor",
      "checks of the installation; it changes nothing",
      List.of("doctor"),
      new Rights()
          .read(SCHEMAS, NODES, ALERTS)
          .topic(StreamsApplication.setAsideTopic(), AclOperation.READ)
          .describe(without(SCHEMAS, NODES, ALERTS))
          .each(AclOperation.DESCRIBE_CONFIGS, Topic.values())
          .ownTopics(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
          .kafkasTopics(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
          .group(
              AclOperation.DESCRIBE,
              StreamsConfigs.ACCOUNTING_ID,
              StreamsConfigs.ALERTS_ID,
              StoreWriter.GROUP)
          // the disks of brokers
          .cluster(AclOperation.DESCRIBE)),

  SETUP(
      "setup",
      "topics and schemas, at the first start and at each upgrade",
      List.of("topics create", "topics check"),
      new Rights()
          .each(AclOperation.CREATE, Topic.values())
          .each(AclOperation.DESCRIBE_CONFIGS, Topic.values())
          .each(AclOperation.ALTER_CONFIGS, Topic.values())
          .ownTopics(
              AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS)
          .kafkasTopics(AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
          .describe(without(SCHEMAS))
          .read(SCHEMAS)
          .write(SCHEMAS)),

  RESET(
      "reset",
      "people who have results calculated, or written into the store, again",
      List.of("reset store-writer", "reset streams"),
      new Rights()
          // offsets are committed for these
          .read(TELEMETRY, ALLOCATIONS, JOBS, POWER_SNAPSHOT, SITE_WINDOW, NODE_WINDOW, JOB_WINDOW)
          .group(AclOperation.READ, StreamsConfigs.ACCOUNTING_ID, StreamsConfigs.ALERTS_ID)
          .group(
              AclOperation.DELETE,
              StreamsConfigs.ACCOUNTING_ID,
              StreamsConfigs.ALERTS_ID,
              StoreWriter.GROUP)
          .ownTopics(AclOperation.DESCRIBE, AclOperation.DELETE)),

  ADMINISTRATOR(
      "administrator",
      "who gives these rights; may take any right, so it is for people",
      List.of("topics acl"),
      new Rights().cluster(AclOperation.ALTER, AclOperation.DESCRIBE));

  private final String label;
  private final String words;
  private final List<String> commands;
  private final List<Right> rights;

  Part(String label, String words, List<String> commands, Rights rights) {
    this.label = label;
    this.words = words;
    this.commands = List.copyOf(commands);
    this.rights = List.copyOf(rights.all);
  }

  private static Topic[] without(Topic... others) {
    List<Topic> except = List.of(others);
    return Stream.of(Topic.values()).filter(topic -> !except.contains(topic)).toArray(Topic[]::new);
  }

  /** Its name on the command line. */
  public String label() {
    return label;
  }

  /** What it is, in words. */
  public String words() {
    return words;
  }

  /** Commands that run with its rights, as {@code budget set}. */
  public List<String> commands() {
    return commands;
  }

  /** What Kafka must permit it. */
  public List<Right> rights() {
    return rights;
  }

  /**
   * What Kafka must permit it where further topics are read.
   *
   * @param topics that Slurm's plugin writes to
   */
  public List<Right> rights(List<String> topics) {
    List<Right> all = new ArrayList<>(rights);
    topics.forEach(name -> all.add(Right.of(ResourceType.TOPIC, name, AclOperation.READ)));
    return all;
  }

  /** The part with that name. */
  public static Optional<Part> of(String label) {
    return Stream.of(values())
        .filter(part -> part.label.equals(label.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** The part that runs a command. */
  public static Optional<Part> ofCommand(String command) {
    return Stream.of(values()).filter(part -> part.commands.contains(command)).findFirst();
  }

  private static final class Rights {
    /** What topics, groups and transactions of our own begin with. */
    static final String OWN = StreamsConfigs.ACCOUNTING_ID + "-";

    final SequencedSet<Right> all = new LinkedHashSet<>();

    Rights read(Topic... topics) {
      return each(AclOperation.READ, topics);
    }

    Rights read(List<String> topics) {
      topics.forEach(topic -> topic(topic, AclOperation.READ));
      return this;
    }

    Rights write(Topic... topics) {
      return each(AclOperation.WRITE, topics);
    }

    Rights describe(Topic... topics) {
      return each(AclOperation.DESCRIBE, topics);
    }

    Rights each(AclOperation operation, Topic... topics) {
      Stream.of(topics).forEach(topic -> topic(topic.topicName(), operation));
      return this;
    }

    Rights topic(String name, AclOperation operation) {
      all.add(Right.of(ResourceType.TOPIC, name, operation));
      return this;
    }

    Rights ownTopics(AclOperation... operations) {
      return prefix(ResourceType.TOPIC, OWN, operations);
    }

    /** What Kafka keeps transactions and offsets in. */
    Rights kafkasTopics(AclOperation... operations) {
      for (AclOperation operation : operations) {
        DurabilityCheck.OF_KAFKA.forEach(name -> topic(name, operation));
      }
      return this;
    }

    Rights prefix(ResourceType type, String prefix, AclOperation... operations) {
      Stream.of(operations).forEach(one -> all.add(Right.ofPrefix(type, prefix, one)));
      return this;
    }

    Rights group(AclOperation operation, String... names) {
      Stream.of(names).forEach(name -> all.add(Right.of(ResourceType.GROUP, name, operation)));
      return this;
    }

    Rights transactions(String... ids) {
      Stream.of(ids)
          .forEach(id -> all.add(Right.of(ResourceType.TRANSACTIONAL_ID, id, AclOperation.WRITE)));
      return this;
    }

    Rights cluster(AclOperation... operations) {
      Stream.of(operations).forEach(operation -> all.add(Right.ofCluster(operation)));
      return this;
    }
  }
}
