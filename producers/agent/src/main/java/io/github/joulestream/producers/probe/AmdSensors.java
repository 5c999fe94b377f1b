// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.StatusColumn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the amdgpu driver shows of a GPU besides its power (see the kernel's
 * gpu/amdgpu/thermal.rst), in its folder of hwmon:
 *
 * <pre>
 *   tempN_input     m°C; tempN_label: edge, junction (the hottest place), mem. Where there is no
 *                   edge (MI300), junction
 *   freq1_input     Hz, of the shaders; freq2_input of the memory
 *   power1_cap      µW, the limit in force
 *   fan1_input      rpm, of fan1_max; else pwm1, what the fan is set to, of 255
 * </pre>
 */
final class AmdSensors {
  private static final double WHOLE = 10_000;
  private static final double PWM = 255;
  // in this order where the driver shows no labels
  private static final List<String> LABELS = List.of("edge", "junction", "mem");

  private AmdSensors() {}

  /** Adds the files that are there to a GPU. */
  static void add(SysfsDevice gpu, Path sensors) throws IOException {
    Map<String, Path> temperatures = new HashMap<>();
    for (int i = 1; i <= LABELS.size(); i++) {
      Path input = SysfsDevice.firstOf(sensors, "temp" + i + "_input");
      if (input != null) {
        String label = SysfsProbe.textOf(sensors.resolve("temp" + i + "_label"));
        temperatures.put(label.isEmpty() ? LABELS.get(i - 1) : label, input);
      }
    }
    Path edge = temperatures.get("edge");
    gpu.status(
            StatusColumn.TEMPERATURE_DECIDEGREES,
            edge == null ? temperatures.get("junction") : edge,
            0.01)
        .status(StatusColumn.MEMORY_TEMPERATURE_DECIDEGREES, temperatures.get("mem"), 0.01)
        .status(StatusColumn.SM_CLOCK_MEGAHERTZ, sensors.resolve("freq1_input"), 1e-6)
        .status(StatusColumn.MEMORY_CLOCK_MEGAHERTZ, sensors.resolve("freq2_input"), 1e-6)
        .status(StatusColumn.POWER_LIMIT_MILLIWATTS, sensors.resolve("power1_cap"), 1e-3);
    Path junction = temperatures.get("junction");
    if (edge != null && junction != null) {
      gpu.show("temperature, junction", junction, 1000, "°C");
    }
    long fullSpeed = SysfsDevice.number(sensors.resolve("fan1_max"), 0);
    Path speed = SysfsDevice.firstOf(sensors, "fan1_input");
    if (speed != null && fullSpeed > 0) {
      gpu.status(StatusColumn.FAN_BASIS_POINTS, speed, WHOLE / fullSpeed);
    } else {
      gpu.status(StatusColumn.FAN_BASIS_POINTS, sensors.resolve("pwm1"), WHOLE / PWM);
    }
  }
}
