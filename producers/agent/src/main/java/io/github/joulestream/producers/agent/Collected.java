// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import io.github.joulestream.energy.Readings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Readings of several turns, on their way into one batch: for each device its rows, in arrays that
 * are filled again and again; and statuses of devices. A batch has statuses of its own devices
 * only: a status of another one waits for the next batch that has it. Mutable; one thread.
 */
final class Collected {
  /** Statuses that may wait for a batch with their device. */
  static final int WAITING = Bounds.DEVICES;

  private static final Logger log = LoggerFactory.getLogger(Collected.class);
  private static final int COLUMNS = 6;
  private static final long[] NONE = {};

  private final Map<String, Rows> devices = new LinkedHashMap<>();
  // rows of all devices
  private int collected;
  private List<DeviceStatus> statuses = new ArrayList<>();
  private boolean leavesOut;

  /**
   * What goes into a batch.
   *
   * @param series at least one reading of each device
   * @param statuses of these devices
   */
  record Taken(List<DeviceSeries> series, List<DeviceStatus> statuses) {}

  /** Rows of one device. */
  private static final class Rows {
    final Device device;
    long[] epochMillis = new long[2];
    final long[][] columns = new long[COLUMNS][2];
    int given;
    int size;

    Rows(Device device) {
      this.device = device;
    }

    void add(Readings from) {
      int rows = from.size();
      if (size + rows > epochMillis.length) {
        int length = 2 * (size + rows);
        epochMillis = Arrays.copyOf(epochMillis, length);
        for (int c = 0; c < COLUMNS; c++) {
          columns[c] = Arrays.copyOf(columns[c], length);
        }
      }
      System.arraycopy(from.epochMillis(), 0, epochMillis, size, rows);
      for (int c = 0; c < COLUMNS; c++) {
        long[] column = column(from, c);
        if (column.length == 0) {
          Arrays.fill(columns[c], size, size + rows, MISSING);
        } else {
          System.arraycopy(column, 0, columns[c], size, rows);
          given |= 1 << c;
        }
      }
      size += rows;
    }

    private static long[] column(Readings readings, int column) {
      return switch (column) {
        case 0 -> readings.powerMilliwatts();
        case 1 -> readings.energyMicrojoules();
        case 2 -> readings.utilisationBasisPoints();
        case 3 -> readings.usedBytes();
        case 4 -> readings.readBytes();
        default -> readings.writtenBytes();
      };
    }

    DeviceSeries take() {
      DeviceSeries series =
          new DeviceSeries(
              device,
              new Readings(
                  Arrays.copyOf(epochMillis, size),
                  copy(0),
                  copy(1),
                  copy(2),
                  copy(3),
                  copy(4),
                  copy(5)));
      size = 0;
      given = 0;
      return series;
    }

    private long[] copy(int column) {
      return (given & 1 << column) == 0 ? NONE : Arrays.copyOf(columns[column], size);
    }
  }

  /**
   * True if it can be added: a batch has one description of a device, and has no more readings and
   * devices than a batch may have. Else what was collected must be taken first.
   */
  boolean fits(DeviceSeries series) {
    Rows rows = devices.get(series.device().id());
    if (collected + series.readings().size() > Bounds.READINGS
        || (rows == null && devices.size() == Bounds.DEVICES)) {
      return false;
    }
    return rows == null || rows.size == 0 || rows.device.equals(series.device());
  }

  void add(DeviceSeries series) {
    Device device = series.device();
    Rows rows = devices.get(device.id());
    if (rows == null || !rows.device.equals(device)) {
      rows = new Rows(device);
      devices.put(device.id(), rows);
    }
    rows.add(series.readings());
    collected += series.readings().size();
  }

  /**
   * Adds a status; its device need not have readings. Of more than {@link #WAITING} statuses that
   * wait for their devices the oldest are left out.
   */
  void add(DeviceStatus status) {
    statuses.add(status);
  }

  /** Returns all series, and the statuses of their devices, and begins anew. */
  Taken take() {
    // a device without readings is gone
    devices.values().removeIf(rows -> rows.size == 0);
    List<DeviceSeries> all = new ArrayList<>(devices.size());
    devices.values().forEach(rows -> all.add(rows.take()));
    collected = 0;
    return new Taken(all, takeStatuses());
  }

  private List<DeviceStatus> takeStatuses() {
    if (statuses.isEmpty()) {
      return List.of();
    }
    List<DeviceStatus> taken = new ArrayList<>(statuses.size());
    List<DeviceStatus> waiting = new ArrayList<>();
    for (DeviceStatus status : statuses) {
      boolean fits = taken.size() < Bounds.STATUSES && devices.containsKey(status.deviceId());
      (fits ? taken : waiting).add(status);
    }
    int over = waiting.size() - WAITING;
    if (over > 0) {
      if (!leavesOut) {
        leavesOut = true;
        log.warn("Statuses of devices without readings are left out, {} of them now", over);
      }
      waiting = new ArrayList<>(waiting.subList(over, waiting.size()));
    }
    statuses = waiting;
    return taken;
  }
}
