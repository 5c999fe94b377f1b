// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** Arguments of the form {@code name=value}, each with a default. */
final class Settings {
  private final Map<String, String> values;

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Takes the arguments.
   *
   * @param defaults every name there is, and its value where none is given
   */
  static Settings of(Map<String, String> defaults, String... args) {
    Map<String, String> values = new LinkedHashMap<>(defaults);
    for (String arg : args) {
      int at = arg.indexOf('=');
      if (at < 0 || !values.containsKey(arg.substring(0, at))) {
        System.err.printf(
            "'%s' is not one of %s, as name=value%n", arg, new TreeSet<>(values.keySet()));
        System.exit(2);
      }
      values.put(arg.substring(0, at), arg.substring(at + 1));
    }
    return new Settings(values);
  }

  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(text(name));
  }

  Map<String, String> all() {
    return values;
  }
}
