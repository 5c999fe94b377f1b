// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import java.util.List;
import java.util.Map;

/** The GPUs of a node, each by itself: what NVIDIA's dashboards of DCGM show, and their energy. */
final class GpuPanels {
  private static final DeviceKind GPU = DeviceKind.GPU;
  private static final Source WINDOWS = Source.DEVICE_WINDOW;
  private static final String HERTZ_OF_MEGAHERTZ = " * 1000000.0";
  private static final int HALF = 12;

  private GpuPanels() {}

  static List<Panel> all() {
    return List.of(
        table(),
        DevicePanels.temperature(GPU, "GPU temperature", HALF),
        memoryTemperature(),
        power(),
        powerOfAll(),
        clock("SM clock", "sm_clock_megahertz"),
        clock("Memory clock", "memory_clock_megahertz"),
        DevicePanels.busy(GPU, "GPU utilisation", HALF),
        memoryUsed(),
        throttling(),
        errors(),
        throughput("PCIe throughput", "pcie_received_bytes", "pcie_sent_bytes"),
        throughput("NVLink throughput", "nvlink_received_bytes", "nvlink_sent_bytes"));
  }

  private static Panel table() {
    Map<String, Object> count = Map.of("unit", "none", "decimals", 0, "noValue", "none reported");
    Panel table =
        DevicePanels.table(
                "GPUs, one by one",
                24,
                9,
                "Each GPU over the range. Power is a mean over the time whose energy is known"
                    + " (coverage); peak, hottest and the limit are the highest, the highest and the"
                    + " lowest of the range. Throttled: share of the samples in which the clocks"
                    + " were lowered. Errors are those that were reported: no count is stored where"
                    + " there was none, or where the driver does not report them. XID code is the"
                    + " highest of them.")
            .asks(
                Query.table(
                    DeviceQueries.rows(
                        GPU,
                        DeviceQueries.kilowattHours("energy"),
                        DeviceQueries.ratio("power", "energy_millijoules", "covered_millis"),
                        DeviceQueries.max("peak", "peak_watts"),
                        new Column("limit", "min(" + WINDOWS.field("power_limit_watts") + ")"),
                        DeviceQueries.mean("temperature", "temperature_celsius"),
                        DeviceQueries.max("hottest", "peak_temperature_celsius"),
                        DeviceQueries.max("memory hottest", "peak_memory_temperature_celsius"),
                        hertz("SM clock", "sm_clock_megahertz"),
                        DeviceQueries.ratio("busy", "busy_millis", "utilisation_millis"),
                        DeviceQueries.used("memory used"),
                        DeviceQueries.mean("fan", "fan_ratio"),
                        DeviceQueries.mean("throttled", "throttled_ratio"),
                        DeviceQueries.sum("XID errors", "xid_errors"),
                        DeviceQueries.max("XID code", "peak_xid"),
                        DeviceQueries.sum("ECC corrected", "ecc_corrected_errors"),
                        DeviceQueries.sum("ECC uncorrected", "ecc_uncorrected_errors"),
                        DeviceQueries.coverage("coverage"))))
            .field("energy", Panels.unit(Panels.KILOWATT_HOURS))
            .field("SM clock", Map.of("unit", "hertz", "decimals", 2))
            .field("XID errors", count)
            .field("XID code", count)
            .field("ECC corrected", count)
            .field("ECC uncorrected", count);
    DevicePanels.watts(table, "power", "peak", "limit");
    DevicePanels.celsius(table, "temperature", "hottest", "memory hottest");
    return DevicePanels.shares(table, "busy", "memory used", "fan", "throttled", "coverage");
  }

  private static Column hertz(String name, String megahertz) {
    return new Column(name, "mean(" + WINDOWS.field(megahertz) + ")" + HERTZ_OF_MEGAHERTZ);
  }

  private static Panel memoryTemperature() {
    return DevicePanels.lines(
            "GPU memory temperature",
            DevicePanels.CELSIUS,
            HALF,
            "Mean of each interval; the highest samples of the range are in the table.")
        .asks(
            Query.series(
                DeviceQueries.trend(GPU, DeviceQueries.mean("mean", "memory_temperature_celsius")),
                DeviceQueries.DEVICE));
  }

  /** With the power limits in force as dashed lines; they are seldom different. */
  private static Panel power() {
    String limit = WINDOWS.field("power_limit_watts");
    return DevicePanels.power(GPU, "GPU power and limit", HALF)
        .asks(
            Query.series(
                DeviceQueries.trendOfAll(
                    GPU,
                    new Column("Lowest limit", "min(" + limit + ")"),
                    new Column("Highest limit", "max(" + limit + ")"))))
        .field("Lowest limit", Panels.limit())
        .field("Highest limit", Panels.limit());
  }

  private static Panel powerOfAll() {
    return DevicePanels.lines(
            "Power of all GPUs",
            Panels.WATTS,
            HALF,
            "The sum over the GPUs chosen above of their mean power, and of their power limits in"
                + " force.")
        .asks(
            Query.series(DeviceQueries.powerOfAll(GPU, "Power")),
            Query.series(DeviceQueries.meansOfAll(GPU, "power_limit_watts", "Limits")))
        .field("Limits", Panels.limit())
        .fromZero();
  }

  private static Panel clock(String title, String field) {
    return DevicePanels.lines(title, "hertz", HALF, "Mean of each GPU and interval.")
        .asks(Query.series(DeviceQueries.trend(GPU, hertz("clock", field)), DeviceQueries.DEVICE))
        .fromZero();
  }

  private static Panel memoryUsed() {
    return DevicePanels.lines(
            "GPU memory used",
            Panels.BYTES,
            HALF,
            "Mean of each GPU and interval; dashed: the size of the largest.")
        .asks(
            Query.series(
                DeviceQueries.ratioTrend(
                    GPU,
                    WINDOWS.sum("used_millis"),
                    "1048576.0",
                    DeviceQueries.sum("used", "used_mebibyte_millis")),
                DeviceQueries.DEVICE),
            Query.series(
                DeviceQueries.trendOfAll(
                    GPU,
                    new Column(
                        "Capacity",
                        "max(" + WINDOWS.field("capacity_mebibytes") + ") * 1048576.0"))))
        .field("Capacity", Panels.limit())
        .fromZero();
  }

  private static Panel throttling() {
    return DevicePanels.lines(
            "Throttle reasons",
            Panels.SHARE,
            HALF,
            "Share of the samples of the GPUs chosen above in which clocks were lowered, by"
                + " reason. There may be several at once, so they do not add up.")
        .asks(
            Query.series(
                DeviceQueries.trendOfAll(
                    GPU,
                    DeviceQueries.mean("Power limit", "throttled_power_cap_ratio"),
                    DeviceQueries.mean("Temperature", "throttled_thermal_ratio"),
                    DeviceQueries.mean("Power brake", "throttled_power_brake_ratio"),
                    DeviceQueries.mean("Hardware", "throttled_hardware_ratio"),
                    DeviceQueries.mean("Other", "throttled_other_ratio"))))
        .between(0, 1);
  }

  private static Panel errors() {
    return Panels.columns("XID and ECC errors", Panels.COUNT, HALF, 8)
        .describedAs(
            "Errors that the GPUs chosen above reported in each interval; by GPU in the table. No"
                + " bar: none was reported, or the driver does not report them. Device windows"
                + " reach back 14 days, unless the store writer keeps them for another time.")
        .asks(
            Query.series(
                DeviceQueries.trendOfAll(
                    GPU,
                    DeviceQueries.sum("XID", "xid_errors"),
                    DeviceQueries.sum("ECC corrected", "ecc_corrected_errors"),
                    DeviceQueries.sum("ECC uncorrected", "ecc_uncorrected_errors"))))
        .interval("1m")
        .without("none reported, or no device windows");
  }

  private static Panel throughput(String title, String received, String sent) {
    return DevicePanels.lines(
            title,
            "Bps",
            HALF,
            "Bytes received and sent a second, of each GPU whose driver reports it.")
        .asks(
            Query.series(
                DeviceQueries.throughput(
                    GPU, DeviceQueries.sum("received", received), DeviceQueries.sum("sent", sent)),
                DeviceQueries.DEVICE + " $col"))
        .fromZero();
  }
}
