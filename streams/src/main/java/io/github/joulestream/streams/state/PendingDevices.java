// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import static java.util.Objects.requireNonNull;

import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceAmount;
import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.Totals;
import io.github.joulestream.energy.UnknownStateFormatException;
import io.github.joulestream.schemas.DeviceTotals;
import io.github.joulestream.streams.failure.DamagedStateException;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Windows of a node's devices that are not emitted yet. One thread.
 *
 * <pre>
 *   written   header, length of a window,
 *             count, {id, kind, model, capacity} of each device,
 *             count, {start, count, {device, amounts}} of each window
 *   amounts   a bit for each that is not 0, and these
 * </pre>
 *
 * <p>Whole numbers are in seven bits a byte, the least first; those with a sign in zigzag.
 */
public final class PendingDevices {
  // of an object for each byte of it as it is written: amounts are few bytes there
  private static final int BYTES_PER_WRITTEN_BYTE = 10;
  // of an entry as it is written, without the names of its device: no more than this
  private static final int ENTRY_BYTES = 500;
  private static final int CHARACTER_BYTES = 3;
  // far more than a node ever has: damaged bytes must not ask for more
  private static final int MAX_COUNT = 1 << 20;

  private final int windowMillis;
  private final NavigableMap<Long, Map<Key, DeviceTotals>> windows = new TreeMap<>();
  // no less than what it is as it is written
  private long bytes;

  /** Under one id each kind is a device of its own. */
  private record Key(DeviceKind kind, String id) {}

  /**
   * No windows.
   *
   * @param windowMillis their length
   */
  public PendingDevices(int windowMillis) {
    this.windowMillis = windowMillis;
  }

  /** A store of them, by the key of the node. */
  public static StoreBuilder<ObjectCacheStore<PendingDevices>> store(
      String name, CacheBudget budget) {
    return ObjectCacheStore.builder(
        name,
        PendingDevices::writer,
        PendingDevices::read,
        budget,
        Formats.OF_DEVICES,
        BYTES_PER_WRITTEN_BYTE);
  }

  /** Length of a window. */
  public int windowMillis() {
    return windowMillis;
  }

  /** True if there are none. */
  public boolean isEmpty() {
    return windows.isEmpty();
  }

  /** Bytes that it has as it is written, or a few times as many. */
  public long bytes() {
    return bytes;
  }

  /** Start of the earliest window; there must be one. */
  public long earliest() {
    return windows.firstKey();
  }

  /**
   * Adds to a window of a device. An amount that overflows stays at the highest or lowest number:
   * statuses can count up to 2^53 each, and this is part of a commit, which no record may stop.
   *
   * @param added is kept, and changed by what is added later
   */
  public void add(Device device, long window, Totals<DeviceAmount> added) {
    Map<Key, DeviceTotals> devices = windows.computeIfAbsent(window, _ -> new LinkedHashMap<>());
    Key key = new Key(device.kind(), device.id());
    DeviceTotals before = devices.get(key);
    Totals<DeviceAmount> totals = before == null ? added : before.totals().addAllSaturated(added);
    if (before != null
        && before.capacityBytes() == device.capacityBytes()
        && before.model().equals(device.model())) {
      return;
    }
    DeviceTotals after =
        new DeviceTotals(
            device.id(), device.kind(), device.model(), device.capacityBytes(), totals);
    devices.put(key, after);
    bytes += bytesOf(after) - (before == null ? 0 : bytesOf(before));
  }

  /** Bytes of a device in a window on the wire or in state: this or less. */
  public static long bytesOf(DeviceTotals device) {
    return ENTRY_BYTES + (long) CHARACTER_BYTES * (device.id().length() + device.model().length());
  }

  /** Takes a window and its devices. */
  public interface Taker {
    void take(long window, List<DeviceTotals> devices);
  }

  /** Gives windows away, of each only the devices whose amounts did not cancel out. */
  public void remove(LongPredicate which, Taker taker) {
    var all = windows.entrySet().iterator();
    while (all.hasNext()) {
      var window = all.next();
      if (!which.test(window.getKey())) {
        continue;
      }
      all.remove();
      List<DeviceTotals> devices = new ArrayList<>(window.getValue().size());
      for (DeviceTotals device : window.getValue().values()) {
        bytes -= bytesOf(device);
        if (!device.totals().areSumsZero()) {
          devices.add(device);
        }
      }
      if (!devices.isEmpty()) {
        taker.take(window.getKey(), devices);
      }
    }
  }

  // ---- state

  /** A writer that has an array of its own, for one thread. */
  private static Function<PendingDevices, byte[]> writer() {
    StateBytes out = new StateBytes();
    return pending -> pending.write(out);
  }

  /**
   * All of it, as {@link #read} reads it.
   *
   * @param out in which it is written first; cleared
   */
  byte[] write(StateBytes out) {
    Map<Key, Integer> places = new HashMap<>();
    List<DeviceTotals> named = new ArrayList<>();
    // the latest description counts
    for (Map<Key, DeviceTotals> devices : windows.descendingMap().values()) {
      devices.forEach((key, device) -> {
        if (places.putIfAbsent(key, named.size()) == null) {
          named.add(device);
        }
      });
    }
    out.clear();
    try {
      Formats.DEVICES.write(out);
      out.number(windowMillis);
      out.number(named.size());
      for (DeviceTotals device : named) {
        out.writeUTF(device.id());
        out.writeByte(device.kind().code());
        out.writeUTF(device.model());
        out.number(device.capacityBytes());
      }
      out.number(windows.size());
      for (Map.Entry<Long, Map<Key, DeviceTotals>> window : windows.entrySet()) {
        out.signed(window.getKey());
        out.number(window.getValue().size());
        for (Map.Entry<Key, DeviceTotals> device : window.getValue().entrySet()) {
          out.number(requireNonNull(places.get(device.getKey())));
          write(device.getValue().totals(), out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a write to memory failed", e);
    }
    return out.toByteArray();
  }

  private static void write(Totals<DeviceAmount> totals, StateBytes out) {
    long given = 0;
    for (int i = 0; i < totals.size(); i++) {
      given |= totals.get(i) == 0 ? 0 : 1L << i;
    }
    out.number(given);
    for (long left = given; left != 0; left &= left - 1) {
      out.signed(totals.get(Long.numberOfTrailingZeros(left)));
    }
  }

  /** Reads what {@link #write} wrote. */
  static PendingDevices read(byte[] written) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
      Formats.DEVICES.read(in);
      PendingDevices pending = new PendingDevices((int) number(in));
      List<Device> named = new ArrayList<>();
      for (int left = count(in); left > 0; left--) {
        String id = in.readUTF();
        Device device = Device.sensor(id, DeviceKind.ofCode(in.readUnsignedByte()));
        named.add(device.withModel(in.readUTF(), 0).withCapacityBytes(number(in)));
      }
      for (int windows = count(in); windows > 0; windows--) {
        long window = signed(in);
        for (int left = count(in); left > 0; left--) {
          pending.add(named.get(count(in)), window, totals(in));
        }
      }
      if (in.read() >= 0) {
        throw new IOException("bytes follow");
      }
      return pending;
    } catch (UnknownStateFormatException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      throw damaged(e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(new IOException(e));
    }
  }

  private static UncheckedIOException damaged(IOException why) {
    return new UncheckedIOException(new DamagedStateException(Formats.DEVICES.kind(), why));
  }

  private static Totals<DeviceAmount> totals(DataInput in) throws IOException {
    Totals<DeviceAmount> totals = Totals.ofDevice();
    long given = number(in);
    for (int i = 0; i < totals.size(); i++) {
      if ((given & 1L << i) != 0) {
        totals.set(i, signed(in));
      }
    }
    return totals;
  }

  private static long number(DataInput in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IOException("a number of more than ten bytes");
  }

  private static int count(DataInput in) throws IOException {
    long count = number(in);
    if (count < 0 || count > MAX_COUNT) {
      throw new IOException("a count of " + count);
    }
    return (int) count;
  }

  private static long signed(DataInput in) throws IOException {
    long value = number(in);
    return value >>> 1 ^ -(value & 1);
  }

  /** The windows of a device, for tests; null if there is none. */
  @Nullable DeviceTotals find(long window, DeviceKind kind, String id) {
    Map<Key, DeviceTotals> devices = windows.get(window);
    return devices == null ? null : devices.get(new Key(kind, id));
  }
}
