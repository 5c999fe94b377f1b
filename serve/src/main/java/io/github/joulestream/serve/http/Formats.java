// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** In which form an answer is wanted: the parameter {@code format}, or the header Accept. */
final class Formats {
  private static final String LISTED = "format=";
  private static final List<String> TABLE = List.of("json", "csv");
  private static final Map<String, String> TYPES =
      Map.of(
          "json", "application/json",
          "csv", "text/csv",
          "html", "text/html",
          "pdf", "application/pdf",
          "markdown", "text/markdown");

  private Formats() {}

  /** Forms that a route has, the usual one first; none if it has one alone. */
  static List<String> of(Route route) {
    for (String parameter : route.parameters()) {
      if (parameter.startsWith(LISTED)) {
        return List.of(parameter.substring(LISTED.length()).split("\\|", -1));
      }
    }
    return route.parameters().contains("format") ? TABLE : List.of();
  }

  /** Which of them is wanted. */
  static String chosen(Route route, Optional<String> parameter, List<String> accept)
      throws Problem {
    List<String> formats = of(route);
    if (formats.isEmpty()) {
      return "json";
    }
    if (parameter.isPresent()) {
      if (!formats.contains(parameter.get())) {
        throw Problem.parameter("format", "it must be one of " + String.join(", ", formats));
      }
      return parameter.get();
    }
    return accept.isEmpty() ? formats.getFirst() : accepted(formats, accept);
  }

  private static String accepted(List<String> formats, List<String> accept) throws Problem {
    String best = "";
    double weight = 0;
    for (String format : formats) {
      double wanted = weight(TYPES.getOrDefault(format, "text/" + format), accept);
      if (wanted > weight) {
        best = format;
        weight = wanted;
      }
    }
    if (best.isEmpty()) {
      throw Problem.of(
          406,
          "Not acceptable",
          "there are %s; give ?format= or another Accept".formatted(String.join(", ", formats)));
    }
    return best;
  }

  /** Of the most specific range that names a type, RFC 9110 section 12.5.1. */
  private static double weight(String type, List<String> accept) {
    double weight = 0;
    int specific = -1;
    for (String range : String.join(",", accept).split(",", -1)) {
      String[] parts = range.split(";", -1);
      String name = parts[0].strip().toLowerCase(Locale.ROOT);
      int match =
          name.equals(type)
              ? 2
              : name.endsWith("/*") && type.startsWith(name.substring(0, name.length() - 1))
                  ? 1
                  : name.equals("*/*") ? 0 : -1;
      if (match > specific) {
        specific = match;
        weight = quality(parts);
      }
    }
    return weight;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.matches("q=[01](?:\\.\\d{0,3})?")) {
        return Double.parseDouble(parameter.substring(2));
      }
    }
    return 1;
  }
}
