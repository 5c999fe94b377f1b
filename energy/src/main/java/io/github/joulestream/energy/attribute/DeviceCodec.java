// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.PowerSource;
import java.io.IOException;

/** A device's properties within the state of its node. Enums by name: constants may move. */
final class DeviceCodec {
  private DeviceCodec() {}

  static void write(Device device, StateWriter out) throws IOException {
    out.text(device.id());
    out.text(device.kind().name());
    out.text(device.source().name());
    DeviceKind container = device.containedIn();
    out.text(container == null ? "" : container.name());
    out.text(device.model());
    out.writeLong(device.powerLimitMilliwatts());
    out.writeInt(device.averagingMillis());
    out.writeLong(device.counterEpoch());
    out.writeLong(device.counterWrapMicrojoules());
    out.writeLong(device.capacityBytes());
    out.text(device.instanceOf());
  }

  static Device read(StateReader in) throws IOException {
    String id = in.text();
    DeviceKind kind = in.constant(DeviceKind.class);
    PowerSource source = in.constant(PowerSource.class);
    String container = in.text();
    return new Device(
        id,
        kind,
        source,
        container.isEmpty() ? null : kindOf(container),
        in.text(),
        new DevicePower(in.readLong(), in.readInt()),
        new EnergyCounter(in.readLong(), in.readLong()),
        in.readLong(),
        in.text());
  }

  private static DeviceKind kindOf(String name) throws IOException {
    try {
      return DeviceKind.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IOException("no kind of device is called " + name + " in this release", e);
    }
  }
}
