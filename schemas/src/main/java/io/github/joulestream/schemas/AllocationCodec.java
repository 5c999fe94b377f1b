// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.schemas.AllocationEvent.Action;
import io.github.joulestream.schemas.AllocationEvent.Reporter;
import java.io.IOException;
import org.apache.avro.Schema;

final class AllocationCodec implements Codec<AllocationEvent> {
  private static final Action[] ACTIONS = Action.values();
  private static final Reporter[] REPORTERS = Reporter.values();

  private final Schema schema = KnownSchemas.own("allocation");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(AllocationEvent event, WireWriter out) {
    out.writeString(event.site());
    out.writeString(event.node());
    out.writeString(event.job());
    out.writeEnum(event.action());
    out.writeLong(event.atEpochMillis());
    writeList(
        event.devices(),
        (share, to) -> {
          to.writeString(share.deviceId());
          to.writeInt(share.basisPoints());
        },
        out);
    out.writeInt(event.shares().memoryBasisPoints());
    out.writeInt(event.shares().storageBasisPoints());
    out.writeInt(event.shares().cpuBasisPoints());
    out.writeInt(event.shares().nodeBasisPoints());
    out.writeInt(event.gpusOnNode());
    out.writeEnum(event.reporter());
  }

  @Override
  public void check(AllocationEvent event) {
    Bounds.time(event.atEpochMillis(), "time of an allocation event");
  }

  @Override
  public AllocationEvent read(WireReader in) throws IOException {
    return new AllocationEvent(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readEnum(ACTIONS),
        in.readLong(),
        in.readList(
            () -> new DeviceShare(in.readString(), in.readInt()),
            Bounds.SHARES,
            "devices of an allocation event"),
        new NodeShares(in.readInt(), in.readInt(), in.readInt(), in.readInt()),
        in.readInt(),
        in.readEnum(REPORTERS));
  }
}
