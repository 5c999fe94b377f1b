// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.PowerSource;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A device's properties within the state of its node. Enums by name: constants may move. */
final class DeviceCodec {
  private DeviceCodec() {}

  static void write(Device device, DataOutput out) throws IOException {
    out.writeUTF(device.id());
    out.writeUTF(device.kind().name());
    out.writeUTF(device.source().name());
    DeviceKind container = device.containedIn();
    out.writeUTF(container == null ? "" : container.name());
    out.writeUTF(device.model());
    out.writeLong(device.powerLimitMilliwatts());
    out.writeInt(device.averagingMillis());
    out.writeLong(device.counterEpoch());
    out.writeLong(device.counterWrapMicrojoules());
    out.writeLong(device.capacityBytes());
    out.writeUTF(device.instanceOf());
  }

  static Device read(DataInput in) throws IOException {
    String id = in.readUTF();
    DeviceKind kind = DeviceKind.valueOf(in.readUTF());
    PowerSource source = PowerSource.valueOf(in.readUTF());
    String container = in.readUTF();
    return new Device(
        id,
        kind,
        source,
        container.isEmpty() ? null : DeviceKind.valueOf(container),
        in.readUTF(),
        in.readLong(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readUTF());
  }
}
