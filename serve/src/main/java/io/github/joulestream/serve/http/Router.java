// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the route of a request. A path without variables goes before one with them. */
final class Router {
  private final List<Template> templates = new ArrayList<>();

  /** A path, with its parts. */
  private record Template(List<String> parts, Map<String, Route> byMethod) {
    boolean matches(List<String> segments) {
      if (segments.size() != parts.size()) {
        return false;
      }
      for (int i = 0; i < parts.size(); i++) {
        if (!isVariable(parts.get(i)) && !parts.get(i).equals(segments.get(i))) {
          return false;
        }
      }
      return true;
    }

    Map<String, String> variables(List<String> segments) {
      Map<String, String> variables = new HashMap<>();
      for (int i = 0; i < parts.size(); i++) {
        String part = parts.get(i);
        if (isVariable(part)) {
          variables.put(part.substring(1, part.length() - 1), segments.get(i));
        }
      }
      return variables;
    }
  }

  /**
   * What was found.
   *
   * @param variables parts of the path by name
   */
  record Match(Route route, Map<String, String> variables) {}

  /** There is such a path, and not this method of it. */
  static final class WrongMethod extends Exception {
    private static final long serialVersionUID = 1;

    private final transient SortedSet<String> allowed;

    private WrongMethod(SortedSet<String> allowed) {
      super("allowed are " + allowed);
      this.allowed = allowed;
    }

    String allow() {
      return String.join(", ", allowed);
    }
  }

  Router(List<Route> routes) {
    Map<List<String>, Template> byParts = new HashMap<>();
    for (Route route : routes) {
      List<String> parts = List.of(route.path().substring(1).split("/", -1));
      Template template = byParts.computeIfAbsent(parts, key -> new Template(key, new HashMap<>()));
      if (template.byMethod.put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes of %s %s".formatted(route.method(), route.path()));
      }
    }
    templates.addAll(byParts.values());
    templates.sort((a, b) -> Long.compare(variables(a), variables(b)));
  }

  private static long variables(Template template) {
    return template.parts.stream().filter(Router::isVariable).count();
  }

  private static boolean isVariable(String part) {
    return part.startsWith("{") && part.endsWith("}");
  }

  /**
   * The route of a request.
   *
   * @param path as it was sent
   * @return empty if there is none, or if no such path may be asked for
   */
  Optional<Match> find(String method, String path) throws WrongMethod {
    Optional<List<String>> decoded = PathText.segments(path);
    if (decoded.isEmpty()) {
      return Optional.empty();
    }
    List<String> segments = decoded.get();
    SortedSet<String> allowed = new TreeSet<>();
    String wanted = method.equals("HEAD") ? "GET" : method;
    for (Template template : templates) {
      if (template.matches(segments)) {
        Route route = template.byMethod.get(wanted);
        if (route != null) {
          return Optional.of(new Match(route, template.variables(segments)));
        }
        allowed.addAll(template.byMethod.keySet());
      }
    }
    if (allowed.isEmpty()) {
      return Optional.empty();
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    throw new WrongMethod(allowed);
  }
}
