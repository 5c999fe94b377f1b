// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Measurement.FieldType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sums of {@link Measurement#NODE_WINDOW} as values of a step. */
final class NodePowerFields {
  static final List<String> FIELDS = List.copyOf(Measurement.NODE_WINDOW.fields().keySet());

  private NodePowerFields() {}

  /** Amounts as they are; watts of windows, which were added up, as the mean of the step. */
  static Map<String, Double> of(HistoryRow sums, int stepMillis) {
    Map<String, Double> values = new HashMap<>();
    for (String field : FIELDS) {
      if (sums.has(field)) {
        boolean isWatts = Measurement.NODE_WINDOW.fields().get(field) == FieldType.DOUBLE;
        double sum = sums.real(field);
        values.put(field, isWatts ? sum * Windows.MILLIS / stepMillis : sum);
      }
    }
    return values;
  }
}
