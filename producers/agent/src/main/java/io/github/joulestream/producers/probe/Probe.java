// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.DeviceKind;
import io.github.joulestream.energy.DeviceSeries;
import io.github.joulestream.energy.DeviceStatus;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One source of readings on a node. Used by one thread. */
public interface Probe extends AutoCloseable {
  /** Its name, for messages: {@code memory}. */
  String name();

  /**
   * Finds out what is there.
   *
   * @throws ProbeUnavailable if this machine does not have it, or does not let us read it
   */
  void open() throws ProbeUnavailable;

  /** What it found, in a few words: {@code 2 drives, 3.8 TB}. */
  String describe();

  /** What its devices are called by others, if they are GPUs; null if they are not. */
  default @Nullable GpuNumbering numbering() {
    return null;
  }

  /**
   * Reads all its devices once.
   *
   * @throws IOException if it cannot now; the next time may be better
   */
  List<DeviceSeries> read(long epochMillis) throws IOException;

  /**
   * Kinds of device that it measures as one on this node, known once it is open: {@code MEMORY} if
   * it measures all of the memory. The readings of other probes of the same kind are then contained
   * in it, see {@link Overlaps}.
   */
  default Set<DeviceKind> measures() {
    return Set.of();
  }

  /**
   * Reads what its devices report besides power, once: temperature, clocks, errors. It is read at a
   * slower pace than the readings, after those of the same turn, and must not block. What counts
   * something is what was counted since the call before. A device that reports nothing has no
   * status; of instances there are none, for the hardware is their device's.
   *
   * @param epochMillis the time of the statuses
   * @return with the ids of the devices in {@link #read}
   * @throws IOException if it cannot now; what it counted goes into the next status
   */
  default List<DeviceStatus> statuses(long epochMillis) throws IOException {
    return List.of();
  }

  /**
   * What it knows besides, as it is now: what is neither in its readings nor in its statuses. Not
   * for the sampling loop.
   *
   * @throws IOException if it cannot now
   */
  default List<Detail> details() throws IOException {
    return List.of();
  }

  /**
   * What it found and does not use, each with the reason: {@code hwmon3 power_meter 'SysIO': a
   * component of the module, not the node}.
   */
  default List<String> notTaken() {
    return List.of();
  }

  @Override
  void close();

  /** This machine does not have it. */
  final class ProbeUnavailable extends Exception {
    private static final long serialVersionUID = 1;
    private final Kind kind;

    private enum Kind {
      ABSENT,
      INSTALLABLE,
      OTHER
    }

    /**
     * @param reason completes "unavailable, because ..."
     */
    public ProbeUnavailable(String reason) {
      this(reason, Kind.OTHER);
    }

    private ProbeUnavailable(String reason, Kind kind) {
      super(reason);
      this.kind = kind;
    }

    /** Such hardware is not in this machine, which is no failure. */
    public static ProbeUnavailable absent(String reason) {
      return new ProbeUnavailable(reason, Kind.ABSENT);
    }

    /** The hardware is here and its software is not: the reason names what to install. */
    public static ProbeUnavailable installable(String reason) {
      return new ProbeUnavailable(reason, Kind.INSTALLABLE);
    }

    /** True if the hardware is here, and something must be installed. */
    public boolean isInstallable() {
      return kind == Kind.INSTALLABLE;
    }

    /** True if the hardware is not here, which is no failure. */
    public boolean isAbsent() {
      return kind == Kind.ABSENT;
    }
  }
}
