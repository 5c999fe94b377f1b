// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes Avro's binary encoding into an array that is used again: what {@link WireReader} reads.
 * One thread.
 *
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">specification</a>
 */
final class WireWriter {
  private static final int MAX_NUMBER = 10;
  // an array that a large value has grown is given back
  private static final int MAX_KEPT = 1 << 20;
  private static final int LEAST = 512;
  private static final VarHandle LITTLE_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[LEAST];
  private int size;

  /** Begins anew. */
  void reset() {
    if (bytes.length > MAX_KEPT) {
      bytes = new byte[LEAST];
    }
    size = 0;
  }

  /** A copy of what was written. */
  byte[] written() {
    return Arrays.copyOf(bytes, size);
  }

  private void roomFor(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, more)));
    }
  }

  /** Bytes as they are. */
  void writeFixed(byte... fixed) {
    roomFor(fixed.length);
    System.arraycopy(fixed, 0, bytes, size, fixed.length);
    size += fixed.length;
  }

  void writeLong(long value) {
    roomFor(MAX_NUMBER);
    long left = (value << 1) ^ (value >> 63); // zig-zag
    byte[] to = bytes;
    int at = size;
    while ((left & ~0x7fL) != 0) {
      to[at++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    to[at++] = (byte) left;
    size = at;
  }

  void writeInt(int value) {
    writeLong(value);
  }

  @SuppressWarnings("EnumOrdinal") // WireTest compares the order with the symbols of the schemas
  void writeEnum(Enum<?> constant) {
    writeLong(constant.ordinal());
  }

  /** The branch of a union. */
  void writeIndex(int branch) {
    writeLong(branch);
  }

  void writeDouble(double value) {
    writeFixedLong(Double.doubleToRawLongBits(value));
  }

  /** Eight bytes, the lowest first. */
  void writeFixedLong(long value) {
    roomFor(Long.BYTES);
    LITTLE_ENDIAN_LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  void writeString(String text) {
    int length = text.length();
    // most names are ASCII: as many bytes as characters
    writeLong(length);
    roomFor(length);
    byte[] to = bytes;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        size -= lengthOfNumber(length);
        byte[] utf8 = text.getBytes(UTF_8);
        writeLong(utf8.length);
        writeFixed(utf8);
        return;
      }
      to[at++] = (byte) c;
    }
    size = at;
  }

  private static int lengthOfNumber(int notNegative) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros((long) notNegative << 1 | 1);
    return Math.ceilDiv(bits, 7);
  }

  /** Begins an array or a map of so many elements, in one block. */
  void writeBlock(int count) {
    if (count > 0) {
      writeLong(count);
    }
  }

  /** Ends it. */
  void writeEnd() {
    writeLong(0);
  }
}
