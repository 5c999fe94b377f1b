// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of claims, by names as operators configure them. */
final class NestedClaims {
  private static final int MOST_VALUES = 1_000;

  private NestedClaims() {}

  /**
   * Values of a claim that are texts: of a list each, of a text itself; none of anything else.
   *
   * @param name a claim of that name, dots and all; if there is none, its dots separate a claim
   *     from one within it. Empty: none.
   */
  static List<String> values(Map<String, Object> claims, String name) {
    List<String> values = new ArrayList<>();
    Object claim = name.isEmpty() ? null : find(claims, name);
    if (claim instanceof Collection<?> list) {
      for (Object element : list) {
        if (element instanceof String text && !text.isBlank() && values.size() < MOST_VALUES) {
          values.add(text);
        }
      }
    } else if (claim instanceof String text && !text.isBlank()) {
      values.add(text);
    }
    return values;
  }

  private static @Nullable Object find(Map<?, ?> claims, String name) {
    if (claims.containsKey(name)) {
      return claims.get(name);
    }
    // names within may have dots too: resource_access.joulestream.example.org.roles
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (claims.get(name.substring(0, dot)) instanceof Map<?, ?> within) {
        Object found = find(within, name.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
