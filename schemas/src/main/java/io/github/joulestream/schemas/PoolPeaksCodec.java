// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Windows;
import java.io.IOException;
import org.apache.avro.Schema;

final class PoolPeaksCodec implements Codec<PoolPeaks> {
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final Schema schema = KnownSchemas.own("pool-peak");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(PoolPeaks peaks, WireWriter out) {
    out.writeString(peaks.site());
    out.writeLong(peaks.hourStartEpochMillis());
    out.writeEnum(peaks.resource());
    out.writeInt(peaks.size());
    writeList(
        peaks.groups(),
        (group, to) -> {
          to.writeInt(group.index());
          to.writeLong(group.peakMebibytes());
          to.writeLong(group.seenMebibytes());
        },
        out);
  }

  @Override
  public PoolPeaks read(WireReader in) throws IOException {
    return new PoolPeaks(
        in.readString(),
        in.readLong(),
        in.readEnum(KINDS),
        in.readInt(),
        in.readList(
            () -> new PoolPeaks.Group(in.readInt(), in.readLong(), in.readLong()),
            Bounds.POOL_GROUPS,
            "groups of nodes"));
  }

  @Override
  public void check(PoolPeaks peaks) {
    Keys.check(peaks.site(), "site");
    checkWindow(peaks.hourStartEpochMillis(), Windows.HOUR_MILLIS);
    if (peaks.resource() != DeviceKind.MEMORY && peaks.resource() != DeviceKind.STORAGE) {
      throw new IllegalArgumentException("a pool of " + peaks.resource());
    }
    Bounds.count(peaks.size(), Integer.MAX_VALUE, "nodes of a group");
    for (PoolPeaks.Group group : peaks.groups()) {
      Bounds.count(group.index(), Integer.MAX_VALUE, "index of a group");
      Bounds.count(group.peakMebibytes(), Long.MAX_VALUE, "peak of a group, MiB");
      Bounds.count(group.seenMebibytes(), Long.MAX_VALUE, "size of a group, MiB");
    }
  }
}
