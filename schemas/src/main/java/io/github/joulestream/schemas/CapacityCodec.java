// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.capacity.SiteCapacity;
import io.github.joulestream.energy.capacity.StorageGrowth;
import java.io.IOException;
import org.apache.avro.Schema;

final class CapacityCodec implements Codec<Capacity> {
  private final Schema schema = KnownSchemas.own("capacity");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(Capacity capacity, WireWriter out) {
    out.writeString(capacity.site());
    out.writeLong(capacity.windowStartEpochMillis());
    out.writeInt(capacity.windowMillis());
    out.writeInt(capacity.times());
    out.writeInt(capacity.nodes());
    out.writeInt(capacity.reportingNodes());
    out.writeLong(capacity.gpus());
    out.writeLong(capacity.gpusAllocatedBasisPoints());
    write(capacity.memory(), out);
    write(capacity.storage(), out);
    StorageGrowth.Forecast growth = capacity.growth();
    out.writeIndex(growth == null ? 0 : 1);
    if (growth != null) {
      out.writeLong(growth.bytesPerDay());
      out.writeLong(growth.lowBytesPerDay());
      out.writeLong(growth.highBytesPerDay());
      out.writeLong(growth.fullEpochMillis());
      out.writeLong(growth.fullEarliestEpochMillis());
      out.writeLong(growth.fullLatestEpochMillis());
    }
  }

  private static void write(SiteCapacity of, WireWriter out) {
    out.writeLong(of.seenMebibytes());
    out.writeLong(of.allocatedMebibytes());
    out.writeLong(of.strandedMebibytes());
    out.writeLong(of.rentableMebibytes());
    out.writeLong(of.useKnownMebibytes());
    out.writeLong(of.usedMebibytes());
    out.writeLong(of.peakUsedMebibytes());
    out.writeLong(of.untouchedMebibytes());
    out.writeLong(of.beyondAllocationMebibytes());
    out.writeLong(of.milliwatts());
  }

  @Override
  public Capacity read(WireReader in) throws IOException {
    return new Capacity(
        in.readString(),
        in.readLong(),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        siteCapacity(in),
        siteCapacity(in),
        in.readIndex() == 0
            ? null
            : new StorageGrowth.Forecast(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong()));
  }

  private static SiteCapacity siteCapacity(WireReader in) throws IOException {
    return new SiteCapacity(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }

  @Override
  public void check(Capacity capacity) {
    Keys.check(capacity.site(), "site");
    checkWindow(capacity.windowStartEpochMillis(), capacity.windowMillis());
    Bounds.count(capacity.times(), Bounds.WINDOW_MILLIS, "times of a window");
    Bounds.count(capacity.nodes(), Integer.MAX_VALUE, "nodes of a site");
    Bounds.count(capacity.reportingNodes(), capacity.nodes(), "reporting nodes of a site");
  }
}
