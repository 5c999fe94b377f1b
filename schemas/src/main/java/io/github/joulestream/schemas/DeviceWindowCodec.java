// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class DeviceWindowCodec implements Codec<DeviceWindow> {
  private static final DeviceKind[] KINDS = DeviceKind.values();

  private final Schema schema = KnownSchemas.own("device-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(DeviceWindow window, WireWriter out) {
    out.writeString(window.site());
    out.writeString(window.node());
    out.writeLong(window.windowStartEpochMillis());
    out.writeInt(window.windowMillis());
    writeList(window.devices(), DeviceWindowCodec::write, out);
    out.writeLong(window.fragment());
  }

  private static void write(DeviceTotals device, WireWriter out) {
    out.writeString(device.id());
    out.writeEnum(device.kind());
    out.writeString(device.model());
    out.writeLong(device.capacityBytes());
    Totals<DeviceAmount> totals = device.totals();
    long given = 0;
    for (int i = 0; i < totals.size(); i++) {
      given |= totals.get(i) == 0 ? 0 : 1L << i;
    }
    out.writeLong(given);
    out.writeBlock(Long.bitCount(given));
    for (int i = 0; i < totals.size(); i++) {
      if (totals.get(i) != 0) {
        out.writeLong(totals.get(i));
      }
    }
    out.writeEnd();
  }

  @Override
  public DeviceWindow read(WireReader in) throws IOException {
    return new DeviceWindow(
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readInt(),
        in.readList(() -> device(in), Bounds.WINDOW_DEVICES, "devices of a node"),
        in.readLong());
  }

  private static DeviceTotals device(WireReader in) throws IOException {
    return new DeviceTotals(
        in.readString(), in.readEnum(KINDS), in.readString(), in.readLong(), totals(in));
  }

  private static Totals<DeviceAmount> totals(WireReader in) throws IOException {
    Totals<DeviceAmount> totals = Totals.ofDevice();
    long given = in.readLong();
    in.beginLongs();
    // amounts that a later release has are skipped
    for (int i = 0; i < Long.SIZE; i++) {
      if ((given & 1L << i) != 0) {
        long value = in.nextLong();
        if (i < totals.size()) {
          totals.set(i, value);
        }
      }
    }
    in.endLongs();
    return totals;
  }

  @Override
  public void check(DeviceWindow window) {
    Keys.check(window.site(), "site");
    Keys.check(window.node(), "node");
    checkWindow(window.windowStartEpochMillis(), window.windowMillis());
    for (DeviceTotals device : window.devices()) {
      Bounds.name(device.id(), "device id");
      Bounds.text(device.model(), "model of a device");
      Bounds.count(device.capacityBytes(), Device.MAX_BYTES, "bytes of a device");
    }
  }
}
