// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.letters;

import io.github.joulestream.schemas.kafka.DeadLetters;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many dead letters there are of each topic and kind of reason. */
public final class LetterSummary {
  // whoever may write letters may make up reasons
  private static final int MAX_ROWS = 1_000;
  private static final String OTHERS = "(others)";

  private final Map<String, Row> rows = new HashMap<>();

  private LetterSummary() {}

  /**
   * Letters that differ in names and numbers only.
   *
   * @param reason what their reasons have in common
   * @param firstEpochMillis when the first was put there
   */
  public record Row(
      String topic, String reason, long count, long firstEpochMillis, long lastEpochMillis) {
    private Row with(Row other) {
      return new Row(
          topic,
          reason,
          count + other.count,
          Math.min(firstEpochMillis, other.firstEpochMillis),
          Math.max(lastEpochMillis, other.lastEpochMillis));
    }
  }

  /** Reads all letters since then. */
  public static LetterSummary of(
      DeadLetterTopic topic, long sinceEpochMillis, LetterFilter filter) {
    LetterSummary summary = new LetterSummary();
    topic.forEach(
        sinceEpochMillis,
        record -> {
          if (!DeadLetter.isNote(record)) {
            DeadLetter letter = DeadLetter.of(record);
            if (filter.matches(letter)) {
              summary.add(letter);
            }
          }
        });
    return summary;
  }

  void add(DeadLetter letter) {
    String topic = letter.place().topic();
    String kind = DeadLetters.kind(letter.reason());
    if (rows.size() >= MAX_ROWS && !rows.containsKey(topic + " " + kind)) {
      topic = OTHERS;
      kind = OTHERS;
    }
    rows.merge(
        topic + " " + kind,
        new Row(topic, kind, 1, letter.epochMillis(), letter.epochMillis()),
        Row::with);
  }

  /** The most frequent first. */
  public List<Row> rows() {
    return rows.values().stream()
        .sorted(
            Comparator.comparingLong(Row::count)
                .reversed()
                .thenComparing(Row::topic)
                .thenComparing(Row::reason))
        .toList();
  }
}
