// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.energy.integrate.SensorWindow.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Columns of quantities in a line of nvidia-smi's CSV; -1 if a quantity is absent.
 *
 * @param powers columns of power, that which is used where it has a number first
 */
record SmiLayout(
    List<String> columns,
    int time,
    List<Power> powers,
    int index,
    int uuid,
    int name,
    int driver,
    int limit,
    int utilisation,
    int used,
    int total) {

  /** A column of power. */
  record Power(int column, Field field) {}

  static SmiLayout of(String header) {
    List<String> names =
        Arrays.stream(header.split(",", -1))
            .map(name -> name.strip().replaceAll("^\uFEFF| \\[.*]$", ""))
            .toList();
    List<Power> powers = new ArrayList<>();
    for (Field field : List.of(Field.INSTANT, Field.AVERAGE, Field.DRAW)) {
      int column = names.indexOf(SmiGpu.column(field));
      if (column >= 0) {
        powers.add(new Power(column, field));
      }
    }
    return new SmiLayout(
        names,
        names.indexOf("timestamp"),
        List.copyOf(powers),
        names.indexOf("index"),
        first(names, "uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "serial"),
        first(names, "name", "gpu_name"),
        names.indexOf("driver_version"),
        names.indexOf("power.limit"),
        names.indexOf("utilization.gpu"),
        names.indexOf("memory.used"),
        names.indexOf("memory.total"));
  }

  private static int first(List<String> names, String... wanted) {
    return Arrays.stream(wanted)
        .mapToInt(names::indexOf)
        .filter(column -> column >= 0)
        .findFirst()
        .orElse(-1);
  }

  boolean isLog() {
    return time >= 0 && !powers.isEmpty();
  }

  /** True if a column is read, and its odd values are spoken of by whoever reads it. */
  boolean reads(int column) {
    return column == time
        || column == utilisation
        || column == used
        || powers.stream().anyMatch(power -> power.column == column);
  }

  String nameOf(int column) {
    return columns.get(column);
  }
}
