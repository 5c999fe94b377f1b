// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import io.github.joulestream.energy.DeviceSeries;
import java.util.List;

/**
 * One file's readings of one node, in their order in the file.
 *
 * @param file the file, relative to the folder of the traces; names the readings
 * @param devices with the same number of rows each; a row is one line of the file
 */
record NodeLog(String node, String file, List<DeviceSeries> devices) {
  int rows() {
    return devices.isEmpty() ? 0 : devices.getFirst().readings().size();
  }

  long readings() {
    return (long) rows() * devices.size();
  }
}
