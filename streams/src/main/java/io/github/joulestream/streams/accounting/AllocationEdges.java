// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.energy.attribute.AllocationEdge;
import io.github.joulestream.schemas.AllocationEvent;
import io.github.joulestream.schemas.DeviceShare;
import java.util.stream.Collectors;

/** Maps allocation events of the wire to edges of the attribution. */
final class AllocationEdges {
  private AllocationEdges() {}

  /** The edge that an event reports. */
  static AllocationEdge edge(AllocationEvent event, long arrivalEpochMillis) {
    return new AllocationEdge(
        event.job(),
        event.action() == AllocationEvent.Action.HOLD,
        event.atEpochMillis(),
        event.devices().stream()
            .collect(Collectors.toMap(DeviceShare::deviceId, DeviceShare::basisPoints, Math::max)),
        event.shares().memoryBasisPoints(),
        event.shares().storageBasisPoints(),
        event.shares().cpuBasisPoints(),
        event.shares().nodeBasisPoints(),
        event.gpusOnNode(),
        event.reporter() == AllocationEvent.Reporter.AGENT
            ? AllocationEdge.By.AGENT
            : AllocationEdge.By.HOOK,
        arrivalEpochMillis);
  }
}
