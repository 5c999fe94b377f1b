// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A port of the loopback address whose connections lead to another port, and the network between
 * them: it can be cut, so that nothing passes and no connection ends, be slow, and reset
 * connections.
 */
final class TcpProxy implements Closeable {
  private static final int CHUNK = 16 << 10;

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition restored = lock.newCondition();
  private boolean isCut;
  private volatile Duration delay = Duration.ZERO;

  /** Of this port, which need not be in use yet. */
  TcpProxy(int port, int target) throws IOException {
    this.server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
    this.target = target;
    Thread.ofVirtual().name("proxy-" + port).start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Nothing passes, in either direction. Connections stay open, and new ones hang. */
  void cut() {
    lock.lock();
    try {
      isCut = true;
    } finally {
      lock.unlock();
    }
  }

  /** What waited passes. */
  void restore() {
    lock.lock();
    try {
      isCut = false;
      restored.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Each piece of up to 16 KiB is held up for this long, in each direction; 0 for none. */
  void slow(Duration perPiece) {
    delay = perPiece;
  }

  /** Resets all connections that are open now. */
  void reset() {
    for (Socket socket : open) {
      try {
        socket.setSoLinger(true, 0);
      } catch (SocketException e) {
        continue; // closed meanwhile
      }
      close(socket);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket client) {
    try {
      awaitNetwork();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(server);
      Thread.ofVirtual().start(() -> pump(client, server));
      pump(server, client);
    } catch (IOException e) {
      close(client); // nobody listens there: the client sees its connection end
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] piece = new byte[CHUNK];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        awaitNetwork();
        Thread.sleep(delay); // the fault itself
        out.write(piece, 0, n);
      }
    } catch (IOException e) {
      // one side is gone: both are closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void awaitNetwork() {
    lock.lock();
    try {
      while (isCut) {
        restored.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    restore();
    reset();
  }
}
