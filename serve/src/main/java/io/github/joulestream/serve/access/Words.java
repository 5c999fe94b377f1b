// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A line of a file of tokens or groups: {@code key=value} words with spaces between them. Empty
 * lines, and lines that begin with {@code #}, say nothing.
 */
final class Words {
  private final Map<String, String> words = new LinkedHashMap<>();

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if it has another form; the message does not repeat values,
   *     one of which may be a secret in the wrong place
   */
  Words(String line, Set<String> known) {
    for (String word : line.strip().split("\\s+")) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? "" : word.substring(0, equals);
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "a word is not of the form KEY=VALUE with a key of " + String.join(", ", known));
      }
      if (equals == word.length() - 1) {
        throw new IllegalArgumentException(key + " has no value; leave it out");
      }
      if (words.put(key, word.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(key + " is there twice");
      }
    }
  }

  /** Whether a line says nothing. */
  static boolean isComment(String line) {
    return line.isBlank() || line.strip().startsWith("#");
  }

  String get(String key, String otherwise) {
    return words.getOrDefault(key, otherwise);
  }

  /**
   * A value that has to be there.
   *
   * @throws IllegalArgumentException if it is not
   */
  String require(String key) {
    String value = words.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + "= is missing");
    }
    return value;
  }

  /** Names with commas between them. */
  List<String> list(String key) {
    return split(words.getOrDefault(key, ""), ",");
  }

  /** Role of a word, by its name in any case. */
  Role role(Role otherwise) {
    String name = words.get("role");
    return name == null ? otherwise : role(name);
  }

  /**
   * A role by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  static Role role(String name) {
    for (Role role : Role.values()) {
      if (role.name().equalsIgnoreCase(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "a role is one of " + String.join(", ", names()) + ", not that");
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (Role role : Role.values()) {
      names.add(role.name().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  /** Parts of a text that are not empty, without spaces around them. */
  static List<String> split(String text, String separator) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(separator, -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }
}
