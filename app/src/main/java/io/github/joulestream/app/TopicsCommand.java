// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.cli.Sizes;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.DurabilityCheck;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import io.github.joulestream.schemas.kafka.Brokers;
import io.github.joulestream.schemas.kafka.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topics of a cluster. */
@Command(
    name = "topics",
    description =
        "Create the topics, compare a cluster's with what they must be, give parts their rights.",
    synopsisSubcommandLabel = "(create | check | acl)",
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Check.class, TopicsAcl.class})
final class TopicsCommand extends CommandGroup {
  private static final int PARTITIONS = 12;
  private static final long MIN_DEAD_LETTER_BYTES = 1L << 20;

  @Override
  public void run() {
    super.run();
    TopicAdmin.catalogue().forEach(line -> spec.commandLine().getOut().println("  " + line));
  }

  @Command(
      name = "create",
      sortOptions = false,
      description = {
        "Create the topics that are missing, and publish this release's schemas.",
        "Run it at each upgrade, before any program of the new release."
      })
  static final class Create implements Callable<Integer> {
    @Option(
        names = "--partitions",
        paramLabel = "N",
        description =
            "Partitions of topics spread by key: the most instances that can share the work"
                + " (default: as many as those that exist have, else 12).")
    @Nullable Integer partitions;

    @Option(
        names = "--dead-letter-limit",
        paramLabel = "SIZE",
        defaultValue = "1G",
        converter = Sizes.class,
        description =
            "Size limit of the topic dead-letter; the oldest are deleted first (default: ${DEFAULT-VALUE}).")
    long deadLetterLimit;

    @Option(
        names = "--alter",
        description =
            "Also change the configuration of topics that exist to what it must be; partitions and"
                + " copies stay.")
    boolean alter;

    @Mixin DurabilityOptions durability = new DurabilityOptions();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      if (partitions != null && partitions < 1) {
        throw UserError.usage("--partitions must be at least 1");
      }
      if (deadLetterLimit < MIN_DEAD_LETTER_BYTES) {
        throw UserError.usage("--dead-letter-limit must be at least 1M");
      }
      durability.read(1);
      try (Admin admin = kafka.admin()) {
        TopicAdmin topics = new TopicAdmin(admin);
        Durability wanted = durability.read(Brokers.count(admin));
        int count = partitions != null ? partitions : topics.partitions().orElse(PARTITIONS);
        Set<String> created = topics.create(count, wanted, deadLetterLimit);
        System.out.println(
            created.isEmpty() ? "all topics exist" : "created " + String.join(", ", created));
        if (alter) {
          topics
              .alter(wanted, deadLetterLimit)
              .forEach(line -> System.out.println("altered " + line));
        }
      }
      if (kafka.schemaDifferences().isEmpty()) {
        System.out.println("this release's schemas are there");
      } else {
        SchemaExchange.publish(kafka.clients());
        System.out.println("published this release's schemas");
      }
      return 0;
    }
  }

  @Command(
      name = "check",
      sortOptions = false,
      description = {
        "Show what differs; the exit status is 1 if anything does.",
        "Replication, of internal topics too: what is lower than the options say differs; without"
            + " options, lower than 3 and 2 with three brokers or more is a warning.",
        "Copies that are not in sync are a warning, with their broker."
      })
  static final class Check implements Callable<Integer> {
    @Mixin DurabilityOptions durability = new DurabilityOptions();
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      durability.read(1);
      try (Admin admin = kafka.admin()) {
        List<String> differences = new ArrayList<>(new TopicAdmin(admin).check());
        List<String> lower = DurabilityCheck.lower(admin, durability.read(Brokers.count(admin)));
        if (durability.given()) {
          differences.addAll(lower);
        } else {
          lower.forEach(line -> System.out.println("warning: " + line));
        }
        DurabilityCheck.missingCopies(admin)
            .forEach(line -> System.out.println("warning: " + line));
        String schemas = Topic.SCHEMAS.topicName() + ": ";
        if (differences.stream().noneMatch(line -> line.startsWith(schemas))) {
          differences.addAll(kafka.schemaDifferences());
        }
        if (differences.isEmpty()) {
          System.out.println("all topics are as they must be");
          return 0;
        }
        differences.forEach(System.out::println);
        return 1;
      }
    }
  }
}
