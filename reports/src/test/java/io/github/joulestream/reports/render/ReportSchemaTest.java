// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What is written is as docs/report.schema.json says. */
class ReportSchemaTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What of JSON Schema 2020-12 the checks below know; the schema is to use no more. */
  private static final Set<String> KNOWN =
      Set.of(
          "$schema",
          "$defs",
          "$ref",
          "title",
          "description",
          "type",
          "properties",
          "required",
          "additionalProperties",
          "patternProperties",
          "items",
          "maxItems",
          "enum",
          "const",
          "oneOf",
          "format",
          "pattern");

  private final JsonNode schema = schema();
  private final List<String> errors = new ArrayList<>();

  private static JsonNode schema() {
    try {
      return MAPPER.readTree(Files.readString(Path.of("..", "docs", "report.schema.json")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> errors(JsonNode value) {
    errors.clear();
    check(schema, value, "");
    return List.copyOf(errors);
  }

  private void check(JsonNode rule, JsonNode value, String path) {
    assertThat(KNOWN).containsAll(rule::fieldNames);
    if (rule.has("$ref")) {
      check(schema.at(rule.get("$ref").asText().substring(1)), value, path);
    }
    require(!rule.has("type") || isOfType(rule.get("type"), value), path, "type");
    require(!rule.has("const") || rule.get("const").equals(value), path, "const");
    require(!rule.has("enum") || contains(rule.get("enum"), value), path, "enum");
    require(
        !rule.has("pattern") || value.asText().matches(rule.get("pattern").asText()),
        path,
        "pattern");
    require(
        !rule.has("maxItems") || value.size() <= rule.get("maxItems").asInt(), path, "maxItems");
    for (JsonNode name : rule.path("required")) {
      require(value.has(name.asText()), path, "required " + name);
    }
    if (rule.has("oneOf")) {
      int before = errors.size();
      long fitting =
          StreamSupport.stream(rule.get("oneOf").spliterator(), false)
              .filter(one -> {
                int found = errors.size();
                check(one, value, path);
                return errors.size() == found;
              })
              .count();
      errors.subList(before, errors.size()).clear();
      require(fitting == 1, path, "oneOf");
    }
    if (value.isArray() && rule.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        check(rule.get("items"), value.get(i), path + "/" + i);
      }
    }
    if (value.isObject()) {
      fields(rule, value, path);
    }
  }

  private void fields(JsonNode rule, JsonNode value, String path) {
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String at = path + "/" + field.getKey();
      boolean known = false;
      if (rule.path("properties").has(field.getKey())) {
        check(rule.get("properties").get(field.getKey()), field.getValue(), at);
        known = true;
      }
      for (Map.Entry<String, JsonNode> pattern : rule.path("patternProperties").properties()) {
        if (field.getKey().matches(pattern.getKey())) {
          check(pattern.getValue(), field.getValue(), at);
          known = true;
        }
      }
      JsonNode others = rule.path("additionalProperties");
      if (!known && others.isObject()) {
        check(others, field.getValue(), at);
      }
      require(known || !others.isBoolean() || others.asBoolean(), at, "additionalProperties");
    }
  }

  private void require(boolean fits, String path, String rule) {
    if (!fits) {
      errors.add(path + ": " + rule);
    }
  }

  private static boolean contains(JsonNode all, JsonNode one) {
    return StreamSupport.stream(all.spliterator(), false).anyMatch(one::equals);
  }

  private static boolean isOfType(JsonNode types, JsonNode value) {
    if (types.isArray()) {
      return StreamSupport.stream(types.spliterator(), false)
          .anyMatch(type -> isOfType(type, value));
    }
    return switch (types.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "number" -> value.isNumber();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException(types.asText());
    };
  }

  @Test
  void whatIsWritten_isAsTheSchemaSays() throws IOException {
    assertThat(errors(MAPPER.readTree(Reports.bytes(new JsonRenderer(), Samples.rich()))))
        .isEmpty();
    for (int seed = 0; seed < 40; seed++) {
      assertThat(errors(MAPPER.readTree(Reports.bytes(new JsonRenderer(), Reports.of(seed)))))
          .isEmpty();
    }
  }

  @Test
  void whatIsOtherwise_isSeen() throws IOException {
    ObjectNode report =
        (ObjectNode) MAPPER.readTree(Reports.bytes(new JsonRenderer(), Samples.rich()));
    ObjectNode meta = (ObjectNode) report.get("meta");
    meta.put("schema_version", 2);
    meta.put("from", "yesterday");
    meta.remove("zone");
    meta.remove("as_of");
    meta.put("more", 1);
    ((ObjectNode) report.get("tiles").get(0)).put("value_millijoules", "1");
    ((ObjectNode) report.get("sections").get(0)).put("table", 1);
    assertThat(errors(report))
        .containsExactlyInAnyOrder(
            "/meta: required \"as_of\"",
            "/meta/schema_version: const",
            "/meta/from: pattern",
            "/meta/more: additionalProperties",
            "/tiles/0/value_millijoules: type",
            "/sections/0/table: oneOf");
  }
}
