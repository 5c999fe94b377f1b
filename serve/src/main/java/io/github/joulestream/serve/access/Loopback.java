// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.net.InetAddress;

/** What names this machine and no other. */
final class Loopback {
  private Loopback() {}

  /**
   * Whether a host of a URL or a header, without its port, is this machine: {@code localhost}, or
   * an address of loopback. No name is looked up: a name of others can be made to resolve to it.
   */
  static boolean isName(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("^\\[(.*)]$", "$1")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }
}
