// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.agent;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.Readings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Readings of several turns, on their way into one batch: for each device its rows, in arrays that
 * are filled again and again. Mutable; one thread.
 */
final class Collected {
  private static final int COLUMNS = 6;
  private static final long[] NONE = {};

  private final Map<String, Rows> devices = new LinkedHashMap<>();
  // rows of all devices
  private int collected;

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

  /** Returns all series and begins anew. */
  List<DeviceSeries> take() {
    // a device without readings is gone
    devices.values().removeIf(rows -> rows.size == 0);
    List<DeviceSeries> all = new ArrayList<>(devices.size());
    devices.values().forEach(rows -> all.add(rows.take()));
    collected = 0;
    return all;
  }
}
