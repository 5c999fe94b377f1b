// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.schemas.Placement.EndedBy;
import io.github.joulestream.schemas.Placement.HeldDevice;
import java.io.IOException;
import org.apache.avro.Schema;

final class PlacementCodec implements Codec<Placement> {
  private static final EndedBy[] ENDS = EndedBy.values();

  private final Schema schema = KnownSchemas.own("placement");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(Placement placement, WireWriter out) {
    out.writeString(placement.site());
    out.writeString(placement.node());
    out.writeString(placement.job());
    out.writeLong(placement.anchorEpochMillis());
    out.writeLong(placement.heldEpochMillis());
    out.writeLong(placement.endEpochMillis());
    out.writeEnum(placement.endedBy());
    writeList(
        placement.devices(),
        (device, to) -> {
          to.writeString(device.deviceId());
          to.writeLong(device.fromEpochMillis());
          to.writeLong(device.toEpochMillis());
          to.writeInt(device.basisPoints());
        },
        out);
    out.writeInt(placement.shares().memoryBasisPoints());
    out.writeInt(placement.shares().storageBasisPoints());
    out.writeInt(placement.shares().cpuBasisPoints());
    out.writeInt(placement.shares().nodeBasisPoints());
    out.writeInt(placement.gpusOnNode());
  }

  @Override
  public Placement read(WireReader in) throws IOException {
    return new Placement(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readEnum(ENDS),
        in.readList(
            () -> new HeldDevice(in.readString(), in.readLong(), in.readLong(), in.readInt()),
            Bounds.HELD_DEVICES,
            "devices that a job held"),
        new NodeShares(in.readInt(), in.readInt(), in.readInt(), in.readInt()),
        in.readInt());
  }

  @Override
  public void check(Placement placement) {
    Keys.check(placement.site(), "site");
    Keys.check(placement.node(), "node");
    Keys.check(placement.job(), "job");
    Bounds.time(placement.anchorEpochMillis(), "anchor of a placement");
    Bounds.time(placement.heldEpochMillis(), "start of a placement");
    Bounds.timeIfAny(placement.endEpochMillis(), "end of a placement");
    for (HeldDevice device : placement.devices()) {
      Bounds.name(device.deviceId(), "device id");
      Bounds.time(device.fromEpochMillis(), "start of a device's time");
      Bounds.timeIfAny(device.toEpochMillis(), "end of a device's time");
      Bounds.count(device.basisPoints(), Bounds.WHOLE_BASIS_POINTS, "share of a device");
    }
    Bounds.count(placement.gpusOnNode(), Bounds.GPUS, "GPUs of a node");
  }
}
