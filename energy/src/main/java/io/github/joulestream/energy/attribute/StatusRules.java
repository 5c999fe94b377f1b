// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static io.github.joulestream.energy.Readings.MISSING;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Device;
import io.github.joulestream.energy.ReadingColumns;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.StatusColumn;
import io.github.joulestream.energy.StatusRows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Books the statuses of devices, of a batch that was not received before. Each adds to the window
 * of its time and to nothing else, so that their order makes no difference, and one that is late
 * corrects nothing. Mutable; owned by the {@link NodeAccount}.
 *
 * <p>A status is kept of a device that has readings, and of one that has none as long as the node
 * has room for it: so a drive of which only temperature and wear are known has them. Devices that
 * have statuses alone are counted too, since the program started.
 */
final class StatusRules {
  private static final int MAX_REFUSALS = 5;
  private static final SiteAmount OVER = SiteAmount.REFUSED_OVER_STATE;

  private final Limits limits;
  private final NodeDevices devices;
  private final UnmeasuredDevices unmeasured;
  private final Containers containers;
  // keys of devices that have statuses alone
  private final Set<String> withoutReadings = new HashSet<>();

  StatusRules(
      Limits limits, NodeDevices devices, UnmeasuredDevices unmeasured, Containers containers) {
    this.limits = limits;
    this.devices = devices;
    this.unmeasured = unmeasured;
    this.containers = containers;
  }

  /**
   * Books the statuses of a batch.
   *
   * @param outcome of its readings
   * @return the same, with what was refused here
   */
  Outcome book(
      ReadingColumns batch,
      long arrivalEpochMillis,
      SumRoom room,
      Outcome outcome,
      Increments books) {
    StatusRows rows = batch.statuses();
    if (rows.size() == 0) {
      return outcome;
    }
    List<String> lines = null;
    Device roomOf = null;
    boolean hasRoom = false;
    for (int row = 0; row < rows.size(); row++) {
      Device device = batch.device(rows.device(row));
      long time = rows.epochMillis(row);
      SiteAmount refusal = refusal(time, arrivalEpochMillis);
      if (refusal == null) {
        if (!device.equals(roomOf)) {
          roomOf = device;
          hasRoom = hasRoom(device);
        }
        refusal = hasRoom && !room.isSpent() ? null : OVER;
      }
      if (refusal != null) {
        lines = refuse(refusal, device, "a status", time, time, arrivalEpochMillis, lines, books);
        continue;
      }
      long window = limits.windowOf(time);
      for (int c = 0; c < StatusColumn.count(); c++) {
        StatusColumn column = StatusColumn.at(c);
        long value = rows.get(row, column);
        if (value == MISSING) {
          continue;
        }
        SiteAmount refused = column.refusal(value);
        if (refused == null) {
          books.status(window, device, column, value);
        } else {
          lines =
              refuse(
                  refused,
                  device,
                  SampleReader.text(column),
                  value,
                  time,
                  arrivalEpochMillis,
                  lines,
                  books);
        }
      }
    }
    return lines == null ? outcome : outcome.refusing(lines);
  }

  /** Why nothing of this time is booked; null if it is. */
  private @Nullable SiteAmount refusal(long epochMillis, long arrivalEpochMillis) {
    if (epochMillis > arrivalEpochMillis + limits.futureMillis()) {
      return SiteAmount.REFUSED_FUTURE;
    }
    if (epochMillis < 0) {
      return SiteAmount.REFUSED_LATE;
    }
    return Limits.isOld(epochMillis, arrivalEpochMillis) ? SiteAmount.REFUSED_OLD : null;
  }

  private boolean hasRoom(Device device) {
    String key = NodeDevices.keyOf(device);
    if (devices.find(key) != null || unmeasured.isKnown(key) || withoutReadings.contains(key)) {
      return true;
    }
    boolean hasRoom =
        withoutReadings.size() < DeviceRoom.MAX_DEVICES
            && DeviceRoom.overWith(device, null, devices.all(), unmeasured.all(), containers)
                == null;
    if (hasRoom) {
      withoutReadings.add(key);
    }
    return hasRoom;
  }

  private List<String> refuse(
      SiteAmount reason,
      Device device,
      String what,
      long value,
      long epochMillis,
      long arrivalEpochMillis,
      @Nullable List<String> before,
      Increments books) {
    books.count(limits.windowOf(limits.bookable(epochMillis, arrivalEpochMillis)), reason, 1);
    List<String> lines = before == null ? new ArrayList<>() : before;
    if (lines.size() < MAX_REFUSALS) {
      lines.add(
          "%s of %s: %s of %d"
              .formatted(SampleReader.text(reason), Bounds.shown(device.id()), what, value));
    }
    return lines;
  }
}
