// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.TextTable;
import io.github.joulestream.runtime.TextTable.Column;
import io.github.joulestream.schemas.NodeShares;
import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Placements as a table or as JSON. */
final class PlacementText {
  private static final int DEVICES_AT_MOST = 16;
  private static final double WHOLE = 10_000;

  private PlacementText() {}

  /** A time that devices have in common, and a share. */
  private record Times(long fromEpochMillis, long toEpochMillis, int basisPoints) {}

  /**
   * A table with a row for all devices that a job had for the same time.
   *
   * @param header of the first column
   * @param name what is in it
   */
  static TextTable table(
      String header, Function<Placement, String> name, List<Placement> placements) {
    TextTable table =
        new TextTable(
            Column.left(header),
            Column.left("SINCE"),
            Column.left("UNTIL"),
            Column.left("ENDED BY"),
            Column.right("SHARE"),
            Column.left("DEVICES"));
    for (Placement placement : placements) {
      String first = ShownText.of(name.apply(placement));
      Map<Times, List<String>> byTimes = byTimes(placement);
      if (byTimes.isEmpty()) {
        table.row(
            first,
            time(placement.heldEpochMillis()),
            time(placement.endEpochMillis()),
            ended(placement),
            "",
            "none by name");
      }
      byTimes.forEach((times, ids) ->
          table.row(
              first,
              time(times.fromEpochMillis),
              time(times.toEpochMillis),
              ended(placement),
              percent(times.basisPoints),
              devices(ids)));
    }
    return table;
  }

  private static Map<Times, List<String>> byTimes(Placement placement) {
    Map<Times, List<String>> byTimes = new LinkedHashMap<>();
    for (HeldDevice device : placement.devices()) {
      byTimes
          .computeIfAbsent(
              new Times(device.fromEpochMillis(), device.toEpochMillis(), device.basisPoints()),
              _ -> new ArrayList<>())
          .add(device.deviceId());
    }
    return byTimes;
  }

  private static String devices(List<String> ids) {
    String named =
        ShownText.of(String.join(", ", ids.subList(0, Math.min(DEVICES_AT_MOST, ids.size()))));
    return ids.size() <= DEVICES_AT_MOST
        ? named
        : "%s and %,d more".formatted(named, ids.size() - DEVICES_AT_MOST);
  }

  private static String ended(Placement placement) {
    return placement.endedBy() == EndedBy.NOBODY ? "-" : word(placement.endedBy());
  }

  /** {@code taken over}. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String percent(int basisPoints) {
    return basisPoints % 100 == 0
        ? "%d %%".formatted(basisPoints / 100)
        : String.format(Locale.ROOT, "%.2f %%", basisPoints / 100.0);
  }

  /** {@code 2026-01-31T12:00:00Z}; {@code -} while it is open. */
  static String time(long epochMillis) {
    return epochMillis == Placement.OPEN ? "-" : Instant.ofEpochMilli(epochMillis).toString();
  }

  private static @Nullable String timeOrNull(long epochMillis) {
    return epochMillis == Placement.OPEN ? null : time(epochMillis);
  }

  /** For a JSON mapper: times as text, what is open as null, shares from 0 to 1. */
  static Map<String, @Nullable Object> json(Placement placement) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("site", placement.site());
    json.put("node", placement.node());
    json.put("job", placement.job());
    json.put("since", time(placement.heldEpochMillis()));
    json.put("until", timeOrNull(placement.endEpochMillis()));
    json.put("endedBy", placement.endedBy().name());
    json.put("devices", placement.devices().stream().map(PlacementText::json).toList());
    NodeShares shares = placement.shares();
    json.put("memoryShare", share(shares.memoryBasisPoints()));
    json.put("storageShare", share(shares.storageBasisPoints()));
    json.put("cpuShare", share(shares.cpuBasisPoints()));
    json.put("nodeShare", share(shares.nodeBasisPoints()));
    json.put("gpusOnNode", placement.gpusOnNode());
    return json;
  }

  private static Map<String, @Nullable Object> json(HeldDevice device) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("device", device.deviceId());
    json.put("since", time(device.fromEpochMillis()));
    json.put("until", timeOrNull(device.toEpochMillis()));
    json.put("share", device.basisPoints() / WHOLE);
    return json;
  }

  private static Object share(int basisPoints) {
    return basisPoints == NodeShares.BY_GPUS ? "by GPUs" : (Object) (basisPoints / WHOLE);
  }
}
