// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.checkFromIndexSize;

import java.io.DataOutput;
import java.io.UTFDataFormatException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * State as it is written, in an array that grows and can be used again. The same bytes as those of
 * a {@link java.io.DataOutputStream} over a {@link java.io.ByteArrayOutputStream}, which take a
 * lock for each write and check their room for each byte. One thread.
 */
public class StateBytes implements DataOutput {
  private static final int LEAST = 512;
  // an array that a large value has grown is given back
  private static final int MAX_KEPT = 1 << 20;
  private static final int MAX_NUMBER = 10;
  private static final int MAX_UTF = 0xffff;
  private static final VarHandle SHORT = bigEndian(short[].class);
  private static final VarHandle CHAR = bigEndian(char[].class);
  private static final VarHandle INT = bigEndian(int[].class);
  private static final VarHandle LONG = bigEndian(long[].class);

  private byte[] bytes;
  private int size;

  private static VarHandle bigEndian(Class<?> of) {
    return MethodHandles.byteArrayViewVarHandle(of, ByteOrder.BIG_ENDIAN);
  }

  /** With nothing written. */
  public StateBytes() {
    this(LEAST);
  }

  /** With nothing written, and room for so many bytes. */
  public StateBytes(int room) {
    this.bytes = new byte[room];
  }

  /** Drops what was written. */
  public final void clear() {
    if (bytes.length > MAX_KEPT) {
      bytes = new byte[LEAST];
    }
    size = 0;
  }

  /** Bytes written. */
  public final int size() {
    return size;
  }

  /** The array whose first {@link #size} bytes were written; until the next write. Not a copy. */
  public final byte[] array() {
    return bytes;
  }

  /** A copy of what was written. */
  public final byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Makes room for so many bytes more, and counts them as written; returns where they begin. */
  private int take(int more) {
    int at = size;
    if (bytes.length - at < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(at, more)));
    }
    size = at + more;
    return at;
  }

  @Override
  public final void write(int lowestByte) {
    int at = take(1);
    bytes[at] = (byte) lowestByte;
  }

  @Override
  public final void write(byte[] from) {
    write(from, 0, from.length);
  }

  @Override
  public final void write(byte[] from, int at, int length) {
    checkFromIndexSize(at, length, from.length);
    int to = take(length);
    System.arraycopy(from, at, bytes, to, length);
  }

  @Override
  public final void writeBoolean(boolean value) {
    write(value ? 1 : 0);
  }

  @Override
  public final void writeByte(int value) {
    write(value);
  }

  @Override
  public final void writeShort(int value) {
    int at = take(Short.BYTES);
    SHORT.set(bytes, at, (short) value);
  }

  @Override
  public final void writeChar(int value) {
    int at = take(Character.BYTES);
    CHAR.set(bytes, at, (char) value);
  }

  @Override
  public final void writeInt(int value) {
    int at = take(Integer.BYTES);
    INT.set(bytes, at, value);
  }

  @Override
  public final void writeLong(long value) {
    int at = take(Long.BYTES);
    LONG.set(bytes, at, value);
  }

  @Override
  public final void writeFloat(float value) {
    writeInt(Float.floatToIntBits(value));
  }

  @Override
  public final void writeDouble(double value) {
    writeLong(Double.doubleToLongBits(value));
  }

  /** The lower byte of each character. */
  @Override
  public final void writeBytes(String text) {
    int at = take(text.length());
    byte[] to = bytes;
    for (int i = 0; i < text.length(); i++) {
      to[at + i] = (byte) text.charAt(i);
    }
  }

  @Override
  public final void writeChars(String text) {
    int at = take(Math.multiplyExact(Character.BYTES, text.length()));
    for (int i = 0; i < text.length(); i++) {
      CHAR.set(bytes, at + Character.BYTES * i, text.charAt(i));
    }
  }

  /**
   * Text in Java's modified UTF-8.
   *
   * @throws UTFDataFormatException if it is longer than 65,535 bytes; then nothing is written
   */
  @Override
  public final void writeUTF(String text) throws UTFDataFormatException {
    int length = text.length();
    long utf = length;
    for (int i = 0; i < length; i++) {
      utf += bytesOf(text.charAt(i)) - 1;
    }
    if (utf > MAX_UTF) {
      throw new UTFDataFormatException("a text of %,d bytes; %,d at most".formatted(utf, MAX_UTF));
    }
    writeShort((int) utf);
    if (utf == length) {
      writeBytes(text);
      return;
    }
    int at = take((int) utf);
    byte[] to = bytes;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      switch (bytesOf(c)) {
        case 1 -> to[at++] = (byte) c;
        case 2 -> {
          to[at++] = (byte) (0xc0 | (c >> 6));
          to[at++] = (byte) (0x80 | (c & 0x3f));
        }
        default -> {
          to[at++] = (byte) (0xe0 | (c >> 12));
          to[at++] = (byte) (0x80 | ((c >> 6) & 0x3f));
          to[at++] = (byte) (0x80 | (c & 0x3f));
        }
      }
    }
  }

  /** Bytes of a character in modified UTF-8, which has two for the character 0. */
  private static int bytesOf(char c) {
    if (c >= 0x01 && c <= 0x7f) {
      return 1;
    }
    return c <= 0x7ff ? 2 : 3;
  }

  /** A number without a sign in seven bits a byte, the least first: small ones take little. */
  public final void number(long number) {
    int at = take(MAX_NUMBER);
    byte[] to = bytes;
    long left = number;
    while ((left & ~0x7fL) != 0) {
      to[at++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    to[at++] = (byte) left;
    size = at;
  }

  /** A number with a sign, in zigzag, as {@link #number}. */
  public final void signed(long number) {
    number((number << 1) ^ (number >> (Long.SIZE - 1)));
  }

  /** Writes an int over what was written. */
  protected final void putInt(int at, int value) {
    checkFromIndexSize(at, Integer.BYTES, size);
    INT.set(bytes, at, value);
  }
}
