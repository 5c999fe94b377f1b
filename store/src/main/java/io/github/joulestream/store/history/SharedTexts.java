// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.store.LabelText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One object for equal texts of many rows, so that a year of jobs does not hold a million copies of
 * a user's name. Bounded: of a further text each row has a copy. Safe for many threads.
 */
final class SharedTexts {
  private static final int MOST = 50_000;

  private final Map<String, String> texts = new ConcurrentHashMap<>();
  private final Map<String, Map<String, String>> labels = new ConcurrentHashMap<>();

  String text(String text) {
    String known = texts.size() < MOST ? texts.putIfAbsent(text, text) : texts.get(text);
    return known == null ? text : known;
  }

  /** Labels of a text of {@link LabelText}; none of an empty one. */
  Map<String, String> labels(String json) {
    if (json.isEmpty()) {
      return Map.of();
    }
    Map<String, String> known = labels.get(json);
    if (known == null) {
      known = Map.copyOf(LabelText.parse(json));
      if (labels.size() < MOST) {
        labels.put(json, known);
      }
    }
    return known;
  }

  JobDetails details(HistoryRow row) {
    return new JobDetails(
        text(row.text("user")),
        text(row.text("project")),
        text(row.text("name")),
        text(row.text("partition")),
        labels(row.text("labels")));
  }
}
