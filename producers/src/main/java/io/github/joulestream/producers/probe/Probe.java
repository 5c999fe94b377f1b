// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.energy.DeviceSeries;
import java.io.IOException;
import java.util.List;

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

  /**
   * Reads all its devices once.
   *
   * @throws IOException if it cannot now; the next time may be better
   */
  List<DeviceSeries> read(long epochMillis) throws IOException;

  @Override
  void close();

  /** This machine does not have it. */
  final class ProbeUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * @param reason completes "unavailable, because ..."
     */
    public ProbeUnavailable(String reason) {
      super(reason);
    }
  }
}
