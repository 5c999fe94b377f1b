// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.dashboards;

import io.github.joulestream.energy.DeviceKind;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Queries about single devices of the chosen node. Nothing in them depends on the length of a
 * device window: amounts are divided by the time of the device itself.
 */
final class DeviceQueries {
  static final String DEVICE = "$tag_device";

  private static final Source WINDOWS = Source.DEVICE_WINDOW;
  private static final String MILLIS = "whole";

  private DeviceQueries() {}

  /** A mean of a window, as of a temperature. */
  static Column mean(String name, String field) {
    return new Column(name, "mean(" + WINDOWS.field(field) + ")");
  }

  /** The highest of the range. */
  static Column max(String name, String field) {
    return new Column(name, "max(" + WINDOWS.field(field) + ")");
  }

  static Column sum(String name, String field) {
    return new Column(name, WINDOWS.sum(field));
  }

  /** The devices of a kind of the chosen node, in the range. */
  private static Select filtered(DeviceKind kind, Select select) {
    return select
        .from(WINDOWS)
        .where(
            Queries.sites(WINDOWS),
            WINDOWS.tag("node") + " =~ /^${node:regex}$/",
            WINDOWS.tag("device") + " =~ /^${device:regex}$/",
            WINDOWS.tag("kind") + " = '" + kind + "'",
            Select.IN_RANGE);
  }

  private static Select select(Column... columns) {
    return Select.of(Arrays.stream(columns).map(Column::text).toArray(String[]::new));
  }

  /** One row for each device. */
  static Select rows(DeviceKind kind, Column... columns) {
    return filtered(kind, select(columns)).groupBy(WINDOWS.tag("device"));
  }

  /** Of each device and interval that is drawn. */
  static Select trend(DeviceKind kind, Column... columns) {
    return trendOfAll(kind, columns).groupBy(WINDOWS.tag("device"));
  }

  /** Of all chosen devices together, of each interval that is drawn. */
  static Select trendOfAll(DeviceKind kind, Column... columns) {
    return filtered(kind, select(columns)).groupBy("time($__interval)").fill("null");
  }

  /**
   * Sums of each device and interval, divided by what {@code whole} is; absent where that is 0, as
   * InfluxQL divides by 0 without an error.
   *
   * @param whole sum of times, as an expression
   * @param factor that the ratio is multiplied by; with a decimal point
   */
  static Select ratioTrend(DeviceKind kind, String whole, String factor, Column... parts) {
    return Select.of(
            Arrays.stream(parts)
                .map(part ->
                    Select.as(
                        "sum(%s) * %s / sum(%s)"
                            .formatted(part.quoted(), factor, Source.quote(MILLIS)),
                        part.name()))
                .toArray(String[]::new))
        .from(sums(kind, whole, parts))
        .where(Select.IN_RANGE, Source.quote(MILLIS) + " > 0")
        .groupBy("time($__interval)", WINDOWS.tag("device"))
        .fill("null");
  }

  private static Select sums(DeviceKind kind, String whole, Column... parts) {
    Select sums =
        Select.of(
            Stream.concat(
                    Arrays.stream(parts).map(Column::text), Stream.of(Select.as(whole, MILLIS)))
                .toArray(String[]::new));
    return filtered(kind, sums).groupBy("time($__interval)", WINDOWS.tag("device")).fill("none");
  }

  /** Mean power over the time with known energy; millijoules over milliseconds are watts. */
  static Select power(DeviceKind kind, String name) {
    return ratioTrend(kind, WINDOWS.sum("covered_millis"), "1.0", sum(name, "energy_millijoules"));
  }

  /** The sum of the mean powers of the devices. */
  static Select powerOfAll(DeviceKind kind, String name) {
    return sumOverDevices(power(kind, "power"), "power", name);
  }

  /** The sum over the devices of a mean of each. */
  static Select meansOfAll(DeviceKind kind, String field, String name) {
    return sumOverDevices(
        filtered(kind, select(mean("mean", field)))
            .groupBy("time($__interval)", WINDOWS.tag("device"))
            .fill("none"),
        "mean",
        name);
  }

  private static Select sumOverDevices(Select ofEach, String column, String name) {
    return Select.of(Select.as("sum(" + Source.quote(column) + ")", name))
        .from(ofEach)
        .where(Select.IN_RANGE)
        .groupBy("time($__interval)")
        .fill("null");
  }

  /** Bytes a second, of bytes that were counted. */
  static Select throughput(DeviceKind kind, Column... bytes) {
    return ratioTrend(
        kind,
        WINDOWS.sum("covered_millis") + " + " + WINDOWS.sum("uncovered_millis"),
        "1000.0",
        bytes);
  }

  static Column ratio(String name, String part, String whole) {
    return new Column(name, WINDOWS.sum(part) + " / " + WINDOWS.sum(whole));
  }

  /** Memory or space in use, of its size. */
  static Column used(String name) {
    return new Column(
        name,
        "%s / %s / max(%s)"
            .formatted(
                WINDOWS.sum("used_mebibyte_millis"),
                WINDOWS.sum("used_millis"),
                WINDOWS.field("capacity_mebibytes")));
  }

  static Column kilowattHours(String name) {
    return new Column(name, WINDOWS.sum("energy_millijoules") + " / " + Queries.KILOWATT_HOUR);
  }

  static Column coverage(String name) {
    return new Column(name, Queries.coverage(WINDOWS).expression());
  }
}
