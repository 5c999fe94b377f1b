// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.DataInput;
import java.io.IOException;

/**
 * The format of a node's account, and the versions before it that this release reads. Each name
 * states what the last version before a change lacked.
 */
final class NodeFormats {
  /** No sources of devices. */
  static final int WITHOUT_SOURCES = 3;

  /** No containers: what a device reported that it is contained in decided for ever. */
  static final int WITHOUT_CONTAINERS = 4;

  /** Nothing of devices without a usable reading. */
  static final int WITHOUT_UNMEASURED = 5;

  /** No lengths and no checksum. */
  static final int WITHOUT_SECTIONS = 6;

  /** The version is the first byte; there is no magic byte before it. */
  static final int WITHOUT_MAGIC = 7;

  /** Not which hold edge of a job arrived first. */
  static final int WITHOUT_ANCHORS = 8;

  static final StateFormat CURRENT =
      new StateFormat("a node's account", 'N', WITHOUT_SOURCES, WITHOUT_ANCHORS + 1);

  private NodeFormats() {}

  /**
   * Reads the version of an account.
   *
   * @throws UnknownStateFormatException if this release does not read it
   * @throws IOException if this is no account
   */
  static int read(DataInput in) throws IOException {
    int first = in.readUnsignedByte();
    if (CURRENT.isMagic(first)) {
      return CURRENT.check(in.readUnsignedByte());
    }
    if (first > WITHOUT_MAGIC) {
      throw new IOException("a node's account does not begin with byte " + first);
    }
    return CURRENT.check(first);
  }
}
