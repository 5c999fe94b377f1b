// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import java.io.ByteArrayOutputStream;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a row: the value that it is of, its members as they are sent, and the frame at which
 * they changed last. A value that is the same is not encoded again. One thread.
 *
 * @param <T> of the value
 */
final class RowPart<T> {
  private static final byte[] NOTHING = {};

  private final BiPredicate<T, T> isSame;
  private final Function<T, byte[]> encoder;
  private @Nullable T value;
  private byte[] bytes = NOTHING;
  private long changedAt;

  /**
   * A part without a value yet.
   *
   * @param encoder members of an object, each with a comma before it
   */
  RowPart(BiPredicate<T, T> isSame, Function<T, byte[]> encoder) {
    this.isSame = isSame;
    this.encoder = encoder;
  }

  /**
   * Takes in what it is now.
   *
   * @param now is kept, and does not change from here on
   */
  void set(T now, long frame) {
    T before = value;
    if (before == null || !isSame.test(before, now)) {
      value = now;
      bytes = encoder.apply(now);
      changedAt = frame;
    }
  }

  /** Whether it changed after a frame. */
  boolean isAfter(long base) {
    return changedAt > base;
  }

  /**
   * Writes it if it changed after a frame.
   *
   * @return whether it did
   */
  boolean write(ByteArrayOutputStream out, long base) {
    if (isAfter(base)) {
      out.writeBytes(bytes);
      return true;
    }
    return false;
  }
}
