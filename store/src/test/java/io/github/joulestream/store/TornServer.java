// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers every request with the same bytes, and then ends the connection in some way. */
public final class TornServer implements AutoCloseable {
  /** How a connection ends after the bytes. */
  public enum Ending {
    /** In order, as if that were all. */
    CLOSED,
    /** As where a process dies. */
    RESET
  }

  private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final byte[] answer;
  private final Ending ending;

  private TornServer(byte[] answer, Ending ending) throws IOException {
    this.answer = answer;
    this.ending = ending;
    Thread.ofVirtual().start(this::serve);
  }

  /** One that announces a longer body than it sends. */
  public static TornServer ofLength(int length, String body, Ending ending) throws IOException {
    return new TornServer(
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + body)
            .getBytes(UTF_8),
        ending);
  }

  /** One that sends a body in chunks, the last of which, which ends it, only if it is complete. */
  public static TornServer inChunks(boolean complete, Ending ending, String... chunks)
      throws IOException {
    StringBuilder text =
        new StringBuilder(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (String chunk : chunks) {
      text.append(Integer.toHexString(chunk.getBytes(UTF_8).length))
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return new TornServer(
        text.append(complete ? "0\r\n\r\n" : "").toString().getBytes(UTF_8), ending);
  }

  /** One that answers with a status. */
  public static TornServer ofStatus(int status, String body) throws IOException {
    return new TornServer(
        "HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(status, body.getBytes(UTF_8).length, body)
            .getBytes(UTF_8),
        Ending.CLOSED);
  }

  /** Its address. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Lines of the requests. */
  public List<String> requests() {
    return requests;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        readHead(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        out.write(answer);
        out.flush();
        if (ending == Ending.RESET) {
          socket.setSoLinger(true, 0);
        }
      } catch (IOException e) {
        // the test has ended, or the client does not want the rest
      }
    }
  }

  private void readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    byte[] one = new byte[1];
    while (!head.toString().endsWith("\r\n\r\n") && in.read(one) > 0) {
      head.append(new String(one, US_ASCII));
    }
    requests.add(head.toString().lines().findFirst().orElse(""));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
