// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Windows of nodes with 8 GPUs, 2 processors, memory and 4 drives, with values as they come. */
public final class SampleDevices {
  /** Devices of a node. */
  public static final int DEVICES = 15;

  private static final int WINDOW = 10_000;
  private static final long GIBIBYTE = 1L << 30;
  private static final int ROOM_DECIDEGREES = 300;

  private final Random random;

  public SampleDevices(long seed) {
    random = new Random(seed);
  }

  /** A window of 10 s of a node. */
  public DeviceWindow window(String site, String node, long startEpochMillis) {
    List<DeviceTotals> devices = new ArrayList<>(DEVICES);
    for (int i = 0; i < 8; i++) {
      devices.add(device("gpu" + i, DeviceKind.GPU, 141 * GIBIBYTE, gpu()));
    }
    for (int i = 0; i < 2; i++) {
      devices.add(device("cpu" + i, DeviceKind.CPU, 0, cpu()));
    }
    Totals<DeviceAmount> memory = energy(60_000);
    memory.add(DeviceAmount.USED_MILLIS, WINDOW);
    memory.add(DeviceAmount.USED_MEBIBYTE_MILLIS, (600_000L + random.nextInt(9_000)) * WINDOW);
    devices.add(device("memory", DeviceKind.MEMORY, 2_048 * GIBIBYTE, memory));
    for (int i = 0; i < 4; i++) {
      devices.add(device("nvme" + i, DeviceKind.STORAGE, 3_500 * GIBIBYTE, drive()));
    }
    return new DeviceWindow(site, node, startEpochMillis, WINDOW, devices, 0);
  }

  private static DeviceTotals device(
      String id, DeviceKind kind, long capacityBytes, Totals<DeviceAmount> totals) {
    String model = kind == DeviceKind.GPU ? "NVIDIA H200 SXM5 141GB" : "";
    return new DeviceTotals(id, kind, model, capacityBytes, totals);
  }

  /** Energy about a mean power, whose noise is a tenth of it. */
  private Totals<DeviceAmount> energy(int milliwatts) {
    long energy = (milliwatts - milliwatts / 20 + random.nextInt(milliwatts / 10)) * 10L;
    Totals<DeviceAmount> totals = Totals.ofDevice();
    totals.add(DeviceAmount.ENERGY_MILLIJOULES, energy);
    totals.add(DeviceAmount.TOTAL_MILLIJOULES, energy);
    totals.add(DeviceAmount.KIND_MILLIJOULES, energy);
    totals.add(DeviceAmount.COVERED_MILLIS, WINDOW);
    totals.raise(DeviceAmount.PEAK_MILLIWATTS, energy / 10 + random.nextInt(milliwatts / 20));
    return totals;
  }

  private void temperature(Totals<DeviceAmount> totals, int celsius) {
    long decidegrees = 10L * (celsius + random.nextInt(3));
    totals.add(DeviceAmount.TEMPERATURE_SAMPLES, 1);
    totals.add(DeviceAmount.TEMPERATURE_DECIDEGREES, decidegrees);
    totals.raise(
        DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS,
        decidegrees + DeviceAmount.ZERO_CELSIUS_DECIKELVINS);
  }

  private Totals<DeviceAmount> gpu() {
    Totals<DeviceAmount> totals = energy(600_000);
    temperature(totals, 62);
    long memory = ROOM_DECIDEGREES + 10L * (40 + random.nextInt(3));
    totals.add(DeviceAmount.ALLOCATED_MILLIS, WINDOW);
    totals.add(DeviceAmount.BUSY_MILLIS, 9_000 + random.nextInt(1_000));
    totals.add(DeviceAmount.UTILISATION_MILLIS, WINDOW);
    totals.add(DeviceAmount.USED_MEBIBYTE_MILLIS, (120_000L + random.nextInt(20)) * WINDOW);
    totals.add(DeviceAmount.USED_MILLIS, WINDOW);
    totals.add(DeviceAmount.MEMORY_TEMPERATURE_SAMPLES, 1);
    totals.add(DeviceAmount.MEMORY_TEMPERATURE_DECIDEGREES, memory);
    totals.raise(
        DeviceAmount.PEAK_MEMORY_TEMPERATURE_DECIKELVINS,
        memory + DeviceAmount.ZERO_CELSIUS_DECIKELVINS);
    totals.add(DeviceAmount.SM_CLOCK_SAMPLES, 1);
    totals.add(DeviceAmount.SM_CLOCK_MEGAHERTZ, 1_800 + 15 * random.nextInt(12));
    totals.add(DeviceAmount.MEMORY_CLOCK_SAMPLES, 1);
    totals.add(DeviceAmount.MEMORY_CLOCK_MEGAHERTZ, 3_201);
    totals.add(DeviceAmount.POWER_LIMIT_SAMPLES, 1);
    totals.add(DeviceAmount.POWER_LIMIT_MILLIWATTS, 700_000);
    totals.add(DeviceAmount.THROTTLE_SAMPLES, 1);
    if (random.nextInt(10) == 0) {
      totals.add(DeviceAmount.THROTTLED_SAMPLES, 1);
      totals.add(DeviceAmount.THROTTLED_POWER_CAP_SAMPLES, 1);
    }
    totals.add(DeviceAmount.PCIE_RECEIVED_BYTES, random.nextInt(1_000_000_000));
    totals.add(DeviceAmount.PCIE_SENT_BYTES, random.nextInt(1_000_000_000));
    totals.add(DeviceAmount.NVLINK_RECEIVED_BYTES, random.nextLong(100_000_000_000L));
    totals.add(DeviceAmount.NVLINK_SENT_BYTES, random.nextLong(100_000_000_000L));
    return totals;
  }

  private Totals<DeviceAmount> cpu() {
    Totals<DeviceAmount> totals = energy(200_000);
    temperature(totals, 55);
    totals.add(DeviceAmount.BUSY_MILLIS, 2_000 + random.nextInt(1_000));
    totals.add(DeviceAmount.UTILISATION_MILLIS, WINDOW);
    return totals;
  }

  private Totals<DeviceAmount> drive() {
    Totals<DeviceAmount> totals = energy(8_000);
    temperature(totals, 41);
    totals.add(DeviceAmount.BUSY_MILLIS, random.nextInt(3_000));
    totals.add(DeviceAmount.UTILISATION_MILLIS, WINDOW);
    totals.add(DeviceAmount.USED_MEBIBYTE_MILLIS, 1_200_000L * WINDOW);
    totals.add(DeviceAmount.USED_MILLIS, WINDOW);
    totals.add(DeviceAmount.WEAR_SAMPLES, 1);
    totals.add(DeviceAmount.WEAR_BASIS_POINTS, 300);
    return totals;
  }
}
