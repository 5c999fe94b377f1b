// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A request as its bytes, of which no client of HTTP would send some. */
final class RawRequest {
  private static final int MOST_BYTES = 1 << 20;

  /** What came back. */
  record Answer(int status, String text) {}

  private RawRequest() {}

  /**
   * Sends it.
   *
   * @param from address of loopback that it comes from
   * @param lines of the head, without line ends
   * @return status 0 if the connection was closed without an answer
   */
  static Answer send(int port, String from, String... lines) throws IOException {
    String head = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.setSoTimeout(20_000);
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      String text = new String(in.readNBytes(MOST_BYTES), UTF_8);
      return text.startsWith("HTTP/1.1 ")
          ? new Answer(Integer.parseInt(text.substring(9, 12)), text)
          : new Answer(0, text);
    }
  }
}
