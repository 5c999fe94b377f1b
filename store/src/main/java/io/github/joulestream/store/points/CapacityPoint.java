// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Windows;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import io.github.joulestream.schemas.Capacity;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.Map;

/** Memory and storage of a site in a window; what is not known has no field. */
public final class CapacityPoint {
  private static final double MILLIWATTS_PER_WATT = 1e3;

  private CapacityPoint() {}

  /** One point, at the window's start. */
  public static StorePoint of(Capacity capacity) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("times", (long) capacity.times());
    fields.put("nodes", (long) capacity.nodes());
    fields.put("nodes_reporting", (long) capacity.reportingNodes());
    fields.put("gpus", capacity.gpus());
    fields.put(
        "gpus_allocated", capacity.gpusAllocatedBasisPoints() / (double) Bounds.WHOLE_BASIS_POINTS);
    put("memory_", capacity.memory(), fields);
    put("storage_", capacity.storage(), fields);
    StorageGrowth.Forecast growth = capacity.growth();
    if (growth != null) {
      fields.put("storage_growth_bytes_per_day", growth.bytesPerDay());
      fields.put("storage_growth_low_bytes_per_day", growth.lowBytesPerDay());
      fields.put("storage_growth_high_bytes_per_day", growth.highBytesPerDay());
      putIfKnown("storage_full_epoch_millis", growth.fullEpochMillis(), fields);
      putIfKnown("storage_full_earliest_epoch_millis", growth.fullEarliestEpochMillis(), fields);
      putIfKnown("storage_full_latest_epoch_millis", growth.fullLatestEpochMillis(), fields);
    }
    return new StorePoint(
        Measurement.CAPACITY,
        Parts.tags(
            "site", capacity.site(), Measurement.WINDOW, Windows.name(capacity.windowMillis())),
        fields,
        Parts.nanos(capacity.windowStartEpochMillis()));
  }

  private static void put(String prefix, SiteCapacity of, Map<String, Object> fields) {
    fields.put(prefix + "seen_mebibytes", of.seenMebibytes());
    fields.put(prefix + "allocated_mebibytes", of.allocatedMebibytes());
    fields.put(prefix + "stranded_mebibytes", of.strandedMebibytes());
    fields.put(prefix + "rentable_mebibytes", of.rentableMebibytes());
    fields.put(prefix + "use_known_mebibytes", of.useKnownMebibytes());
    putIfKnown(prefix + "used_mebibytes", of.usedMebibytes(), fields);
    putIfKnown(prefix + "peak_used_mebibytes", of.peakUsedMebibytes(), fields);
    putIfKnown(prefix + "untouched_mebibytes", of.untouchedMebibytes(), fields);
    putIfKnown(prefix + "beyond_allocation_mebibytes", of.beyondAllocationMebibytes(), fields);
    fields.put(prefix + "watts", of.milliwatts() / MILLIWATTS_PER_WATT);
  }

  private static void putIfKnown(String name, long value, Map<String, Object> fields) {
    if (value >= 0) {
      fields.put(name, value);
    }
  }
}
