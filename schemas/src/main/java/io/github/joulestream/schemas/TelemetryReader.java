// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static io.github.joulestream.energy.Readings.MISSING;
import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DevicePower;
import io.github.joulestream.energy.EnergyCounter;
import io.github.joulestream.energy.PowerSource;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.StatusRows;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads telemetry batches, one after the other, without an object per reading; and without one per
 * device, if it has the device block of the batch before. One thread.
 */
public final class TelemetryReader {
  private static final AvroSerde<TelemetryBatch> SERDE = WireSerdes.telemetrySerde();
  private static final DeviceKind[] KINDS = DeviceKind.values();
  private static final PowerSource[] SOURCES = PowerSource.values();

  private static final int ALL_COLUMNS = 2 * TelemetryCodec.OWN_TIMES - 1;

  // no writer can write it, and none of ours could write it again
  private static final String NOT_MISSING = "a value of -2^63, or beyond 64 bits";

  // a site has few makes of nodes; of two descriptions in one place the later stays
  private static final int BLOCKS = 256;

  private final ReadingColumns columns = new ReadingColumns();
  // by checksum
  private final List<@Nullable WeakReference<DeviceBlock>> blocks =
      new ArrayList<>(Collections.nCopies(BLOCKS, null));
  private final long[] before = new long[TelemetryCodec.COLUMNS.length];
  private final long[] statusBefore = new long[StatusColumn.count()];
  private long[] times = new long[16];
  private int timeCount;
  private String site = "";
  private String node = "";
  private long agentEpoch;
  private long sequence;
  private long clockOffsetMillis;
  private @Nullable DeviceBlock deviceBlock;
  private @Nullable DeviceBlock knownBlock;
  private boolean devicesOmitted;
  private int deviceBlockFrom;
  private int deviceBlockTo;
  // where it was read from
  private byte[] source = {};
  private int sourceFrom;
  private int sourceTo;
  private final CRC32C checksum = new CRC32C();
  private final WireReader in = new WireReader();
  private final AvroSerde.Body<TelemetryReader> body =
      wire -> {
        read(wire, knownBlock);
        return this;
      };

  /**
   * The devices of a batch; the same object as long as its bytes do not change. The bytes may be
   * omitted from a batch that is stored with it: see {@link #readWithoutDevices}.
   */
  public static final class DeviceBlock {
    private final byte[] bytes;
    private final Device[] devices;
    private final int[] columns;
    private final int checksum;

    private DeviceBlock(byte[] bytes, Device[] devices, int[] columns) {
      CRC32C crc = new CRC32C();
      crc.update(bytes, 0, bytes.length);
      this.checksum = Integer.rotateLeft((int) crc.getValue(), 16);
      this.bytes = bytes;
      this.devices = devices;
      this.columns = columns;
    }

    /** As it is on the wire; not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    /**
     * Reads a device block alone.
     *
     * @throws SerializationException if that is not what {@link #bytes} gave
     */
    public static DeviceBlock of(byte[] bytes) {
      WireReader in = new WireReader();
      in.reset(bytes, 0, bytes.length);
      try {
        DeviceBlock deviceBlock = readDeviceBlock(in);
        if (in.atEnd()) {
          return deviceBlock;
        }
      } catch (IOException | RuntimeException e) {
        throw new SerializationException("not a description of devices: " + e.getMessage(), e);
      }
      throw new SerializationException("not a description of devices: bytes after its end");
    }
  }

  /**
   * Reads a batch.
   *
   * @param known the device block of an earlier batch of this node
   * @throws SerializationException if it is not a readable batch, whatever the bytes
   */
  public void read(byte[] bytes, int from, int length, @Nullable DeviceBlock known) {
    knownBlock = known;
    devicesOmitted = false;
    SERDE.read(bytes, from, length, in, body);
    readFrom(bytes, from, length);
    if (!in.reads(bytes)) {
      findDevices(); // another release wrote it
    }
  }

  /**
   * Reads a batch without the bytes from {@link #deviceBlockFrom} to {@link #deviceBlockTo}.
   *
   * @param omitted the device block that these bytes are
   * @throws SerializationException as {@link #read}
   */
  public void readWithoutDevices(byte[] bytes, int from, int length, DeviceBlock omitted) {
    if (!SERDE.isOwn(bytes, from, length)) {
      byte[] complete = withDevices(bytes, from, length, omitted);
      read(complete, 0, complete.length, omitted);
      return;
    }
    knownBlock = omitted;
    devicesOmitted = true;
    SERDE.read(bytes, from, length, in, body);
    readFrom(bytes, from, length);
  }

  /** The batch with its devices: only a complete one can be read with the schema of its writer. */
  private static byte[] withDevices(byte[] bytes, int from, int length, DeviceBlock omitted) {
    int at = placeOfDevices(bytes, from, length);
    if (at < 0) {
      throw new SerializationException("a batch of another release that ends before its devices");
    }
    byte[] complete = new byte[length + omitted.bytes.length];
    System.arraycopy(bytes, from, complete, 0, at - from);
    System.arraycopy(omitted.bytes, 0, complete, at - from, omitted.bytes.length);
    int rest = from + length - at;
    System.arraycopy(bytes, at, complete, complete.length - rest, rest);
    return complete;
  }

  /**
   * Finds the devices in a batch of another release, so that {@link #content} is what that release
   * computed: a batch that comes again after an upgrade is the same batch.
   */
  private void findDevices() {
    byte[] devices = deviceBlock().bytes;
    int at = placeOfDevices(source, sourceFrom, sourceTo - sourceFrom);
    boolean found =
        at >= 0
            && at + devices.length <= sourceTo
            && Arrays.equals(source, at, at + devices.length, devices, 0, devices.length);
    deviceBlockFrom = found ? at : -1;
    deviceBlockTo = at + devices.length;
  }

  /**
   * Where the devices begin: all releases write the same fields before them. -1 if the bytes end
   * before.
   */
  private static int placeOfDevices(byte[] bytes, int from, int length) {
    WireReader in = new WireReader();
    in.reset(bytes, from + AvroSerde.HEADER, from + length);
    try {
      in.readString();
      in.readString();
      in.readLong();
      in.readLong();
      in.readLong();
      in.readLongs(new long[16], Bounds.READINGS, "readings of a batch");
      return in.position();
    } catch (IOException | RuntimeException _) {
      return -1; // it has another form
    }
  }

  private void readFrom(byte[] bytes, int from, int length) {
    source = bytes;
    sourceFrom = from;
    sourceTo = from + length;
  }

  /**
   * A checksum of the bytes of the batch that was read last: those of a batch that comes again are
   * the same, and so is it; also of a batch without the description of its devices, once it is read
   * with that. Valid as long as the bytes are.
   */
  public int content() {
    checksum.reset();
    if (deviceBlockFrom < 0) {
      checksum.update(source, sourceFrom, sourceTo - sourceFrom);
      return (int) checksum.getValue();
    }
    checksum.update(source, sourceFrom, deviceBlockFrom - sourceFrom);
    checksum.update(source, deviceBlockTo, sourceTo - deviceBlockTo);
    return (int) checksum.getValue() ^ deviceBlock().checksum;
  }

  void read(WireReader wire, @Nullable DeviceBlock known) throws IOException {
    site = wire.readString();
    node = wire.readString();
    Keys.check(site, "site");
    Keys.check(node, "node");
    agentEpoch = wire.readLong();
    sequence = wire.readLong();
    Bounds.count(sequence, Long.MAX_VALUE, "sequence of a batch");
    clockOffsetMillis = wire.readLong();
    TelemetryBatch.checkOffset(clockOffsetMillis);
    times = wire.readLongs(times, Bounds.READINGS, "readings of a batch");
    timeCount = wire.count();
    sum(times, 0, timeCount, 0);
    deviceBlockFrom = wire.position();
    if (known != null && (devicesOmitted || wire.skipIfNext(known.bytes))) {
      deviceBlock = known;
    } else {
      deviceBlock = known(readDeviceBlock(wire));
    }
    deviceBlockTo = wire.position();
    readValues(wire, deviceBlock);
    readStatuses(wire);
    if (clockOffsetMillis != 0) {
      columns.move(clockOffsetMillis);
    }
  }

  /** Nodes of one make have the same devices: the block that the first of them has, for all. */
  private DeviceBlock known(DeviceBlock read) {
    int place = (read.checksum ^ read.checksum >>> 16) & (BLOCKS - 1);
    WeakReference<DeviceBlock> reference = blocks.get(place);
    DeviceBlock known = reference == null ? null : reference.get();
    if (known != null && Arrays.equals(known.bytes, read.bytes)) {
      return known;
    }
    blocks.set(place, new WeakReference<>(read));
    return read;
  }

  private static DeviceBlock readDeviceBlock(WireReader in) throws IOException {
    int from = in.position();
    Device[] devices = new Device[16];
    int[] columns = new int[16];
    int size = 0;
    for (int left = in.readBlock(); left > 0; left = in.readBlock()) {
      Bounds.count((long) size + left, Bounds.DEVICES, "devices of a batch");
      for (; left > 0; left--) {
        if (size == devices.length) {
          devices = Arrays.copyOf(devices, 2 * size);
          columns = Arrays.copyOf(columns, 2 * size);
        }
        devices[size] =
            new Device(
                in.readString(),
                in.readEnum(KINDS),
                in.readEnum(SOURCES),
                in.readIndex() == 0 ? null : in.readEnum(KINDS),
                in.readString(),
                new DevicePower(in.readLong(), in.readInt()),
                new EnergyCounter(in.readLong(), in.readLong()),
                in.readLong(),
                in.readString());
        columns[size++] = (int) Bounds.count(in.readInt(), ALL_COLUMNS, "columns of a device");
      }
    }
    return new DeviceBlock(
        in.copySince(from), Arrays.copyOf(devices, size), Arrays.copyOf(columns, size));
  }

  private void readValues(WireReader in, DeviceBlock of) throws IOException {
    columns.clear();
    Arrays.fill(before, 0);
    in.beginLongs();
    int most = Math.min(in.length(), Bounds.READINGS);
    for (int d = 0; d < of.devices.length; d++) {
      boolean own = (of.columns[d] & TelemetryCodec.OWN_TIMES) != 0;
      int rows = own ? in.checked(in.nextLong()) : timeCount;
      if (columns.rows() + (long) rows > most) {
        throw new AvroRuntimeException(
            "more readings than bytes, or than %d".formatted(Bounds.READINGS));
      }
      columns.add(of.devices[d], of.columns[d] & ~TelemetryCodec.OWN_TIMES, rows);
      int first = columns.first(d);
      if (own) {
        readColumn(in, columns.epochMillis(), first, rows, 0);
      } else {
        System.arraycopy(times, 0, columns.epochMillis(), first, rows);
      }
      for (int c = 0; c < TelemetryCodec.COLUMNS.length; c++) {
        int constant = TelemetryCodec.COLUMNS[c];
        long[] column = columns.column(constant);
        if ((of.columns[d] & constant) == 0) {
          Arrays.fill(column, first, first + rows, MISSING);
          continue;
        }
        if (constant == ReadingColumns.ENERGY) {
          readCounter(in, first, rows, before[c]);
        } else {
          readColumn(in, column, first, rows, before[c]);
        }
        before[c] = TelemetryCodec.firstGiven(column, first, first + rows, before[c]);
      }
    }
    in.endLongs();
  }

  private void readStatuses(WireReader in) throws IOException {
    StatusRows statuses = columns.statuses();
    int left = in.readBlock();
    if (left == 0) {
      return; // as of most batches
    }
    Arrays.fill(statusBefore, 0);
    long millis = 0;
    for (; left > 0; left = in.readBlock()) {
      Bounds.count((long) statuses.size() + left, Bounds.STATUSES, "statuses of a batch");
      for (; left > 0; left--) {
        int device = (int) Bounds.count(in.readInt(), columns.size() - 1L, "device of a status");
        millis += in.readLong();
        int row = statuses.add(device, millis);
        int given = in.readInt();
        in.beginLongs();
        // columns that a later release has are last, and are skipped
        for (int c = 0; c < Integer.SIZE; c++) {
          if ((given & 1 << c) != 0) {
            long delta = in.nextLong();
            if (c < StatusColumn.count()) {
              statusBefore[c] += delta;
              if (statusBefore[c] == MISSING) {
                throw new AvroRuntimeException(NOT_MISSING);
              }
              statuses.set(row, StatusColumn.at(c), statusBefore[c]);
            }
          }
        }
        in.endLongs();
      }
    }
  }

  private static void readColumn(WireReader in, long[] column, int first, int rows, long base)
      throws IOException {
    for (int row = first; row < first + rows; row++) {
      column[row] = in.nextLong();
    }
    sum(column, first, first + rows, base);
  }

  /** From differences to values. */
  private static void sum(long[] column, int from, int to, long base) {
    long value = base;
    boolean lost = false;
    for (int row = from; row < to; row++) {
      if (column[row] != MISSING) {
        value += column[row];
        column[row] = value;
        lost |= value == MISSING;
      }
    }
    if (lost) {
      throw new AvroRuntimeException(NOT_MISSING);
    }
  }

  private void readCounter(WireReader in, int first, int rows, long before) throws IOException {
    long exponent = in.nextLong();
    long unit = TelemetryCodec.unit(exponent);
    if (unit == 0) {
      throw new AvroRuntimeException("a counter in no unit");
    }
    long most = TelemetryCodec.mostOfUnit(exponent);
    long[] counter = columns.energyMicrojoules();
    long value = Math.floorDiv(before, unit);
    boolean lost = false;
    for (int row = first; row < first + rows; row++) {
      long delta = in.nextLong();
      counter[row] = delta;
      if (delta != MISSING) {
        long expected = row == first ? 0 : TelemetryCodec.expectedMicrojoules(columns, row) / unit;
        value += expected + delta;
        counter[row] = value * unit;
        lost |= value > most || value < -most;
      }
    }
    if (lost) {
      throw new AvroRuntimeException(NOT_MISSING);
    }
  }

  public String site() {
    return site;
  }

  public String node() {
    return node;
  }

  public long agentEpoch() {
    return agentEpoch;
  }

  public long sequence() {
    return sequence;
  }

  /** The readings, at their right times; valid until the next batch is read. */
  public ReadingColumns columns() {
    return columns;
  }

  /** The device block, for the next batch of the node. */
  public DeviceBlock deviceBlock() {
    return requireNonNull(deviceBlock, "nothing was read");
  }

  /**
   * Where in the bytes that were read the description of the devices begins; -1 if it is not there
   * as this release writes it, or behind what this release writes before it.
   */
  public int deviceBlockFrom() {
    return deviceBlockFrom;
  }

  /** Where it ends. */
  public int deviceBlockTo() {
    return deviceBlockTo;
  }

  /** The batch as an object, with its times as they were written. */
  TelemetryBatch batch() {
    if (clockOffsetMillis != 0) {
      columns.move(-clockOffsetMillis);
    }
    TelemetryBatch batch =
        new TelemetryBatch(
            site,
            node,
            agentEpoch,
            sequence,
            columns.series(),
            clockOffsetMillis,
            columns.statuses().statuses(columns));
    if (clockOffsetMillis != 0) {
      columns.move(clockOffsetMillis);
    }
    return batch;
  }
}
