// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Sets of names, of which most have one or two: such a set is immutable and takes 16 bytes, where a
 * {@link HashSet} takes more than 100. A larger one is a {@code HashSet}, and is changed in place:
 * so each change costs the same however many names there are. The caller keeps what these return.
 */
final class NameSets {
  // what an immutable set holds without a table
  private static final int FEW = 2;

  private NameSets() {}

  /** The set with a name. */
  static Set<String> with(Set<String> names, String name) {
    if (names.size() > FEW) {
      names.add(name);
      return names;
    }
    if (names.contains(name)) {
      return names;
    }
    if (names.isEmpty()) {
      return Set.of(name);
    }
    if (names.size() < FEW) {
      return Set.of(names.iterator().next(), name);
    }
    Set<String> many = new HashSet<>(names);
    many.add(name);
    return many;
  }

  /** The set without a name. */
  static Set<String> without(Set<String> names, String name) {
    if (names.size() > FEW) {
      names.remove(name);
      return names.size() > FEW ? names : Set.copyOf(names);
    }
    if (!names.contains(name)) {
      return names;
    }
    for (String other : names) {
      if (!other.equals(name)) {
        return Set.of(other);
      }
    }
    return Set.of();
  }

  /** Adds a name to the set of a key. */
  static <K> void add(Map<K, Set<String>> sets, K key, String name) {
    sets.put(key, with(sets.getOrDefault(key, Set.of()), name));
  }

  /** Removes a name from the set of a key; true if none is left, and so no set. */
  static <K> boolean remove(Map<K, Set<String>> sets, K key, String name) {
    Set<String> before = sets.get(key);
    if (before == null) {
      return true;
    }
    Set<String> now = without(before, name);
    if (now.isEmpty()) {
      sets.remove(key);
    } else {
      sets.put(key, now);
    }
    return now.isEmpty();
  }
}
