// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.schemas.Placement;
import io.github.joulestream.schemas.Placement.HeldDevice;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.HoldsText;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What a job held of a node, and from when to when. */
public final class PlacementPoint {
  private PlacementPoint() {}

  /** One point, at the second of the anchor. */
  public static StorePoint of(Placement placement) {
    Set<String> devices = new LinkedHashSet<>();
    for (HeldDevice held : placement.devices()) {
      devices.add(held.deviceId());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", placement.job());
    fields.put("anchor_epoch_millis", placement.anchorEpochMillis());
    fields.put("held_epoch_millis", placement.heldEpochMillis());
    fields.put("end_epoch_millis", placement.endEpochMillis());
    fields.put("ended_by", placement.endedBy().name());
    fields.put("gpus", (long) devices.size());
    fields.put("gpus_on_node", (long) placement.gpusOnNode());
    fields.put("devices", String.join(", ", devices));
    fields.put("holds", HoldsText.of(placement.devices()));
    fields.put("memory_basis_points", (long) placement.shares().memoryBasisPoints());
    fields.put("storage_basis_points", (long) placement.shares().storageBasisPoints());
    fields.put("cpu_basis_points", (long) placement.shares().cpuBasisPoints());
    fields.put("node_basis_points", (long) placement.shares().nodeBasisPoints());
    return new StorePoint(
        Measurement.PLACEMENT,
        Parts.tags("site", placement.site(), "node", placement.node()),
        fields,
        // a job can be given something of a node twice within a second
        Parts.secondNanos(placement.anchorEpochMillis())
            + Parts.hash(placement.job(), placement.anchorEpochMillis()));
  }
}
