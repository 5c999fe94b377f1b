// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Query parameters of a request, held against those of its route. */
final class QueryText {
  private static final int MAX_NAME = 300;
  private static final int MAX_VALUE = 2_000;
  private static final int MAX_VALUES = 200;

  private QueryText() {}

  /**
   * Values by name; a parameter without a value is absent.
   *
   * @throws Problem if a name is not the route's, a parameter is repeated that may not be, or a
   *     text cannot be decoded
   */
  static SortedMap<String, List<String>> read(@Nullable String query, Route route) throws Problem {
    SortedMap<String, List<String>> values = new TreeMap<>();
    if (query == null || query.isEmpty()) {
      return values;
    }
    String[] pairs = query.split("&", -1);
    if (pairs.length > MAX_VALUES) {
      throw Problem.of(
          400, "Too many parameters", "a query has at most %d parameters".formatted(MAX_VALUES));
    }
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String name = name(equals < 0 ? pair : pair.substring(0, equals), route);
      List<String> sofar = values.computeIfAbsent(name, key -> new ArrayList<>());
      if (!sofar.isEmpty() && !route.parameters().contains(name + "*")) {
        throw Problem.parameter(name, "it is there more than once");
      }
      String value = value(name, equals < 0 ? "" : pair.substring(equals + 1));
      sofar.add(value);
    }
    return Collections.unmodifiableSortedMap(values);
  }

  private static String name(String text, Route route) throws Problem {
    Optional<String> decoded = PathText.decoded(text, true);
    if (decoded.isEmpty() || decoded.get().isEmpty() || decoded.get().length() > MAX_NAME) {
      throw Problem.of(
          400,
          "A parameter is wrong",
          "the name of a parameter is empty, too long or not readable");
    }
    String name = decoded.get();
    if (!isKnown(name, route.parameters())) {
      throw Problem.parameter(name, "there is no such parameter; there are " + names(route));
    }
    return name;
  }

  private static boolean isKnown(String name, Set<String> known) {
    if (known.contains(name) || known.contains(name + "*")) {
      return !name.endsWith(".") && !name.endsWith("*") && !name.startsWith("format=");
    }
    if (name.equals("format")) {
      return known.stream().anyMatch(known1 -> known1.startsWith("format="));
    }
    return known.stream()
        .anyMatch(prefix ->
            prefix.endsWith(".") && name.startsWith(prefix) && name.length() > prefix.length());
  }

  private static String names(Route route) {
    if (route.parameters().isEmpty()) {
      return "none here";
    }
    return String.join(
        ", ",
        route.parameters().stream()
            .map(name ->
                name.startsWith("format=")
                    ? "format"
                    : name.endsWith(".") ? name + "NAME" : name.replace("*", ""))
            .sorted()
            .toList());
  }

  private static String value(String name, String text) throws Problem {
    Optional<String> decoded = PathText.decoded(text, true);
    if (decoded.isEmpty()) {
      throw Problem.parameter(
          name, "it must be UTF-8, percent-encoded, without control characters");
    }
    if (decoded.get().length() > MAX_VALUE) {
      throw Problem.parameter(name, "it has more than %,d characters".formatted(MAX_VALUE));
    }
    return decoded.get();
  }
}
