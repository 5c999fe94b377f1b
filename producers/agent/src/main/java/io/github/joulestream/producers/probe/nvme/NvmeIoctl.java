// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe.nvme;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.joulestream.runtime.linux.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Admin commands by the kernel's {@code NVME_IOCTL_ADMIN_CMD} on a controller's character device
 * ({@code /dev/nvme0}), as {@code linux/nvme_ioctl.h} declares it. Whoever may open the device may
 * identify the controller; the other commands take {@code CAP_SYS_ADMIN}.
 */
public final class NvmeIoctl implements NvmeAdmin {
  private static final MethodHandle OPEN =
      SystemCalls.function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle IOCTL =
      SystemCalls.function(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;

  // struct nvme_passthru_cmd: offsets of what is used
  private static final int COMMAND_BYTES = 72;
  private static final int OPCODE = 0;
  private static final int NAMESPACE = 4;
  private static final int ADDRESS_OF_DATA = 24;
  private static final int DATA_LENGTH = 36;
  private static final int DWORD_10 = 40;
  private static final int TIMEOUT_MILLIS = 64;
  private static final int RESULT = 68;
  // _IOWR('N', 0x41, struct nvme_passthru_cmd), as on all but a few old architectures
  private static final long ADMIN_COMMAND = 3L << 30 | COMMAND_BYTES << 16 | 'N' << 8 | 0x41;
  private static final int PATIENCE_MILLIS = 1_000;
  private static final int MAX_DATA = 4096;

  private final Path device;
  // opened, used and closed by threads that take turns
  private final Arena arena = Arena.ofShared();
  private final MemorySegment state = SystemCalls.errorState(arena);
  private final MemorySegment command = arena.allocate(COMMAND_BYTES, 8);
  private final MemorySegment buffer = arena.allocate(MAX_DATA, MAX_DATA);
  private final int descriptor;

  private NvmeIoctl(Path device) throws IOException {
    this.device = device;
    try {
      descriptor =
          (int)
              OPEN.invokeExact(state, arena.allocateFrom(device.toString()), O_RDONLY | O_CLOEXEC);
      if (descriptor < 0) {
        throw new IOException(
            "%s cannot be opened: %s".formatted(device, SystemCalls.error(state)));
      }
    } catch (IOException e) {
      arena.close();
      throw e;
    } catch (Throwable e) {
      arena.close();
      throw SystemCalls.undeclared("open(2)", e);
    }
  }

  /**
   * Opens a controller's device.
   *
   * @throws IOException if it is not there, or may not be opened
   */
  public static NvmeIoctl open(Path device) throws IOException {
    return new NvmeIoctl(device);
  }

  @Override
  public int read(int opcode, int namespace, int dword10, byte[] data) throws IOException {
    if (data.length > MAX_DATA) {
      throw new IllegalArgumentException("a command for " + data.length + " bytes");
    }
    command.fill((byte) 0);
    command.set(ValueLayout.JAVA_BYTE, OPCODE, (byte) opcode);
    command.set(JAVA_INT, NAMESPACE, namespace);
    command.set(JAVA_LONG, ADDRESS_OF_DATA, data.length == 0 ? 0 : buffer.address());
    command.set(JAVA_INT, DATA_LENGTH, data.length);
    command.set(JAVA_INT, DWORD_10, dword10);
    command.set(JAVA_INT, TIMEOUT_MILLIS, PATIENCE_MILLIS);
    int status;
    try {
      status = (int) IOCTL.invokeExact(state, descriptor, ADMIN_COMMAND, command);
    } catch (Throwable e) {
      throw SystemCalls.undeclared("ioctl(2)", e);
    }
    if (status < 0) {
      throw new IOException(
          "%s takes no NVMe command: %s".formatted(device, SystemCalls.error(state)));
    }
    if (status > 0) {
      throw new IOException(
          "%s refuses NVMe command %02xh with status %03xh".formatted(device, opcode, status));
    }
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, data, 0, data.length);
    return command.get(JAVA_INT, RESULT);
  }

  @Override
  public void close() {
    try {
      SystemCalls.close(descriptor);
    } finally {
      arena.close();
    }
  }
}
