// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.github.joulestream.serve.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The OpenAPI document, to hold routes and answers against. */
public final class ApiDocument {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEMAS = "#/components/schemas/";

  private final String text;
  private final JsonNode root;
  private final Map<JsonNode, Schema> schemas = new HashMap<>();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  public ApiDocument() {
    try (InputStream in = requireNonNull(Route.class.getResourceAsStream("openapi.yaml"))) {
      text = new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    root = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  /** As it is written. */
  public String text() {
    return text;
  }

  /** Attributes without a value. */
  public List<String> withoutValue() {
    List<String> found = new ArrayList<>();
    collectWithoutValue(root, "", found);
    return found;
  }

  private static void collectWithoutValue(JsonNode node, String path, List<String> found) {
    node.properties()
        .forEach(field -> {
          if (field.getValue().isNull()) {
            found.add(path + "/" + field.getKey());
          }
          collectWithoutValue(field.getValue(), path + "/" + field.getKey(), found);
        });
    if (node.isArray()) {
      node.forEach(one -> collectWithoutValue(one, path + "/-", found));
    }
  }

  /** Names of query parameters of each {@code GET /path}. */
  public SortedMap<String, SortedSet<String>> operations() {
    SortedMap<String, SortedSet<String>> operations = new TreeMap<>();
    root.path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method -> {
                  SortedSet<String> names = new TreeSet<>();
                  for (JsonNode parameter : method.getValue().path("parameters")) {
                    JsonNode resolved = resolved(parameter);
                    if (resolved.path("in").asText().equals("query")) {
                      names.add(name(resolved));
                    }
                  }
                  operations.put(
                      method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), names);
                }));
    return operations;
  }

  /** As {@link Route#parameters} has it. */
  private static String name(JsonNode parameter) {
    String name = parameter.path("name").asText();
    int group = name.indexOf(".{");
    if (group >= 0) {
      return name.substring(0, group + 1);
    }
    JsonNode schema = parameter.path("schema");
    if (name.equals("format") && schema.path("enum").size() != 2) {
      List<String> forms = new ArrayList<>(List.of(schema.path("default").asText()));
      schema
          .path("enum")
          .forEach(form -> {
            if (!forms.contains(form.asText())) {
              forms.add(form.asText());
            }
          });
      return "format=" + String.join("|", forms);
    }
    return schema.path("type").asText().equals("array") ? name + "*" : name;
  }

  private JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.isEmpty() ? node : root.at(ref.substring(1));
  }

  /** Media types of what is answered to a GET. */
  public SortedSet<String> types(String path) {
    SortedSet<String> types = new TreeSet<>();
    root.at("/paths")
        .path(path)
        .path("get")
        .path("responses")
        .path("200")
        .path("content")
        .properties()
        .forEach(type -> types.add(type.getKey()));
    return types;
  }

  /**
   * What is wrong with the JSON that was answered.
   *
   * @param path of the document: {@code /api/v1/sites/{site}}
   */
  public List<String> errors(String method, String path, int status, String body) {
    JsonNode responses = root.at("/paths").path(path).path(method).path("responses");
    JsonNode response = responses.path(String.valueOf(status));
    String type = "application/json";
    if (response.isMissingNode()) {
      response = resolved(responses.path("default"));
      type = "application/problem+json";
    }
    JsonNode schema = response.path("content").path(type).path("schema");
    if (schema.isMissingNode()) {
      return List.of("the document has no %s %s %d %s".formatted(method, path, status, type));
    }
    return errors(schema, body);
  }

  /** What is wrong with data of an event or an answer, by the name of its schema. */
  public List<String> errors(String schema, String body) {
    return errors(root.at("/components/schemas").path(schema), body);
  }

  private List<String> errors(JsonNode schema, String body) {
    try {
      return schemas.computeIfAbsent(schema, this::compiled).validate(JSON.readTree(body)).stream()
          .map(Error::toString)
          .toList();
    } catch (IOException e) {
      return List.of("no JSON: " + body);
    }
  }

  private Schema compiled(JsonNode schema) {
    ObjectNode whole = JSON.createObjectNode();
    whole.setAll((ObjectNode) schema.deepCopy());
    whole.set("$defs", root.at("/components/schemas"));
    try {
      return registry.getSchema(JSON.readTree(whole.toString().replace(SCHEMAS, "#/$defs/")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
