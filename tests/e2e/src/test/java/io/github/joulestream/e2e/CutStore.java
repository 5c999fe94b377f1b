// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Before a real store: passes on so many bytes of its answers, then it is gone, in the middle of an
 * answer, and nobody listens any more.
 */
final class CutStore implements AutoCloseable {
  private final URI store;
  private final ServerSocket server;
  private final AtomicLong left;
  private final long bytes;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  CutStore(URI store, long bytes) throws IOException {
    this.store = store;
    this.bytes = bytes;
    left = new AtomicLong(bytes);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Bytes of answers that were passed on. */
  long passed() {
    return bytes - Math.max(0, left.get());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        sockets.add(client);
        Socket to = new Socket(store.getHost(), store.getPort());
        sockets.add(to);
        Thread.ofVirtual().start(() -> copy(client, to, Long.MAX_VALUE));
        Thread.ofVirtual().start(() -> copy(to, client, 0));
      }
    } catch (IOException e) {
      close(); // gone
    }
  }

  /**
   * @param free 0: an answer, whose bytes count
   */
  private void copy(Socket from, Socket to, long free) {
    byte[] buffer = new byte[8192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long allowed = free > 0 ? n : Math.min(n, left.getAndAdd(-n));
        if (allowed > 0) {
          out.write(buffer, 0, (int) allowed);
          out.flush();
        }
        if (allowed < n) {
          close();
          return;
        }
      }
    } catch (IOException e) {
      // either side has closed
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
