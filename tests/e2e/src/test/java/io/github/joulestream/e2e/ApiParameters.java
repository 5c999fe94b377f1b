// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every parameter of every path that is read, out of the OpenAPI document. */
final class ApiParameters {
  /** Values with which a path is answered. */
  private static final Map<String, String> USUAL =
      Map.of(
          "site", ServedSite.SITE,
          "node", ServedSite.NODE,
          "cluster", "zqcluster",
          "id", "zq4711",
          "kind", "director");

  /**
   * A parameter of a path.
   *
   * @param path template
   * @param inPath whether it is a part of the path
   * @param type of its schema; empty if it says none
   * @param repeats whether it may be repeated
   * @param others the names of the required ones besides it
   */
  record Parameter(
      String path, String name, boolean inPath, String type, boolean repeats, List<String> others) {
    /** Path and query in which this parameter has these values, and all else is usual. */
    String with(String... values) {
      StringBuilder text = new StringBuilder();
      for (String part : path.substring(1).split("/")) {
        String variable = part.startsWith("{") ? part.substring(1, part.length() - 1) : "";
        String value =
            variable.isEmpty()
                ? part
                : inPath && variable.equals(name)
                    ? encoded(values[0])
                    : requireNonNull(USUAL.get(variable), variable);
        text.append('/').append(value);
      }
      String separator = "?";
      for (String other : others) {
        text.append(separator).append(other).append('=').append(USUAL.get(other));
        separator = "&";
      }
      if (!inPath) {
        for (String value : values) {
          text.append(separator).append(name).append('=').append(encoded(value));
          separator = "&";
        }
      }
      return text.toString();
    }

    @Override
    public String toString() {
      return path + " " + name;
    }
  }

  private ApiParameters() {}

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static JsonNode document() throws IOException {
    try (InputStream in =
        ApiParameters.class.getResourceAsStream("/io/github/joulestream/serve/http/openapi.yaml")) {
      return new YAMLMapper().readTree(requireNonNull(in));
    }
  }

  /** Paths that are read, with usual values. */
  static List<String> paths() throws IOException {
    List<String> paths = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document().path("paths").properties()) {
      if (path.getValue().has("get")) {
        List<String> required = required(path.getValue().path("get").path("parameters"), "");
        paths.add(new Parameter(path.getKey(), "", false, "", false, required).with());
      }
    }
    return paths;
  }

  /** All parameters of paths that are read. */
  static List<Parameter> all() throws IOException {
    JsonNode document = document();
    List<Parameter> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      JsonNode parameters = path.getValue().path("get").path("parameters");
      for (JsonNode each : parameters) {
        JsonNode parameter =
            each.has("$ref") ? document.at(each.get("$ref").asText().substring(1)) : each;
        String name = parameter.get("name").asText();
        String type = parameter.at("/schema/type").asText();
        all.add(
            new Parameter(
                path.getKey(),
                name.replace("{name}", "model"),
                parameter.get("in").asText().equals("path"),
                type,
                type.equals("array"),
                required(parameters, name)));
      }
    }
    return all;
  }

  /** Required parameters of the query but one. */
  private static List<String> required(JsonNode parameters, String but) {
    List<String> names = new ArrayList<>();
    for (JsonNode parameter : parameters) {
      boolean required =
          parameter.path("required").asBoolean() && parameter.path("in").asText().equals("query");
      if (required && !parameter.path("name").asText().equals(but)) {
        names.add(parameter.path("name").asText());
      }
    }
    return names;
  }
}
