// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.order;

import io.github.joulestream.runtime.Spelling;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Which names somebody may have meant. */
final class NamesAlike {
  private static final int MOST = 5;

  private NamesAlike() {}

  /**
   * At most five known names that are like one, the nearest first: those that contain it or are
   * contained in it, and those that need few edits; whatever their case.
   */
  static List<String> of(String name, Collection<String> known) {
    String wanted = name.toLowerCase(Locale.ROOT);
    record Near(String name, int edits) {}
    return known.stream()
        .filter(candidate -> !candidate.isEmpty())
        .map(candidate -> {
          String other = candidate.toLowerCase(Locale.ROOT);
          int edits = Spelling.edits(wanted, other);
          boolean contains =
              !wanted.isEmpty() && (other.contains(wanted) || wanted.contains(other));
          boolean few = edits <= Math.max(1, wanted.length() / 3);
          return new Near(candidate, few ? edits : contains ? wanted.length() + edits : -1);
        })
        .filter(near -> near.edits >= 0)
        .sorted(Comparator.comparingInt(Near::edits).thenComparing(Near::name))
        .limit(MOST)
        .map(Near::name)
        .toList();
  }
}
