// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvme;

import java.io.Closeable;
import java.io.IOException;

/** Gives admin commands to one NVMe controller. One thread. */
public interface NvmeAdmin extends Closeable {
  /**
   * Gives a command that reads.
   *
   * @param opcode of the admin command set
   * @param namespace its identifier, 0 for none
   * @param dword10 what the command takes there
   * @param data filled with what the controller sends; may be empty
   * @return dword 0 of the completion
   * @throws IOException if the controller is gone, the caller may not, or the command is not known
   */
  int read(int opcode, int namespace, int dword10, byte[] data) throws IOException;

  @Override
  void close();
}
