// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/** Names of nodes that are put together from names of folders. */
final class NodeNames {
  // a key may have 250 characters, and so may what is made of it
  private static final int MAX_LENGTH = 200;
  private static final int DIGITS = 8;

  private NodeNames() {}

  /**
   * The name, or if it is too long its beginning and a suffix that distinguishes it from others
   * with that beginning.
   */
  static String fitting(String name) {
    if (name.length() <= MAX_LENGTH) {
      return name;
    }
    String rest =
        HexFormat.of().formatHex(Digests.sha256().digest(name.getBytes(UTF_8)), 0, DIGITS);
    return name.substring(0, MAX_LENGTH - rest.length() - 1) + "~" + rest;
  }
}
