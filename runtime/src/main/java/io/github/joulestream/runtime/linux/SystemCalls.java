// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.stream.Stream;

/**
 * Functions of the C library that return -1 and set {@code errno} when they fail. Their first
 * argument is the memory for {@code errno}, see {@link #errorState}. Linux only; stateless.
 */
@SuppressWarnings("restricted") // callers declare functions as the manual pages do
public final class SystemCalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_VALUE =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final long MAX_MESSAGE_BYTES = 256;
  // close(2), strerror(3)
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle STRERROR =
      handle("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private SystemCalls() {}

  private static MethodHandle handle(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
  }

  /** A function that sets {@code errno}, which it is given as its first argument. */
  public static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return handle(
        name,
        type,
        Stream.concat(Stream.of(ERRNO), Stream.of(options)).toArray(Linker.Option[]::new));
  }

  /** Memory for the {@code errno} of calls by one thread. */
  public static MemorySegment errorState(Arena arena) {
    return arena.allocate(STATE);
  }

  /** The message of the last failure, as strerror(3) gives it. */
  public static String error(MemorySegment errorState) {
    int errno = (int) ERRNO_VALUE.get(errorState, 0L);
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
      return text.reinterpret(MAX_MESSAGE_BYTES).getString(0);
    } catch (Throwable e) {
      throw undeclared("strerror(3)", e);
    }
  }

  /** Closes a file descriptor. */
  public static void close(int descriptor) {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw undeclared("close(2)", e);
    }
  }

  /**
   * What to throw when a call threw something, which C functions do not.
   *
   * @throws RuntimeException the failure itself, if it is unchecked
   * @throws Error the failure itself, if it is one
   */
  public static IllegalStateException undeclared(String function, Throwable e) {
    return switch (e) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> new IllegalStateException(function, e);
    };
  }
}
