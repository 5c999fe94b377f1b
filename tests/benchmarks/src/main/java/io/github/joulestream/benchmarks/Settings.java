// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments of the form {@code name=value}, each with a default and a meaning. */
final class Settings {
  private final String purpose;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> help = new LinkedHashMap<>();

  /**
   * @param purpose what the program does, for people
   */
  Settings(String purpose) {
    this.purpose = purpose;
  }

  /** Adds a name; all that are not added are refused. */
  Settings with(String name, String value, String meaning) {
    values.put(name, value);
    help.put(
        name, "%-14s %s%s".formatted(name, meaning, value.isEmpty() ? "" : " (" + value + ")"));
    return this;
  }

  /** Every harness has these. */
  Settings withCommon() {
    return with("json", "", "file for the results as JSON")
        .with(
            "jvm",
            "-Xmx3g -XX:+UseParallelGC -XX:+UseCompactObjectHeaders"
                + " -XX:+UseTransparentHugePages -Xlog:pagesize=off",
            "options of each process measured");
  }

  /** Takes the arguments; what is wrong with them ends the program with an explanation. */
  Settings read(String... args) {
    for (String arg : args) {
      int at = arg.indexOf('=');
      if (at < 0 || !values.containsKey(arg.substring(0, at))) {
        throw refuse(
            List.of("help", "--help", "-h").contains(arg) ? "" : "'" + arg + "' is not known");
      }
      values.put(arg.substring(0, at), arg.substring(at + 1));
    }
    return this;
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name);
    }
    return value;
  }

  List<String> list(String name) {
    return List.of(text(name).split(","));
  }

  int number(String name) {
    return number(name, text(name));
  }

  List<Integer> numbers(String name) {
    return list(name).stream().map(text -> number(name, text)).toList();
  }

  private int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw refuse("%s=%s is not a whole number".formatted(name, text));
    }
  }

  boolean is(String name) {
    return switch (text(name)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refuse("%s=%s is neither true nor false".formatted(name, text(name)));
    };
  }

  Map<String, String> all() {
    return values;
  }

  /** Says what is wrong and what there is; the program ends. */
  IllegalStateException refuse(String problem) {
    if (!problem.isEmpty()) {
      System.err.println(problem);
    }
    System.err.printf("%s%n%nname=value ...%n", purpose);
    help.values().forEach(line -> System.err.println("  " + line));
    System.exit(problem.isEmpty() ? 0 : 2);
    return new IllegalStateException(problem);
  }
}
