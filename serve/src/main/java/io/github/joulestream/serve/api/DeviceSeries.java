// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.joulestream.serve.http.Answer;
import io.github.joulestream.store.history.DeviceStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A device over time: columns of numbers, one value a window. */
final class DeviceSeries {
  @JsonProperty final String device;
  @JsonProperty final String kind;
  @JsonProperty final String model;
  private final List<DeviceStep> steps = new ArrayList<>();

  DeviceSeries(String device, String kind, String model) {
    this.device = device;
    this.kind = kind;
    this.model = model;
  }

  /** Adds a window, the windows in order of time. */
  void add(DeviceStep step) {
    steps.add(step);
  }

  @JsonProperty
  List<String> times() {
    return steps.stream().map(step -> Times.text(step.windowStart())).toList();
  }

  @JsonProperty
  Map<String, List<@Nullable Double>> values() {
    Map<String, List<@Nullable Double>> values = new TreeMap<>();
    for (String field : fields(List.of(this))) {
      List<@Nullable Double> column = new ArrayList<>(steps.size());
      steps.forEach(step -> column.add(step.values().get(field)));
      values.put(Names.camel(field), column);
    }
    return values;
  }

  /** A row a device and window. */
  static Answer.Csv table(List<DeviceSeries> devices) {
    SortedSet<String> fields = fields(devices);
    List<String> columns =
        new ArrayList<>(List.of("device", "kind", "model", "window_start", "window"));
    columns.addAll(fields);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (DeviceSeries one : devices) {
      for (DeviceStep step : one.steps) {
        List<@Nullable Object> row = new ArrayList<>(columns.size());
        row.add(one.device);
        row.add(one.kind);
        row.add(one.model);
        row.add(Times.text(step.windowStart()));
        row.add(step.window());
        fields.forEach(field -> row.add(step.values().get(field)));
        rows.add(row);
      }
    }
    return new Answer.Csv(columns, rows);
  }

  private static SortedSet<String> fields(List<DeviceSeries> devices) {
    SortedSet<String> fields = new TreeSet<>();
    devices.forEach(one -> one.steps.forEach(step -> fields.addAll(step.values().keySet())));
    return fields;
  }
}
