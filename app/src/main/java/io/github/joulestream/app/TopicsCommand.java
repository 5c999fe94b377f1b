// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.cli.CommonOptions;
import io.github.joulestream.cli.KafkaOptions;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.SchemaExchange;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.TopicAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topics of a cluster. */
@Command(
    name = "topics",
    description = "Create the topics, or compare a cluster's with what they must be.",
    synopsisSubcommandLabel = "(create | check)",
    subcommands = {TopicsCommand.Create.class, TopicsCommand.Check.class})
final class TopicsCommand extends CommandGroup {
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
        defaultValue = "12",
        description =
            "Partitions of topics spread by key: the most instances that can share the work"
                + " (default: ${DEFAULT-VALUE}).")
    int partitions;

    @Option(
        names = "--replication",
        defaultValue = "-1",
        description = "Copies of each; -1 for the cluster's default (default: ${DEFAULT-VALUE}).")
    short replication;

    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      if (partitions < 1) {
        throw UserError.usage("--partitions must be at least 1");
      }
      try (Admin admin = kafka.admin()) {
        Set<String> created = new TopicAdmin(admin).create(partitions, replication);
        System.out.println(
            created.isEmpty() ? "all topics exist" : "created " + String.join(", ", created));
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
      description = "Show what differs; the exit status is 1 if anything does.")
  static final class Check implements Callable<Integer> {
    @Mixin KafkaOptions kafka = new KafkaOptions();
    @Mixin CommonOptions common = new CommonOptions();

    @Override
    public Integer call() throws Exception {
      try (Admin admin = kafka.admin()) {
        List<String> differences = new ArrayList<>(new TopicAdmin(admin).check());
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
