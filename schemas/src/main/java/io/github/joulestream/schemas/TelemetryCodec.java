// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.Readings;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;

/** Telemetry by columns; times and counters as differences, so that a reading costs a few bytes. */
final class TelemetryCodec implements Codec<TelemetryBatch> {
  private static final DeviceKind[] KINDS = DeviceKind.values();
  private static final PowerSource[] SOURCES = PowerSource.values();

  private final Schema schema = KnownSchemas.own("telemetry");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(TelemetryBatch batch, Encoder out) throws IOException {
    out.writeString(batch.site());
    out.writeString(batch.node());
    out.writeLong(batch.agentEpoch());
    out.writeLong(batch.sequence());
    out.writeArrayStart();
    out.setItemCount(batch.devices().size());
    for (DeviceSeries series : batch.devices()) {
      out.startItem();
      write(series, out);
    }
    out.writeArrayEnd();
    out.writeLong(batch.clockOffsetMillis());
  }

  private static void write(DeviceSeries series, Encoder out) throws IOException {
    Device device = series.device();
    out.writeString(device.id());
    out.writeEnum(device.kind().ordinal());
    out.writeEnum(device.source().ordinal());
    DeviceKind container = device.containedIn();
    out.writeIndex(container == null ? 0 : 1);
    if (container == null) {
      out.writeNull();
    } else {
      out.writeEnum(container.ordinal());
    }
    out.writeString(device.model());
    out.writeLong(device.powerLimitMilliwatts());
    out.writeInt(device.averagingMillis());
    out.writeLong(device.counterEpoch());
    out.writeLong(device.counterWrapMicrojoules());
    out.writeLong(device.capacityBytes());
    out.writeString(device.instanceOf());
    Readings readings = series.readings();
    writeDeltas(readings.epochMillis(), out);
    writeValues(readings.powerMilliwatts(), out);
    writeDeltas(readings.energyMicrojoules(), out);
    writeValues(readings.utilisationParts(), out);
    writeValues(readings.usedBytes(), out);
    writeDeltas(readings.readBytes(), out);
    writeDeltas(readings.writtenBytes(), out);
  }

  private static void writeValues(long[] values, Encoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(values.length);
    for (long value : values) {
      out.startItem();
      out.writeLong(value);
    }
    out.writeArrayEnd();
  }

  private static void writeDeltas(long[] values, Encoder out) throws IOException {
    out.writeArrayStart();
    out.setItemCount(values.length);
    long before = 0;
    for (long value : values) {
      out.startItem();
      if (value == MISSING) {
        out.writeLong(MISSING);
      } else {
        // wraps around at 2^64, and back again when read
        long delta = value - before;
        if (delta == MISSING) {
          throw new IOException("a step of 2^63 between two readings");
        }
        out.writeLong(delta);
        before = value;
      }
    }
    out.writeArrayEnd();
  }

  @Override
  public TelemetryBatch read(WireReader in) throws IOException {
    return new TelemetryBatch(
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readLong(),
        in.readList(() -> readSeries(in)),
        in.readLong());
  }

  private static DeviceSeries readSeries(WireReader in) throws IOException {
    Device device =
        new Device(
            in.readString(),
            in.readEnum(KINDS),
            in.readEnum(SOURCES),
            in.readIndex() == 0 ? null : in.readEnum(KINDS),
            in.readString(),
            in.readLong(),
            in.readInt(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readString());
    return new DeviceSeries(
        device,
        new Readings(
            summed(in.readLongs()),
            in.readLongs(),
            summed(in.readLongs()),
            in.readLongs(),
            in.readLongs(),
            summed(in.readLongs()),
            summed(in.readLongs())));
  }

  private static long[] summed(long[] deltas) {
    long before = 0;
    for (int i = 0; i < deltas.length; i++) {
      if (deltas[i] != MISSING) {
        before += deltas[i];
        deltas[i] = before;
      }
    }
    return deltas;
  }
}
