// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import static io.github.joulestream.app.reference.ReferencePagesTest.cell;

import io.github.joulestream.schemas.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/** docs/topics.md, from {@link Topic} and the schemas. */
final class TopicsPage {
  private static final Path FOLDER =
      Path.of("../schemas/src/main/resources/io/github/joulestream/schemas");
  private static final Pattern TOPICS = Pattern.compile("Topics? ([a-z-]+)(?: and ([a-z-]+))?");

  private TopicsPage() {}

  static List<Schema> schemas() throws IOException {
    List<Schema> schemas = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".avsc")) {
          schemas.add(new Schema.Parser().parse(Files.readString(file)));
        }
      }
    }
    return schemas;
  }

  static String text() throws IOException {
    Map<String, Schema> byTopic = new LinkedHashMap<>();
    for (Schema schema : schemas()) {
      Matcher topics = TOPICS.matcher(schema.getDoc());
      if (topics.find()) {
        byTopic.put(topics.group(1), schema);
        if (topics.group(2) != null) {
          byTopic.put(topics.group(2), schema);
        }
      }
    }
    StringBuilder page =
        new StringBuilder(
            """
            # Topics and records

            What becomes of records that cannot be used, and of records without a value: [records](records.md). Partitions *as chosen*: the number of
            `topics create --partitions`, the same for all of them. This page is generated from `Topic` and the Avro schemas.

            | topic | key | partitions | kept | record |
            |---|---|---|---|---|
            """);
    for (Topic topic : Topic.values()) {
      Schema schema = byTopic.get(topic.topicName());
      page.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  topic.topicName(),
                  topic.key(),
                  topic.spread() == Topic.Spread.SINGLE ? "1" : "as chosen",
                  kept(topic),
                  schema == null ? withoutRecord(topic) : link(schema.getName())));
    }
    for (Schema schema : new LinkedHashSet<>(byTopic.values())) {
      page.append("%n## %s%n%n%s%n".formatted(schema.getName(), cell(schema.getDoc())));
      fields(page, schema);
    }
    return page.toString();
  }

  private static String kept(Topic topic) {
    if (topic.compacted()) {
      return "compacted";
    }
    String bytes = topic.config().get(Topic.RETENTION_BYTES);
    return topic.retention().toDays()
        + " days"
        + (bytes == null ? "" : ", at most %d GiB".formatted(Long.parseLong(bytes) >> 30));
  }

  private static String withoutRecord(Topic topic) {
    return switch (topic) {
      case DEAD_LETTER -> "the value that was refused, or its beginning; [headers](dead-letter.md)";
      case SCHEMAS -> "an Avro schema as JSON";
      default -> throw new IllegalStateException(topic + " is named by no schema");
    };
  }

  private static String link(String name) {
    return "[%s](#%s)".formatted(name, name.toLowerCase(Locale.ROOT));
  }

  private static void fields(StringBuilder page, Schema record) {
    page.append("%n| field | type | meaning |%n|---|---|---|%n".formatted());
    append(page, "", record);
  }

  private static void append(StringBuilder page, String prefix, Schema record) {
    for (Schema.Field field : record.getFields()) {
      String name = prefix + field.name();
      page.append(
          "| `%s` | %s | %s |%n"
              .formatted(name, type(field.schema()), field.doc() == null ? "" : cell(field.doc())));
      Schema inner = inner(field.schema());
      if (inner.getType() == Schema.Type.RECORD) {
        append(page, name + ".", inner);
      }
    }
  }

  /** What an array, a map or a nullable field holds. */
  private static Schema inner(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> inner(schema.getElementType());
      case MAP -> inner(schema.getValueType());
      case UNION ->
          schema.getTypes().stream()
              .filter(type -> type.getType() != Schema.Type.NULL)
              .findFirst()
              .map(TopicsPage::inner)
              .orElse(schema);
      default -> schema;
    };
  }

  private static String type(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> "array of " + type(schema.getElementType());
      case MAP -> "map of " + type(schema.getValueType());
      case ENUM -> String.join(", ", schema.getEnumSymbols());
      case UNION -> type(inner(schema)) + " or null";
      case RECORD -> schema.getName();
      default -> schema.getType().getName();
    };
  }
}
