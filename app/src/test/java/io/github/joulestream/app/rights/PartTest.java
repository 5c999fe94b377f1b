// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.rights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Main;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.streams.StreamsApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The parts, and their rights as a script. */
class PartTest {
  private static final AclScript SCRIPT =
      new AclScript("kafka-1:9093,kafka-2:9093", "admin.properties", "User:CN=n1 of 'lab'", "*");

  @Test
  void everyCommandThatSpeaksToKafka_isInOnePart() {
    List<String> commands = new ArrayList<>();
    withKafkaConfig(new CommandLine(new Main()), "", commands);
    assertThat(Stream.of(Part.values()).flatMap(part -> part.commands().stream()))
        .containsExactlyInAnyOrderElementsOf(commands);
  }

  private static void withKafkaConfig(CommandLine command, String name, List<String> into) {
    if (command.getSubcommands().isEmpty()
        && command.getCommandSpec().findOption("--kafka-config") != null) {
      into.add(name.strip());
    }
    command.getSubcommands().forEach((word, sub) -> withKafkaConfig(sub, name + " " + word, into));
  }

  private static Set<String> topics(Part part, AclOperation operation) {
    return part.rights().stream()
        .filter(right -> right.operation() == operation)
        .filter(right -> right.pattern().resourceType() == ResourceType.TOPIC)
        .filter(right -> right.pattern().patternType() == PatternType.LITERAL)
        .map(right -> right.pattern().name())
        .collect(Collectors.toSet());
  }

  @Test
  void agentsReadNothing_andTheApiWritesNothing() {
    assertThat(topics(Part.AGENT, AclOperation.READ)).isEmpty();
    assertThat(topics(Part.AGENT, AclOperation.WRITE))
        .containsExactlyInAnyOrder("telemetry", "allocations", "jobs", "nodes");
    assertThat(Part.SERVE.rights()).extracting(Right::operation).containsOnly(AclOperation.READ);
    assertThat(Part.DOCTOR.rights())
        .extracting(Right::operation)
        .containsOnly(AclOperation.READ, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);
  }

  /** Records of other releases are read by their schemas; only the setup may write there. */
  @Test
  void theSchemasAreWrittenByTheSetupAlone() {
    assertThat(Part.values())
        .filteredOn(part -> topics(part, AclOperation.WRITE).contains("schemas"))
        .containsExactly(Part.SETUP);
  }

  @Test
  void whatTheTopologiesRead_streamsMayRead() {
    assertThat(topics(Part.STREAMS, AclOperation.READ))
        .containsAll(StreamsApplication.inputs().stream().map(Topic::topicName).toList());
  }

  @Test
  void theTopicsOfSlurmsPlugin_areAdded() {
    assertThat(Part.SLURM_JOBS.rights(List.of("slurm-a", "slurm-b")))
        .containsAll(Part.SLURM_JOBS.rights())
        .extracting(Right::toString)
        .contains("Read of topic slurm-a", "Read of topic slurm-b");
  }

  @ParameterizedTest
  @EnumSource
  void theScript_hasTheSameRights(Part part) {
    List<Right> read = new ArrayList<>();
    SCRIPT.add(part.rights()).forEach(line -> read(line, "--add", read));
    assertThat(read).containsExactlyInAnyOrderElementsOf(part.rights());
    List<Right> removed = new ArrayList<>();
    SCRIPT.remove(part.rights()).forEach(line -> read(line, "--remove --force", removed));
    assertThat(removed).containsExactlyInAnyOrderElementsOf(part.rights());
  }

  /** The rights of a line, as kafka-acls.sh takes it: each operation on each resource. */
  private static void read(String line, String action, List<Right> into) {
    String start =
        "kafka-acls.sh --bootstrap-server kafka-1:9093,kafka-2:9093 --command-config admin.properties %s --allow-principal 'User:CN=n1 of '\\''lab'\\''' "
            .formatted(action);
    assertThat(line).startsWith(start);
    List<String> words = List.of(line.substring(start.length()).split(" "));
    List<AclOperation> operations = new ArrayList<>();
    PatternType pattern = words.contains("prefixed") ? PatternType.PREFIXED : PatternType.LITERAL;
    for (int i = 0; i < words.size(); i += 2) {
      String option = words.get(i);
      String value = i + 1 < words.size() ? words.get(i + 1) : "";
      switch (option) {
        case "--operation" ->
            operations.add(
                AclOperation.fromString(
                    value.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)));
        case "--resource-pattern-type" -> assertThat(value).isEqualTo("prefixed");
        case "--cluster" ->
            operations.forEach(
                one -> into.add(Right.of(ResourceType.CLUSTER, Resource.CLUSTER_NAME, one)));
        case "--topic", "--group", "--transactional-id" -> {
          ResourceType type = ResourceType.fromString(option.substring(2).replace('-', '_'));
          operations.forEach(one ->
              into.add(
                  pattern == PatternType.PREFIXED
                      ? Right.ofPrefix(type, value, one)
                      : Right.of(type, value, one)));
        }
        default -> throw new AssertionError(line);
      }
    }
  }

  @Test
  void theScript_namesAHostOnlyWhereThereIsOne() {
    assertThat(new AclScript("a:1", null, "User:agent", "10.0.0.7").add(Part.AGENT.rights()))
        .containsExactly(
            "kafka-acls.sh --bootstrap-server a:1 --add --allow-principal User:agent --allow-host 10.0.0.7 --operation Write --topic telemetry --topic allocations --topic jobs --topic nodes");
  }
}
