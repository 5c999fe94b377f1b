// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.linux.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The socket on which systemd receives the state of a service: datagrams to a Unix address, which
 * the JDK has no class for. Linux only. Used by one thread at a time.
 *
 * @see <a
 *     href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
final class NotifySocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_NOSIGNAL_DONTWAIT = 0x4000 | 0x40;

  // struct sockaddr_un: a family of two bytes, and a path
  private static final int PATH_AT = 2;
  private static final int MAX_PATH_BYTES = 107;

  private static final MethodHandle SOCKET =
      SystemCalls.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SENDTO =
      SystemCalls.function(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

  private final String path;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = SystemCalls.errorState(arena);
  private final MemorySegment address;
  private final int addressBytes;
  private final int descriptor;

  /**
   * Opens a socket towards an address; no receiver is needed yet.
   *
   * @param path an absolute path, or a name in the abstract name space behind an {@code @}
   * @throws IOException if there can be no such address, or no socket
   */
  NotifySocket(String path) throws IOException {
    this.path = path;
    byte[] bytes = path.getBytes(UTF_8);
    if (bytes.length < 2 || bytes.length > MAX_PATH_BYTES || !path.matches("(?s)[/@].*")) {
      throw new IOException("'%s' is no address of a Unix socket".formatted(path));
    }
    if (bytes[0] == '@') {
      bytes[0] = 0;
    }
    address = arena.allocate(PATH_AT + MAX_PATH_BYTES + 1, 8);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_AT, bytes.length);
    // of an abstract name every byte counts, also a zero behind it
    addressBytes = PATH_AT + bytes.length + (bytes[0] == 0 ? 0 : 1);
    try {
      descriptor = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    } catch (Throwable e) {
      throw SystemCalls.undeclared("socket(2)", e);
    }
    if (descriptor < 0) {
      throw new IOException("no Unix socket can be made: " + SystemCalls.error(state));
    }
  }

  /**
   * Sends one message; never waits.
   *
   * @param message lines of {@code NAME=value}
   * @throws IOException if there is no receiver
   */
  void send(String message) throws IOException {
    byte[] bytes = message.getBytes(UTF_8);
    long sent;
    try (Arena once = Arena.ofConfined()) {
      MemorySegment text = once.allocateFrom(JAVA_BYTE, bytes);
      sent =
          (long)
              SENDTO.invokeExact(
                  state,
                  descriptor,
                  text,
                  (long) bytes.length,
                  MSG_NOSIGNAL_DONTWAIT,
                  address,
                  addressBytes);
    } catch (Throwable e) {
      throw SystemCalls.undeclared("sendto(2)", e);
    }
    if (sent < 0) {
      throw new IOException("%s takes no message: %s".formatted(path, SystemCalls.error(state)));
    }
  }

  @Override
  public void close() {
    SystemCalls.close(descriptor);
    arena.close();
  }
}
