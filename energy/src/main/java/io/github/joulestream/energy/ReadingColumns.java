// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static io.github.joulestream.energy.Readings.MISSING;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The readings of one batch, of several devices, in one set of arrays that is filled again and
 * again: so nothing is allocated per reading. Rows of device {@code d} are those from {@code
 * first(d)} up to before {@code first(d + 1)}, as they arrived. Mutable; one thread.
 *
 * <pre>
 *   device      gpu0      gpu1      nvme0
 *   rows        0  1  2   3  4  5   6  7  8
 *   power       .  .  .   .  .  .   .  .  .      mW
 *   energy      .  .  .   .  .  .   -  -  -      uJ, MISSING where a device does not give it
 * </pre>
 */
public final class ReadingColumns {
  /** Columns, as bits of {@link #given}. */
  public static final int POWER = 1;

  public static final int ENERGY = 2;
  public static final int UTILISATION = 4;
  public static final int USED = 8;
  public static final int READ = 16;
  public static final int WRITTEN = 32;

  private static final int COLUMNS = 7;
  private static final long[] NONE = {};

  private Device[] devices = new Device[16];
  private int[] given = new int[16];
  private int[] firsts = new int[17];
  private int size;
  private long[][] columns = new long[COLUMNS][16];
  private final StatusRows statuses = new StatusRows();

  /** Empties it. */
  public void clear() {
    size = 0;
    statuses.clear();
  }

  /** Adds a device with so many rows, whose values are set afterwards. */
  public void add(Device device, int givenColumns, int rows) {
    if (size == devices.length) {
      devices = Arrays.copyOf(devices, 2 * size);
      given = Arrays.copyOf(given, 2 * size);
      firsts = Arrays.copyOf(firsts, 2 * size + 1);
    }
    devices[size] = device;
    given[size] = givenColumns;
    int end = firsts[size] + rows;
    firsts[++size] = end;
    if (end > columns[0].length) {
      int length = Math.max(end, 2 * columns[0].length);
      for (int i = 0; i < COLUMNS; i++) {
        columns[i] = Arrays.copyOf(columns[i], length);
      }
    }
  }

  /** Adds a device's readings. */
  public void add(DeviceSeries series) {
    Readings from = series.readings();
    int rows = from.size();
    long[][] all = {
      from.powerMilliwatts(),
      from.energyMicrojoules(),
      from.utilisationBasisPoints(),
      from.usedBytes(),
      from.readBytes(),
      from.writtenBytes()
    };
    int has = 0;
    for (int i = 0; i < all.length; i++) {
      has |= all[i].length == 0 ? 0 : 1 << i;
    }
    add(series.device(), has, rows);
    int first = first(size - 1);
    System.arraycopy(from.epochMillis(), 0, columns[0], first, rows);
    for (int i = 0; i < all.length; i++) {
      if (all[i].length == 0) {
        Arrays.fill(columns[i + 1], first, first + rows, MISSING);
      } else {
        System.arraycopy(all[i], 0, columns[i + 1], first, rows);
      }
    }
  }

  /**
   * Adds the status of a device of this batch.
   *
   * @throws IllegalArgumentException if the batch does not hold the device
   */
  public void add(DeviceStatus status) {
    for (int d = 0; d < size; d++) {
      if (devices[d].id().equals(status.deviceId())) {
        int row = statuses.add(d, status.epochMillis());
        status.values().forEach((column, value) -> statuses.set(row, column, value));
        return;
      }
    }
    throw new IllegalArgumentException(
        "a status of %s, which is not in the batch".formatted(Bounds.shown(status.deviceId())));
  }

  /** Statuses of its devices. */
  public StatusRows statuses() {
    return statuses;
  }

  /** Number of devices. */
  public int size() {
    return size;
  }

  /** Number of rows, over all devices. */
  public int rows() {
    return firsts[size];
  }

  public Device device(int device) {
    return devices[device];
  }

  /** Which columns this device gives, of the constants of this class; the others are MISSING. */
  public int given(int device) {
    return given[device];
  }

  /** First row of a device; of {@link #size} the number of rows. */
  public int first(int device) {
    return firsts[device];
  }

  /** Times, Unix epoch, milliseconds; a row each. */
  public long[] epochMillis() {
    return columns[0];
  }

  /** Powers, mW. */
  public long[] powerMilliwatts() {
    return columns[1];
  }

  /** Cumulative counters, uJ. */
  public long[] energyMicrojoules() {
    return columns[2];
  }

  /** Busy shares, basis points (1/10,000). */
  public long[] utilisationBasisPoints() {
    return columns[3];
  }

  /** Bytes in use. */
  public long[] usedBytes() {
    return columns[4];
  }

  /** The values of a column. */
  public long[] column(int constant) {
    return columns[1 + Integer.numberOfTrailingZeros(constant)];
  }

  /**
   * Time of the last reading, {@code Long.MIN_VALUE} if there is none.
   *
   * @param limitMillis later readings are left out
   */
  public long latestMillis(long limitMillis) {
    long latest = Long.MIN_VALUE;
    for (int row = 0; row < rows(); row++) {
      long time = columns[0][row];
      if (time > latest && time <= limitMillis) {
        latest = time;
      }
    }
    return latest;
  }

  /** Moves all times by this. */
  public void move(long millis) {
    for (int row = 0; row < rows(); row++) {
      columns[0][row] += millis;
    }
    statuses.move(millis);
  }

  /** One device's readings by themselves. */
  public DeviceSeries series(int device) {
    return new DeviceSeries(
        devices[device],
        new Readings(
            Arrays.copyOfRange(columns[0], first(device), first(device + 1)),
            copy(device, POWER),
            copy(device, ENERGY),
            copy(device, UTILISATION),
            copy(device, USED),
            copy(device, READ),
            copy(device, WRITTEN)));
  }

  private long[] copy(int device, int constant) {
    return (given[device] & constant) == 0
        ? NONE
        : Arrays.copyOfRange(column(constant), first(device), first(device + 1));
  }

  /** All devices' readings, each by itself. */
  public List<DeviceSeries> series() {
    List<DeviceSeries> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      all.add(series(i));
    }
    return all;
  }
}
