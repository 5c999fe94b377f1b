// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** An edge of an allocation within the state of its node. */
final class AllocationEdgeCodec {
  private AllocationEdgeCodec() {}

  static void write(AllocationEdge edge, StateWriter out) throws IOException {
    out.text(edge.job());
    out.writeBoolean(edge.hold());
    out.writeLong(edge.atEpochMillis());
    out.number(edge.deviceBasisPoints().size());
    for (Map.Entry<String, Integer> share : new TreeMap<>(edge.deviceBasisPoints()).entrySet()) {
      out.text(share.getKey());
      out.writeInt(share.getValue());
    }
    out.writeInt(edge.memoryBasisPoints());
    out.writeInt(edge.storageBasisPoints());
    out.writeInt(edge.cpuBasisPoints());
    out.writeInt(edge.nodeBasisPoints());
    out.writeInt(edge.gpusOnNode());
    out.text(edge.by().name());
    out.writeLong(edge.arrivalEpochMillis());
  }

  static AllocationEdge read(StateReader in) throws IOException {
    String job = in.text();
    boolean hold = in.readBoolean();
    long at = in.readLong();
    Map<String, Integer> basisPoints = new HashMap<>();
    for (int left = in.countOrShort(); left > 0; left--) {
      basisPoints.put(in.text(), in.intOrShort());
    }
    return new AllocationEdge(
        job,
        hold,
        at,
        basisPoints,
        in.intOrShort(),
        in.intOrShort(),
        in.intOrShort(),
        in.intOrShort(),
        in.readInt(),
        in.constant(AllocationEdge.By.class),
        in.readLong());
  }
}
