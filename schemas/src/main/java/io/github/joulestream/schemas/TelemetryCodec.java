// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.StatusRows;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Telemetry by columns: the description of the devices in one block, which is the same from batch
 * to batch, and all values as differences, so that a reading costs a few bytes. Read by {@link
 * TelemetryReader}.
 */
final class TelemetryCodec implements Codec<TelemetryBatch> {
  /** Set in a device's columns if it has times of its own. */
  static final int OWN_TIMES = 64;

  static final int[] COLUMNS = {
    ReadingColumns.POWER,
    ReadingColumns.ENERGY,
    ReadingColumns.UTILISATION,
    ReadingColumns.USED,
    ReadingColumns.READ,
    ReadingColumns.WRITTEN
  };

  private static final long[] POWERS_OF_TEN = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

  private static final long[] MAX_OF_UNIT =
      Arrays.stream(POWERS_OF_TEN).map(unit -> Long.MAX_VALUE / unit).toArray();

  private final Schema schema = KnownSchemas.own("telemetry");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public TelemetryBatch read(WireReader in) throws IOException {
    TelemetryReader reader = new TelemetryReader();
    reader.read(in, null);
    return reader.batch();
  }

  @Override
  public void write(TelemetryBatch batch, WireWriter out) {
    out.writeString(batch.site());
    out.writeString(batch.node());
    out.writeLong(batch.agentEpoch());
    out.writeLong(batch.sequence());
    out.writeLong(batch.clockOffsetMillis());
    ReadingColumns columns = new ReadingColumns();
    batch.devices().forEach(columns::add);
    batch.statuses().forEach(columns::add);
    long[] times = batch.devices().isEmpty() ? new long[0] : times(batch.devices().getFirst());
    Values common = new Values(times.length);
    common.addDeltas(times, 0, times.length, 0);
    common.write(out);
    Values values = new Values(8 * columns.rows() + 8 * columns.size());
    out.writeBlock(columns.size());
    long[] before = new long[COLUMNS.length];
    for (int d = 0; d < columns.size(); d++) {
      boolean own = !Arrays.equals(times, times(batch.devices().get(d)));
      write(columns.device(d), columns.given(d) | (own ? OWN_TIMES : 0), out);
      addValues(columns, d, own, before, values);
    }
    out.writeEnd();
    values.write(out);
    writeStatuses(columns.statuses(), out);
  }

  private static void writeStatuses(StatusRows statuses, WireWriter out) {
    out.writeBlock(statuses.size());
    long[] before = new long[StatusColumn.count()];
    long millisBefore = 0;
    for (int row = 0; row < statuses.size(); row++) {
      out.writeInt(statuses.device(row));
      out.writeLong(statuses.epochMillis(row) - millisBefore);
      millisBefore = statuses.epochMillis(row);
      int given = 0;
      for (int c = 0; c < StatusColumn.count(); c++) {
        given |= statuses.get(row, StatusColumn.at(c)) == MISSING ? 0 : 1 << c;
      }
      out.writeInt(given);
      out.writeBlock(Integer.bitCount(given));
      for (int c = 0; c < StatusColumn.count(); c++) {
        if ((given & 1 << c) != 0) {
          long value = statuses.get(row, StatusColumn.at(c));
          out.writeLong(value - before[c]);
          before[c] = value;
        }
      }
      out.writeEnd();
    }
    out.writeEnd();
  }

  private static long[] times(DeviceSeries series) {
    return series.readings().epochMillis();
  }

  private static void write(Device device, int columns, WireWriter out) {
    out.writeString(device.id());
    out.writeEnum(device.kind());
    out.writeEnum(device.source());
    DeviceKind container = device.containedIn();
    out.writeIndex(container == null ? 0 : 1);
    if (container != null) {
      out.writeEnum(container);
    }
    out.writeString(device.model());
    out.writeLong(device.powerLimitMilliwatts());
    out.writeInt(device.averagingMillis());
    out.writeLong(device.counterEpoch());
    out.writeLong(device.counterWrapMicrojoules());
    out.writeLong(device.capacityBytes());
    out.writeString(device.instanceOf());
    out.writeInt(columns);
  }

  /**
   * Adds what one device's columns hold.
   *
   * @param before of each column the first value of the device before; set to this one's
   */
  private static void addValues(
      ReadingColumns columns, int device, boolean own, long[] before, Values values) {
    int from = columns.first(device);
    int to = columns.first(device + 1);
    if (own) {
      values.add(to - from);
      values.addDeltas(columns.epochMillis(), from, to, 0);
    }
    for (int c = 0; c < COLUMNS.length; c++) {
      if ((columns.given(device) & COLUMNS[c]) == 0) {
        continue;
      }
      long[] column = columns.column(COLUMNS[c]);
      if (COLUMNS[c] == ReadingColumns.ENERGY) {
        int exponent = exponent(column, from, to);
        values.add(exponent);
        long unit = unit(exponent);
        values.addCounter(columns, from, to, Math.floorDiv(before[c], unit), unit);
      } else {
        values.addDeltas(column, from, to, before[c]);
      }
      before[c] = firstGiven(column, from, to, before[c]);
    }
  }

  /**
   * By how much the counter should have risen since the row before, by power, uJ: a counter reports
   * little more than that. 0 if the counter or a power was not given.
   */
  static long expectedMicrojoules(ReadingColumns columns, int row) {
    long[] power = columns.powerMilliwatts();
    if (columns.energyMicrojoules()[row - 1] == MISSING
        || columns.energyMicrojoules()[row] == MISSING
        || power[row - 1] == MISSING
        || power[row] == MISSING) {
      return 0;
    }
    // whatever the values, the same when it is read
    return (power[row - 1] + power[row])
        * (columns.epochMillis()[row] - columns.epochMillis()[row - 1])
        / 2;
  }

  /** Ten to the power of this; 0 if there is no such unit. */
  static long unit(long exponent) {
    return exponent < 0 || exponent >= POWERS_OF_TEN.length ? 0 : POWERS_OF_TEN[(int) exponent];
  }

  /** The largest number of those units that 64 bits hold; the least is this below zero. */
  static long mostOfUnit(long exponent) {
    return MAX_OF_UNIT[(int) exponent];
  }

  static long firstGiven(long[] column, int from, int to, long otherwise) {
    for (int row = from; row < to; row++) {
      if (column[row] != MISSING) {
        return column[row];
      }
    }
    return otherwise;
  }

  /** Counters count in units of their own: mJ as NVML's, or J. */
  private static int exponent(long[] column, int from, int to) {
    int exponent = POWERS_OF_TEN.length - 1;
    for (int row = from; row < to; row++) {
      while (column[row] != MISSING && column[row] % POWERS_OF_TEN[exponent] != 0) {
        exponent--;
      }
    }
    return exponent;
  }

  /** An array of numbers in the making: an array's length comes before it. */
  private static final class Values {
    private long[] values;
    private int size;

    Values(int capacity) {
      this.values = new long[capacity];
    }

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size + 8);
      }
      values[size++] = value;
    }

    void addDeltas(long[] column, int from, int to, long base) {
      long before = base;
      for (int row = from; row < to; row++) {
        before = addDelta(column[row], column[row], before);
      }
    }

    void addCounter(ReadingColumns columns, int from, int to, long base, long unit) {
      long[] counter = columns.energyMicrojoules();
      long before = base;
      for (int row = from; row < to; row++) {
        long expected = row == from ? 0 : expectedMicrojoules(columns, row) / unit;
        before = addDelta(counter[row], counter[row] / unit, before + expected);
      }
    }

    /** Adds the difference of a value to the one before, which is given back. */
    private long addDelta(long given, long value, long before) {
      if (given == MISSING) {
        add(MISSING);
        return before;
      }
      // wraps around at 2^64, and back again when read
      long delta = value - before;
      if (delta == MISSING) {
        throw new SerializationException("a step of 2^63 between two readings");
      }
      add(delta);
      return value;
    }

    void write(WireWriter out) {
      out.writeBlock(size);
      for (int i = 0; i < size; i++) {
        out.writeLong(values[i]);
      }
      out.writeEnd();
    }
  }
}
