// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.schemas.DeviceWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.schemas.catalogue.Retention;
import io.github.joulestream.store.SampleDevices;
import io.github.joulestream.store.StorePoint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeviceWindowPointsTest {
  private static final long START = 1_790_000_000_000L;

  private static StorePoint point(DeviceTotals device) {
    return DeviceWindowPoints.of(new DeviceWindow("site", "n1", START, 10_000, List.of(device), 0))
        .getFirst();
  }

  private static Map<String, Object> fields(DeviceKind kind, Totals<DeviceAmount> totals) {
    return point(new DeviceTotals("d", kind, "", 0, totals)).fields();
  }

  /** Each amount differs, so that no field can be taken from another. */
  @Test
  void everyField_ofAGpuOfWhichAllIsKnown() {
    Totals<DeviceAmount> totals =
        Totals.ofDevice()
            .add(DeviceAmount.ENERGY_MILLIJOULES, 4_000_000)
            .add(DeviceAmount.TOTAL_MILLIJOULES, 3_999_000)
            .add(DeviceAmount.KIND_MILLIJOULES, 3_998_000)
            .add(DeviceAmount.HELD_IDLE_MILLIJOULES, 77)
            .add(DeviceAmount.COVERED_MILLIS, 8_000)
            .add(DeviceAmount.UNCOVERED_MILLIS, 2_000)
            .add(DeviceAmount.ALLOCATED_MILLIS, 9_500)
            .add(DeviceAmount.BUSY_MILLIS, 6_000)
            .add(DeviceAmount.UTILISATION_MILLIS, 7_500)
            .add(DeviceAmount.USED_MEBIBYTE_MILLIS, 36_000_000)
            .add(DeviceAmount.USED_MILLIS, 9_000)
            .add(DeviceAmount.TEMPERATURE_SAMPLES, 2)
            .add(DeviceAmount.TEMPERATURE_DECIDEGREES, 1_301)
            .add(DeviceAmount.MEMORY_TEMPERATURE_SAMPLES, 4)
            .add(DeviceAmount.MEMORY_TEMPERATURE_DECIDEGREES, 2_802)
            .add(DeviceAmount.SM_CLOCK_SAMPLES, 2)
            .add(DeviceAmount.SM_CLOCK_MEGAHERTZ, 3_601)
            .add(DeviceAmount.MEMORY_CLOCK_SAMPLES, 5)
            .add(DeviceAmount.MEMORY_CLOCK_MEGAHERTZ, 16_000)
            .add(DeviceAmount.POWER_LIMIT_SAMPLES, 2)
            .add(DeviceAmount.POWER_LIMIT_MILLIWATTS, 1_300_000)
            .add(DeviceAmount.FAN_SAMPLES, 4)
            .add(DeviceAmount.FAN_BASIS_POINTS, 10_000)
            .add(DeviceAmount.WEAR_SAMPLES, 2)
            .add(DeviceAmount.WEAR_BASIS_POINTS, 600)
            .add(DeviceAmount.THROTTLE_SAMPLES, 32)
            .add(DeviceAmount.THROTTLED_SAMPLES, 16)
            .add(DeviceAmount.THROTTLED_POWER_CAP_SAMPLES, 8)
            .add(DeviceAmount.THROTTLED_THERMAL_SAMPLES, 4)
            .add(DeviceAmount.THROTTLED_POWER_BRAKE_SAMPLES, 2)
            .add(DeviceAmount.THROTTLED_HARDWARE_SAMPLES, 1)
            .add(DeviceAmount.THROTTLED_OTHER_SAMPLES, 3)
            .add(DeviceAmount.ECC_CORRECTED_ERRORS, 11)
            .add(DeviceAmount.ECC_UNCORRECTED_ERRORS, 12)
            .add(DeviceAmount.XID_ERRORS, 13)
            .add(DeviceAmount.PCIE_RECEIVED_BYTES, 14)
            .add(DeviceAmount.PCIE_SENT_BYTES, 15)
            .add(DeviceAmount.NVLINK_RECEIVED_BYTES, 16)
            .add(DeviceAmount.NVLINK_SENT_BYTES, 17);
    totals.raise(DeviceAmount.PEAK_MILLIWATTS, 701_500);
    totals.raise(DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS, 2_732 + 655);
    totals.raise(DeviceAmount.PEAK_MEMORY_TEMPERATURE_DECIKELVINS, 2_732 + 721);
    totals.raise(DeviceAmount.PEAK_XID, 79);
    StorePoint point =
        point(new DeviceTotals("gpu0", DeviceKind.GPU, "H200", 8_000L << 20, totals));
    assertThat(point.fields())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("energy_millijoules", 4_000_000L),
                Map.entry("total_millijoules", 3_999_000L),
                Map.entry("kind_millijoules", 3_998_000L),
                Map.entry("held_idle_millijoules", 77L),
                Map.entry("covered_millis", 8_000L),
                Map.entry("uncovered_millis", 2_000L),
                Map.entry("allocated_millis", 9_500L),
                Map.entry("busy_millis", 6_000L),
                Map.entry("utilisation_millis", 7_500L),
                Map.entry("used_mebibyte_millis", 36_000_000L),
                Map.entry("used_millis", 9_000L),
                Map.entry("capacity_mebibytes", 8_000L),
                Map.entry("mean_watts", 500.0),
                Map.entry("peak_watts", 701.5),
                Map.entry("busy_ratio", 0.8),
                Map.entry("used_ratio", 0.5),
                Map.entry("temperature_celsius", 65.05),
                Map.entry("peak_temperature_celsius", 65.5),
                Map.entry("memory_temperature_celsius", 70.05),
                Map.entry("peak_memory_temperature_celsius", 72.1),
                Map.entry("sm_clock_megahertz", 1_800.5),
                Map.entry("memory_clock_megahertz", 3_200.0),
                Map.entry("power_limit_watts", 650.0),
                Map.entry("fan_ratio", 0.25),
                Map.entry("wear_ratio", 0.03),
                Map.entry("throttled_ratio", 0.5),
                Map.entry("throttled_power_cap_ratio", 0.25),
                Map.entry("throttled_thermal_ratio", 0.125),
                Map.entry("throttled_power_brake_ratio", 0.0625),
                Map.entry("throttled_hardware_ratio", 0.03125),
                Map.entry("throttled_other_ratio", 0.09375),
                Map.entry("ecc_corrected_errors", 11L),
                Map.entry("ecc_uncorrected_errors", 12L),
                Map.entry("xid_errors", 13L),
                Map.entry("peak_xid", 79L),
                Map.entry("pcie_received_bytes", 14L),
                Map.entry("pcie_sent_bytes", 15L),
                Map.entry("nvlink_received_bytes", 16L),
                Map.entry("nvlink_sent_bytes", 17L),
                Map.entry("model", "H200")));
    // all that the catalogue has, and of its types
    assertThat(point.fields().keySet()).isEqualTo(Measurement.DEVICE_WINDOW.fields().keySet());
    point
        .fields()
        .forEach((name, value) ->
            assertThat(Measurement.DEVICE_WINDOW.fields().get(name))
                .as(name)
                .isEqualTo(type(value)));
  }

  private static Measurement.FieldType type(Object value) {
    return switch (value) {
      case Long _ -> Measurement.FieldType.LONG;
      case String _ -> Measurement.FieldType.TEXT;
      default -> Measurement.FieldType.DOUBLE;
    };
  }

  @Test
  void whatIsNotKnown_isAbsent_andNot0() {
    // a device that has statuses alone
    assertThat(fields(DeviceKind.STORAGE, Totals.ofDevice()).keySet())
        .containsExactlyInAnyOrder("covered_millis", "uncovered_millis");
    // a fragment that corrects shares alone
    assertThat(fields(DeviceKind.GPU, Totals.ofDevice().add(DeviceAmount.ALLOCATED_MILLIS, -5_000)))
        .containsEntry("allocated_millis", -5_000L)
        .doesNotContainKey("energy_millijoules");
    assertThat(fields(DeviceKind.GPU, Totals.ofDevice().add(DeviceAmount.COVERED_MILLIS, 10_000)))
        .containsEntry("energy_millijoules", 0L)
        .containsEntry("total_millijoules", 0L)
        .containsEntry("kind_millijoules", 0L)
        .containsEntry("allocated_millis", 0L)
        .containsEntry("held_idle_millijoules", 0L);
    // known to be 0
    assertThat(
            fields(
                DeviceKind.GPU,
                Totals.ofDevice()
                    .add(DeviceAmount.THROTTLE_SAMPLES, 1)
                    .add(DeviceAmount.UTILISATION_MILLIS, 10_000)
                    .add(DeviceAmount.USED_MILLIS, 10_000)
                    .add(DeviceAmount.TEMPERATURE_SAMPLES, 1)))
        .containsEntry("throttled_ratio", 0.0)
        .containsEntry("throttled_thermal_ratio", 0.0)
        .containsEntry("busy_millis", 0L)
        .containsEntry("busy_ratio", 0.0)
        .containsEntry("used_mebibyte_millis", 0L)
        .containsEntry("temperature_celsius", 0.0)
        // used, but of what?
        .doesNotContainKey("used_ratio");
  }

  /** A device below 0 degrees has a peak below 0; only 0 K stands for none. */
  @Test
  void aPeakBelowZero_isStored() {
    Totals<DeviceAmount> totals = Totals.ofDevice();
    totals.raise(DeviceAmount.PEAK_TEMPERATURE_DECIKELVINS, 2_682);
    assertThat(fields(DeviceKind.GPU, totals)).containsEntry("peak_temperature_celsius", -5.0);
  }

  /** A correction takes back what was too much: its amounts add up, and it has no mean. */
  @Test
  void aFragmentThatTakesBack_hasAmountsAndNoMean() {
    assertThat(
            fields(
                DeviceKind.GPU,
                Totals.ofDevice()
                    .add(DeviceAmount.ENERGY_MILLIJOULES, -500)
                    .add(DeviceAmount.COVERED_MILLIS, -1_000)
                    .add(DeviceAmount.UTILISATION_MILLIS, -1_000)
                    .add(DeviceAmount.BUSY_MILLIS, -900)))
        .containsEntry("energy_millijoules", -500L)
        .containsEntry("busy_millis", -900L)
        .containsEntry("utilisation_millis", -1_000L)
        .doesNotContainKeys("mean_watts", "busy_ratio");
  }

  @Test
  void aWindow_isAPointForEachDevice_andAFragmentAnother() {
    DeviceWindow whole = new SampleDevices(5).window("site", "n1", START);
    List<StorePoint> points = DeviceWindowPoints.of(whole);
    assertThat(points).hasSize(SampleDevices.DEVICES);
    assertThat(points)
        .allSatisfy(point -> {
          assertThat(point.measurement()).isEqualTo(Measurement.DEVICE_WINDOW);
          assertThat(point.epochNanos()).isEqualTo(START * 1_000_000);
          assertThat(point.tags().keySet())
              .containsExactlyElementsOf(Measurement.DEVICE_WINDOW.tags());
        });
    assertThat(points.get(0).tags())
        .isEqualTo(
            Map.of("site", "site", "node", "n1", "device", "gpu0", "kind", "GPU", "window", "10s"));
    Set<Map<String, String>> series = new HashSet<>();
    points.forEach(point -> series.add(point.tags()));
    assertThat(series).hasSize(SampleDevices.DEVICES);

    DeviceWindow minute = new DeviceWindow("site", "n1", START, 60_000, whole.devices(), 3);
    StorePoint fragment = DeviceWindowPoints.of(minute).getFirst();
    assertThat(fragment.epochNanos()).isEqualTo(START * 1_000_000 + 3);
    assertThat(fragment.tags()).containsEntry("window", "1m");
    // whatever numbers fragments: it stays within the second
    assertThat(
            DeviceWindowPoints.of(
                    new DeviceWindow("site", "n1", START, 60_000, whole.devices(), -1))
                .getFirst()
                .epochNanos())
        .isEqualTo(START * 1_000_000 + 999_999_999);
  }

  @Test
  void devices_areKeptForDays_whateverTheirWindow() {
    assertThat(Measurement.DEVICE_WINDOW.retention("10s")).isEqualTo(Retention.DAYS);
    assertThat(Measurement.DEVICE_WINDOW.retention("1h")).isEqualTo(Retention.DAYS);
  }
}
