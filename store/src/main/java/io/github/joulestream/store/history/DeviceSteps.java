// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.Windows;
import io.github.joulestream.schemas.catalogue.DeviceField;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Measurement.FieldType;
import io.github.joulestream.store.StoreText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

/**
 * Windows of devices, with their fragments: amounts add up, and of the rest the first point with it
 * counts, as a correction has few samples or none.
 */
final class DeviceSteps {
  static final List<String> FIELDS = List.copyOf(Measurement.DEVICE_WINDOW.fields().keySet());

  /** Whole numbers that are no amounts: the highest counts. */
  private static final Set<String> HIGHEST =
      Set.of(DeviceField.CAPACITY_MEBIBYTES.fieldName(), DeviceField.PEAK_XID.fieldName());

  /** Whose windows they are, and when they begin. */
  private record Key(String device, String kind, String window, long start) {}

  private final Map<Key, DeviceStep> steps = new LinkedHashMap<>();
  private final Bounded bounded;

  DeviceSteps(Bounded bounded) {
    this.bounded = bounded;
  }

  void add(HistoryRow row) {
    Map<String, Double> values = new HashMap<>();
    for (String field : FIELDS) {
      if (isNumber(field) && row.has(field)) {
        values.put(field, row.real(field));
      }
    }
    String device = StoreText.ofTag(row.text("device"));
    Key key =
        new Key(
            device,
            row.text("kind"),
            row.text(Measurement.WINDOW),
            StoreReads.floor(StoreReads.millis(row), Windows.MILLIS));
    DeviceStep before = steps.get(key);
    if (before == null) {
      bounded.count();
      steps.put(
          key,
          new DeviceStep(device, key.kind(), row.text("model"), key.start(), key.window(), values));
    } else {
      values.forEach((field, value) -> before.values().merge(field, value, merge(field)));
      divide(
          before.values(),
          DeviceField.MEAN_WATTS,
          DeviceField.ENERGY_MILLIJOULES,
          DeviceField.COVERED_MILLIS);
      divide(
          before.values(),
          DeviceField.BUSY_RATIO,
          DeviceField.BUSY_MILLIS,
          DeviceField.UTILISATION_MILLIS);
    }
  }

  private static boolean isNumber(String field) {
    return Measurement.DEVICE_WINDOW.fields().get(field) != FieldType.TEXT;
  }

  private static BinaryOperator<Double> merge(String field) {
    if (HIGHEST.contains(field)) {
      return Math::max;
    }
    return Measurement.DEVICE_WINDOW.fields().get(field) == FieldType.LONG
        ? Double::sum
        : (first, _) -> first;
  }

  private static void divide(
      Map<String, Double> values, DeviceField mean, DeviceField sum, DeviceField by) {
    Double amount = values.get(sum.fieldName());
    Double time = values.get(by.fieldName());
    if (amount != null && time != null && time > 0) {
      values.put(mean.fieldName(), amount / time);
    }
  }

  void end(Consumer<DeviceStep> rows) {
    new ArrayList<>(steps.values()).forEach(rows);
  }
}
