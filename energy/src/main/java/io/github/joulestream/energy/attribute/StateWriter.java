// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * Writes the state of a node. Whatever the program holds can be written: no text is too long, no
 * count too large, and what is half of a character stays so. Sections begin with their length, and
 * all of it ends with a checksum, so that {@link StateReader} finds what is damaged.
 *
 * <pre>
 *   length  [length section] [length section] ...  crc32c
 * </pre>
 */
final class StateWriter extends DataOutputStream {
  private final Buffer bytes;

  private static final class Buffer extends ByteArrayOutputStream {
    Buffer() {
      super(2_048);
    }

    byte[] array() {
      return buf;
    }

    void putInt(int at, int value) {
      for (int i = 0; i < Integer.BYTES; i++) {
        buf[at + i] = (byte) (value >>> (Byte.SIZE * (Integer.BYTES - 1 - i)));
      }
    }
  }

  StateWriter() {
    this(new Buffer());
  }

  private StateWriter(Buffer bytes) {
    super(bytes);
    this.bytes = bytes;
  }

  /** Begins a section; returns what {@link #end} wants. */
  int begin() throws IOException {
    int at = bytes.size();
    writeInt(0);
    return at;
  }

  /** Ends a section. */
  void end(int began) {
    bytes.putInt(began, bytes.size() - began - Integer.BYTES);
  }

  /** Writes any text. */
  void text(String text) throws IOException {
    boolean narrow = true;
    for (int i = 0; i < text.length() && narrow; i++) {
      narrow = text.charAt(i) <= 0xff;
    }
    number((long) text.length() << 1 | (narrow ? 0 : 1));
    if (narrow) {
      writeBytes(text);
    } else {
      writeChars(text);
    }
  }

  /** Writes a number in seven bits a byte: small ones take little. */
  void number(long number) throws IOException {
    long left = number;
    while ((left & ~0x7fL) != 0) {
      writeByte((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    writeByte((int) left);
  }

  /** Writes all sections, their length before them and the checksum behind. */
  void to(DataOutput out) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), 0, bytes.size());
    out.writeInt(bytes.size());
    out.write(bytes.array(), 0, bytes.size());
    out.writeInt((int) crc.getValue());
  }
}
