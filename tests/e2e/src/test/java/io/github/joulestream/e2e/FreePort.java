// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port of the loopback address that nobody has. */
final class FreePort {
  // below those that Linux gives to outgoing connections
  private static final int FIRST_LASTING = 12_000;
  private static final int LAST_LASTING = 32_000;

  private FreePort() {}

  static int find() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** One that no outgoing connection takes while the program that listens there is away. */
  static int findLasting() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_LASTING, LAST_LASTING);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // somebody has it: the next one
      }
    }
  }
}
