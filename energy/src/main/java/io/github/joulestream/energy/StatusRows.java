// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static io.github.joulestream.energy.Readings.MISSING;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The statuses of devices in one batch, a row each, in arrays that are filled again and again.
 * Mutable; one thread. Part of {@link ReadingColumns}, whose devices the rows refer to.
 */
public final class StatusRows {
  private int size;
  private int[] devices = new int[4];
  private long[] epochMillis = new long[4];
  // row by row, all columns of each
  private long[] values = new long[4 * StatusColumn.count()];

  /** Empties it. */
  void clear() {
    size = 0;
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** Adds a row without values; its index. */
  public int add(int device, long millis) {
    if (size == devices.length) {
      devices = Arrays.copyOf(devices, 2 * size);
      epochMillis = Arrays.copyOf(epochMillis, 2 * size);
      values = Arrays.copyOf(values, 2 * values.length);
    }
    devices[size] = device;
    epochMillis[size] = millis;
    int first = size * StatusColumn.count();
    Arrays.fill(values, first, first + StatusColumn.count(), MISSING);
    return size++;
  }

  /** Sets a value of a row. */
  public void set(int row, StatusColumn column, long value) {
    values[row * StatusColumn.count() + column.position()] = value;
  }

  /** The device of a row: its index in the batch. */
  public int device(int row) {
    return devices[row];
  }

  /** Time of a row, Unix epoch, milliseconds. */
  public long epochMillis(int row) {
    return epochMillis[row];
  }

  /** The value of a column in a row; {@link Readings#MISSING} if it is absent. */
  public long get(int row, StatusColumn column) {
    return values[row * StatusColumn.count() + column.position()];
  }

  /** Moves all times by this. */
  void move(long millis) {
    for (int row = 0; row < size; row++) {
      epochMillis[row] += millis;
    }
  }

  /**
   * The rows as objects.
   *
   * @param columns the batch that these rows are part of
   */
  public List<DeviceStatus> statuses(ReadingColumns columns) {
    List<DeviceStatus> all = new ArrayList<>(size);
    for (int row = 0; row < size; row++) {
      Map<StatusColumn, Long> given = new EnumMap<>(StatusColumn.class);
      for (int c = 0; c < StatusColumn.count(); c++) {
        long value = get(row, StatusColumn.at(c));
        if (value != MISSING) {
          given.put(StatusColumn.at(c), value);
        }
      }
      all.add(new DeviceStatus(columns.device(devices[row]).id(), epochMillis[row], given));
    }
    return all;
  }
}
