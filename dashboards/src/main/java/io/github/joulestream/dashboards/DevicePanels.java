// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Windows;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Drives and processors of a node, each by itself; and what panels of devices share. */
final class DevicePanels {
  static final String CELSIUS = "celsius";
  static final String NO_WINDOWS = "no device windows with this";

  /** Shown where a gap is shorter: two of the longest windows that a site can choose. */
  private static final int SHORT_GAP_MILLIS = 150_000;

  private static final String REACH =
      " Device windows reach back 14 days, unless the store writer keeps them for another time.";

  private DevicePanels() {}

  static List<Panel> drivesAndProcessors() {
    return List.of(
        drives(),
        processors(),
        temperature(DeviceKind.STORAGE, "Temperature by drive", 8),
        busy(DeviceKind.STORAGE, "Busy time by drive", 8),
        wear(),
        temperature(DeviceKind.CPU, "Temperature by processor", 12),
        power(DeviceKind.CPU, "Power by processor", 12));
  }

  /** Lines over time, of a legend with mean, last and highest value. */
  static Panel lines(String title, String unit, int width, String description) {
    return Panels.lines(title, unit, width, 8)
        .describedAs(description + REACH)
        .custom("fillOpacity", 0)
        // windows may be longer than what is drawn
        .custom("spanNulls", SHORT_GAP_MILLIS)
        .interval(Windows.NAME)
        .without(NO_WINDOWS);
  }

  static Panel table(String title, int width, int height, String description) {
    return Panels.table(title, "none", width, height)
        .describedAs(description + REACH)
        .transform("organize", Panels.without())
        .without(NO_WINDOWS);
  }

  static Panel temperature(DeviceKind kind, String title, int width) {
    return lines(
            title,
            CELSIUS,
            width,
            "Mean of each interval; the highest samples of the range are in the table.")
        .asks(
            Query.series(
                DeviceQueries.trend(kind, DeviceQueries.mean("mean", "temperature_celsius")),
                DeviceQueries.DEVICE));
  }

  static Panel power(DeviceKind kind, String title, int width) {
    return lines(
            title,
            Panels.WATTS,
            width,
            "Mean power of each, over the time in which its energy is known.")
        .asks(Query.series(DeviceQueries.power(kind, "power"), DeviceQueries.DEVICE))
        .fromZero();
  }

  static Panel busy(DeviceKind kind, String title, int width) {
    return lines(
            title, Panels.SHARE, width, "Time busy, of the time in which the use of each is known.")
        .asks(
            Query.series(
                DeviceQueries.ratioTrend(
                    kind,
                    Source.DEVICE_WINDOW.sum("utilisation_millis"),
                    "1.0",
                    DeviceQueries.sum("busy", "busy_millis")),
                DeviceQueries.DEVICE))
        .between(0, 1);
  }

  private static Panel wear() {
    return lines(
            "Wear by drive",
            Panels.SHARE,
            8,
            "Of the endurance that the drive is built for; it may go beyond 100 %.")
        .asks(
            Query.series(
                DeviceQueries.trend(DeviceKind.STORAGE, DeviceQueries.mean("wear", "wear_ratio")),
                DeviceQueries.DEVICE))
        .fromZero();
  }

  private static Panel drives() {
    Panel table =
        table(
                "Drives",
                12,
                7,
                "Each drive over the range: temperature (mean, and the highest sample), wear, time"
                    + " busy, space used and mean power.")
            .asks(
                Query.table(
                    DeviceQueries.rows(
                        DeviceKind.STORAGE,
                        DeviceQueries.mean("temperature", "temperature_celsius"),
                        DeviceQueries.max("hottest", "peak_temperature_celsius"),
                        DeviceQueries.max("wear", "wear_ratio"),
                        DeviceQueries.ratio("busy", "busy_millis", "utilisation_millis"),
                        DeviceQueries.used("used"),
                        DeviceQueries.ratio("power", "energy_millijoules", "covered_millis"))));
    return celsius(shares(table, "wear", "busy", "used"), "temperature", "hottest")
        .field("power", Panels.unit(Panels.WATTS));
  }

  private static Panel processors() {
    Panel table =
        table(
                "Processors",
                12,
                7,
                "Each processor over the range: package temperature (mean, and the highest sample),"
                    + " time busy, mean and highest power, energy, and the time of which it is"
                    + " known.")
            .asks(
                Query.table(
                    DeviceQueries.rows(
                        DeviceKind.CPU,
                        DeviceQueries.mean("temperature", "temperature_celsius"),
                        DeviceQueries.max("hottest", "peak_temperature_celsius"),
                        DeviceQueries.ratio("busy", "busy_millis", "utilisation_millis"),
                        DeviceQueries.ratio("power", "energy_millijoules", "covered_millis"),
                        DeviceQueries.max("peak", "peak_watts"),
                        DeviceQueries.kilowattHours("energy"),
                        DeviceQueries.coverage("coverage"))));
    return watts(
            celsius(shares(table, "busy", "coverage"), "temperature", "hottest"), "power", "peak")
        .field("energy", Panels.unit(Panels.KILOWATT_HOURS));
  }

  static Panel celsius(Panel table, String... columns) {
    Stream.of(columns)
        .forEach(column -> table.field(column, Map.of("unit", CELSIUS, "decimals", 0)));
    return table;
  }

  static Panel watts(Panel table, String... columns) {
    Arrays.stream(columns).forEach(column -> table.field(column, Panels.unit(Panels.WATTS)));
    return table;
  }

  static Panel shares(Panel table, String... columns) {
    Map<String, Object> share = Map.of("unit", Panels.SHARE, "decimals", 1);
    Arrays.stream(columns).forEach(column -> table.field(column, share));
    return table;
  }
}
