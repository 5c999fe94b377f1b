// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reference;

import io.github.joulestream.app.Main;
import io.github.joulestream.app.up.Summary;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.runtime.Metric;
import io.github.joulestream.schemas.Topic;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import picocli.CommandLine;

/**
 * Names of options, metrics, topics, measurements and fields: those that exist, and those that a
 * text uses.
 */
final class Names {
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]+");
  private static final Pattern METRIC = Pattern.compile("\\bjoulestream_[a-z_]+[a-z]\\b(?!_)");
  private static final Pattern TOPIC =
      Pattern.compile("\\b[Tt]opics? `([a-z-]+)`(?: and `([a-z-]+)`)?|`([a-z-]+)` topic");
  private static final Pattern SNAKE = Pattern.compile("`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`");
  private static final Pattern CAMEL = Pattern.compile("`([a-z]+(?:[A-Z][a-z]+)+)`");

  private final Set<String> options = new TreeSet<>();
  private final Set<String> metrics = new TreeSet<>();
  private final Set<String> topics = new TreeSet<>();
  private final Set<String> stored = new TreeSet<>();
  private final Set<String> fields = new TreeSet<>();

  /** The names that exist. */
  static Names ofTheCode() throws IOException {
    Names names = new Names();
    names.addOptions(new CommandLine(new Main()));
    for (Metric metric : Metric.values()) {
      names.metrics.add(metric.metricName());
    }
    for (Topic topic : Topic.values()) {
      names.topics.add(topic.topicName());
    }
    for (Measurement measurement : Measurement.values()) {
      names.stored.add(measurement.measurementName());
      names.stored.addAll(measurement.tags());
      names.stored.addAll(measurement.fields().keySet());
    }
    names.stored.addAll(List.of(Summary.HEADER.split(",")));
    names.addConstants(SeriesKind.values());
    names.addConstants(EnergySource.values());
    for (Schema schema : TopicsPage.schemas()) {
      names.addFields(schema);
    }
    names.addNamesOfTheApi();
    return names;
  }

  /** Names that the document of the API defines: of properties, parameters, operations. */
  private void addNamesOfTheApi() throws IOException {
    String document =
        Files.readString(
            Path.of("../serve/src/main/resources/io/github/joulestream/serve/http/openapi.yaml"));
    Matcher name = Pattern.compile("\\b([a-z]+[A-Z]\\w*)\\b").matcher(document);
    while (name.find()) {
      fields.add(name.group(1));
    }
  }

  private void addConstants(Enum<?>[] constants) {
    for (Enum<?> constant : constants) {
      stored.add(constant.name().toLowerCase(Locale.ROOT));
    }
  }

  private void addOptions(CommandLine line) {
    line.getCommandSpec().options().forEach(option -> options.addAll(Set.of(option.names())));
    line.getSubcommands().values().forEach(this::addOptions);
  }

  private void addFields(Schema schema) {
    switch (schema.getType()) {
      case RECORD ->
          schema
              .getFields()
              .forEach(field -> {
                fields.add(field.name());
                addFields(field.schema());
              });
      case ARRAY -> addFields(schema.getElementType());
      case MAP -> addFields(schema.getValueType());
      case UNION -> schema.getTypes().forEach(this::addFields);
      default -> {
        // no fields
      }
    }
  }

  /**
   * Names in a text that do not exist; functions of NVML ({@code nvmlDevice...}) are not looked up.
   *
   * @param foreign names of other programs that the text may use
   */
  Set<String> unknownIn(String text, Set<String> foreign) {
    Set<String> unknown = new TreeSet<>();
    for (String option : found(OPTION, text)) {
      if (!options.contains(option)) {
        unknown.add(option);
      }
    }
    for (String metric : found(METRIC, text)) {
      if (!metrics.contains(metric)
          && metrics.stream().noneMatch(name -> name.startsWith(metric + "_"))) {
        unknown.add(metric);
      }
    }
    for (String topic : found(TOPIC, text)) {
      if (!topics.contains(topic)) {
        unknown.add("topic " + topic);
      }
    }
    for (String name : found(SNAKE, text)) {
      if (!stored.contains(name) && !metrics.contains(name)) {
        unknown.add(name);
      }
    }
    for (String name : found(CAMEL, text)) {
      if (!fields.contains(name) && !name.startsWith("nvml")) {
        unknown.add(name);
      }
    }
    unknown.removeAll(foreign);
    return unknown;
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      if (matcher.groupCount() == 0) {
        found.add(matcher.group());
      }
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          found.add(matcher.group(group));
        }
      }
    }
    return found;
  }
}
