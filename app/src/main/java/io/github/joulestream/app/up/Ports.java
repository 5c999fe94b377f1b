// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of this machine's loopback address. */
final class Ports {
  private Ports() {}

  /** The port that was wished for if nobody listens there, else any free one. */
  static int freeOr(int wanted) throws IOException {
    try {
      return probe(wanted);
    } catch (BindException e) {
      return probe(0);
    }
  }

  private static int probe(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      // a port whose last connections have not yet timed out is free for a new listener
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket.getLocalPort();
    }
  }
}
