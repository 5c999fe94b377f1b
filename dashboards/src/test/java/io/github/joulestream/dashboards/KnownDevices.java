// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.store.StorePoint;
import io.github.joulestream.store.points.DeviceWindowPoints;
import java.util.ArrayList;
import java.util.List;

/**
 * Devices of node {@code n 1} of a site, over the three hours of {@link KnownSites}. GPU {@code
 * gpu0} consumes 400, 800 and 600 W, {@code gpu1} half of it; the drive 10, the processor 100 W,
 * always. Temperatures are 60, 70 and 65 degrees, the highest 3 degrees more; the drive was at 50
 * degrees once. Each second window comes in two fragments. In the last minute nothing is known of
 * the energy of {@code gpu1}.
 */
final class KnownDevices {
  private static final int WINDOW = KnownSites.WINDOW;
  private static final long GIBIBYTE = 1L << 30;
  private static final long LAST_MINUTE = KnownSites.END - 60_000;

  private KnownDevices() {}

  static List<StorePoint> of(String site) {
    List<StorePoint> points = new ArrayList<>();
    for (long time = KnownSites.START; time < KnownSites.END; time += WINDOW) {
      int tenths = (int) KnownSites.tenths(time);
      int fragments = time % (2 * WINDOW) == 0 ? 1 : 2;
      for (int fragment = 0; fragment < fragments; fragment++) {
        List<DeviceTotals> devices = new ArrayList<>();
        int millis = WINDOW / fragments;
        devices.add(gpu("gpu0", 40 * tenths, tenths, millis, true));
        devices.add(gpu("gpu1", 20 * tenths, tenths, millis, time < LAST_MINUTE));
        devices.add(drive(millis, time == KnownSites.START));
        devices.add(processor(millis, tenths));
        points.addAll(
            DeviceWindowPoints.of(
                new DeviceWindow(site, "n 1", time, WINDOW, devices, time + fragment)));
      }
    }
    return points;
  }

  private static Totals<DeviceAmount> power(int watts, int millis, boolean known) {
    Totals<DeviceAmount> totals =
        Totals.ofDevice()
            .add(DeviceAmount.ENERGY_MILLIJOULES, known ? (long) watts * millis : 0)
            .add(DeviceAmount.COVERED_MILLIS, known ? millis : 0)
            .add(DeviceAmount.UNCOVERED_MILLIS, known ? 0 : millis);
    if (known) {
      totals.raise(DeviceAmount.PEAK_MILLIWATTS, watts * 1_100L);
    }
    return totals;
  }

  private static void temperature(Totals<DeviceAmount> totals, int celsius) {
    totals
        .add(DeviceAmount.TEMPERATURE_SAMPLES, 1)
        .add(DeviceAmount.TEMPERATURE_DECIDEGREES, celsius * 10L);
    totals.raise(
        DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS,
        DeviceAmount.ZERO_CELSIUS_DECIKELVINS + celsius * 10L + 30);
  }

  private static DeviceTotals gpu(String id, int watts, int tenths, int millis, boolean known) {
    Totals<DeviceAmount> totals =
        power(watts, millis, known)
            .add(DeviceAmount.BUSY_MILLIS, millis * 3L / 4)
            .add(DeviceAmount.UTILISATION_MILLIS, millis)
            .add(DeviceAmount.ALLOCATED_MILLIS, millis)
            .add(DeviceAmount.USED_MEBIBYTE_MILLIS, 20_480L * millis)
            .add(DeviceAmount.USED_MILLIS, millis)
            .add(DeviceAmount.MEMORY_TEMPERATURE_SAMPLES, 1)
            .add(DeviceAmount.MEMORY_TEMPERATURE_DECIDEGREES, 800)
            .add(DeviceAmount.SM_CLOCK_SAMPLES, 1)
            .add(DeviceAmount.SM_CLOCK_MEGAHERTZ, 1_980)
            .add(DeviceAmount.MEMORY_CLOCK_SAMPLES, 1)
            .add(DeviceAmount.MEMORY_CLOCK_MEGAHERTZ, 2_619)
            .add(DeviceAmount.POWER_LIMIT_SAMPLES, 1)
            .add(DeviceAmount.POWER_LIMIT_MILLIWATTS, id.equals("gpu0") ? 700_000 : 500_000)
            .add(DeviceAmount.FAN_SAMPLES, 1)
            .add(DeviceAmount.FAN_BASIS_POINTS, 3_000)
            .add(DeviceAmount.THROTTLE_SAMPLES, 10)
            .add(DeviceAmount.THROTTLED_SAMPLES, 4)
            .add(DeviceAmount.THROTTLED_POWER_CAP_SAMPLES, 3)
            .add(DeviceAmount.THROTTLED_THERMAL_SAMPLES, 2)
            .add(DeviceAmount.THROTTLED_HARDWARE_SAMPLES, 1)
            .add(DeviceAmount.PCIE_RECEIVED_BYTES, 6_000L * millis)
            .add(DeviceAmount.PCIE_SENT_BYTES, 2_000L * millis)
            .add(DeviceAmount.NVLINK_RECEIVED_BYTES, 90_000L * millis)
            .add(DeviceAmount.NVLINK_SENT_BYTES, 80_000L * millis);
    temperature(totals, 50 + tenths);
    totals.raise(
        DeviceAmount.PEAK_MEMORY_TEMPERATURE_DECIKELVINS,
        DeviceAmount.ZERO_CELSIUS_DECIKELVINS + 850L);
    if (id.equals("gpu0") && millis == WINDOW && tenths == 20) {
      totals
          .add(DeviceAmount.XID_ERRORS, 1)
          .add(DeviceAmount.ECC_CORRECTED_ERRORS, 3)
          .add(DeviceAmount.ECC_UNCORRECTED_ERRORS, 2);
      totals.raise(DeviceAmount.PEAK_XID, 79);
    }
    return new DeviceTotals(id, DeviceKind.GPU, "H200", 80 * GIBIBYTE, totals);
  }

  private static DeviceTotals drive(int millis, boolean hot) {
    Totals<DeviceAmount> totals =
        power(10, millis, true)
            .add(DeviceAmount.BUSY_MILLIS, millis / 5)
            .add(DeviceAmount.UTILISATION_MILLIS, millis)
            .add(DeviceAmount.USED_MEBIBYTE_MILLIS, 1_048_576L * millis)
            .add(DeviceAmount.USED_MILLIS, millis)
            .add(DeviceAmount.WEAR_SAMPLES, 1)
            .add(DeviceAmount.WEAR_BASIS_POINTS, 700);
    temperature(totals, 41);
    if (hot) {
      totals.raise(
          DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS, DeviceAmount.ZERO_CELSIUS_DECIKELVINS + 500L);
    }
    return new DeviceTotals("nvme0", DeviceKind.STORAGE, "", 4_096 * GIBIBYTE, totals);
  }

  private static DeviceTotals processor(int millis, int tenths) {
    Totals<DeviceAmount> totals =
        power(100, millis, true)
            .add(DeviceAmount.BUSY_MILLIS, millis / 2)
            .add(DeviceAmount.UTILISATION_MILLIS, millis);
    temperature(totals, 50 + tenths);
    return new DeviceTotals("cpu0", DeviceKind.CPU, "", 0, totals);
  }
}
