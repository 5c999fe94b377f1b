// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.eed;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What an operator typed in for a site. A value without the form of its key is as if missing. */
final class TypedIn {
  private final Map<String, String> values;

  TypedIn(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** A text; empty if missing. */
  Optional<String> text(EedKeys key) {
    String value = Objects.requireNonNullElse(values.get(key.key()), "").strip();
    return key.accepts(value) ? Optional.of(value) : Optional.empty();
  }

  /** A number; empty if missing. */
  Optional<BigDecimal> number(EedKeys key) {
    return text(key).map(BigDecimal::new);
  }

  /** What is wrong with values that were left out, each as a sentence. */
  List<String> wrong(String site) {
    List<String> wrong = new ArrayList<>();
    new TreeMap<>(values)
        .forEach((key, value) -> {
          String why = EedKeys.wrong(key, value);
          if (why != null) {
            wrong.add("Site %s, %s, is left out: %s.".formatted(site, key, why));
          }
        });
    return wrong;
  }
}
