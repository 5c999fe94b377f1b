// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was left out or refused, and why. Equal reasons of one file are one notice. */
final class Notices {
  private static final int LINES_SHOWN = 3;

  private final Set<String> sentences = new LinkedHashSet<>();
  private final Map<String, Map<String, List<Integer>>> refusals = new TreeMap<>();

  void add(String sentence) {
    sentences.add(sentence);
  }

  /**
   * A field or line that cannot be used.
   *
   * @param what its kind and its text, without its line number
   */
  void refuse(String file, String what, int line) {
    refusals
        .computeIfAbsent(file, _ -> new TreeMap<>())
        .computeIfAbsent(what, _ -> new ArrayList<>())
        .add(line);
  }

  List<String> all() {
    List<String> all = new ArrayList<>(sentences);
    refusals.forEach((file, reasons) ->
        reasons.forEach((what, lines) -> {
          List<Integer> shown = lines.subList(0, Math.min(LINES_SHOWN, lines.size()));
          String where = String.join(", ", shown.stream().map(String::valueOf).toList());
          int more = lines.size() - shown.size();
          String rest = more == 0 ? "" : String.format(Locale.ROOT, " and %,d more", more);
          all.add(
              String.format(
                  Locale.ROOT,
                  "%s: %,d refused: %s (line %s%s)",
                  file,
                  lines.size(),
                  what,
                  where,
                  rest));
        }));
    return all;
  }
}
