// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import io.github.joulestream.app.rights.Part;
import io.github.joulestream.app.rights.SameOperations;
import io.github.joulestream.schemas.Topic;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** docs/acl.md, from {@link Part}. */
final class AclPage {
  private AclPage() {}

  static String text() {
    StringBuilder page =
        new StringBuilder(
            """
            # Rights in Kafka

            What Kafka must permit each part, and no more. Each part has a principal of its own; how to set it up: [securing Kafka](operations.md#securing-kafka).
            `joulestream topics acl --part PART --principal User:NAME` prints a part's rights as commands of `kafka-acls.sh`; `--apply` gives them, `--remove`
            takes them back, `--check` shows what is missing or not needed. Why it is so: [0072](decisions/0072-rights-by-part.md). This page is generated from
            `Part`; an integration test runs every command with these rights and finds each of them used.

            Names that end in `*` are prefixes. Read, write, delete and alter include describe. A producer without transactions needs no right to the cluster.

            | part | what it is | commands |
            |---|---|---|
            """);
    for (Part part : Part.values()) {
      page.append(
          "| [%s](#%s) | %s | %s |%n"
              .formatted(
                  part.label(),
                  part.label(),
                  part.words(),
                  part.commands().stream()
                      .map("`%s`"::formatted)
                      .collect(Collectors.joining(", "))));
    }
    page.append(
        "%n## Which part may write to which topic%n%n| topic | parts |%n|---|---|%n".formatted());
    for (Topic topic : Topic.values()) {
      page.append(
          "| `%s` | %s |%n"
              .formatted(
                  topic.topicName(),
                  Stream.of(Part.values())
                      .filter(part ->
                          part.rights().stream()
                              .anyMatch(right ->
                                  right.operation() == AclOperation.WRITE
                                      && right.pattern().name().equals(topic.topicName())))
                      .map(Part::label)
                      .collect(Collectors.joining(", "))));
    }
    for (Part part : Part.values()) {
      page.append(
          "%n## %s%n%n| resource | names | operations |%n|---|---|---|%n".formatted(part.label()));
      for (SameOperations same : SameOperations.of(part.rights())) {
        page.append(
            "| %s | %s | %s |%n"
                .formatted(
                    same.typeInWords(),
                    names(same),
                    same.operations().stream()
                        .map(one -> one.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .collect(Collectors.joining(", "))));
      }
      if (part == Part.SLURM_JOBS) {
        page.append(
            "| topic | those that Slurm's plugin writes to: `--topic` | read |%n".formatted());
      }
    }
    return page.toString();
  }

  private static String names(SameOperations same) {
    if (same.type() == ResourceType.CLUSTER) {
      return "";
    }
    String end = same.pattern() == PatternType.PREFIXED ? "*" : "";
    return same.names().stream()
        .map(name -> "`%s%s`".formatted(name, end))
        .collect(Collectors.joining(", "));
  }
}
