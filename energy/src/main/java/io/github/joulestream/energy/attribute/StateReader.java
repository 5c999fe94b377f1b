// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state of a node, in the form of {@link StateWriter} or in that of the releases before
 * it. No count and no length is believed that is larger than what is there.
 */
final class StateReader {
  private static final int FIRST_LENGTH = 1 << 16;

  private final DataInput in;
  private final int format;
  // null where an older release wrote, without lengths
  private final @Nullable Bytes bytes;

  private static final class Bytes extends ByteArrayInputStream {
    Bytes(byte[] all) {
      super(all);
    }

    int at() {
      return pos;
    }
  }

  private StateReader(DataInput in, int format, @Nullable Bytes bytes) {
    this.in = in;
    this.format = format;
    this.bytes = bytes;
  }

  /** Reads what a release wrote that knew no sections. */
  static StateReader ofOld(DataInput in, int format) {
    return new StateReader(in, format, null);
  }

  /**
   * Reads what {@link StateWriter#to} wrote behind the format.
   *
   * @throws IOException if it is damaged
   */
  static StateReader of(DataInput in, int format) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new IOException("a state of " + length + " bytes");
    }
    // a wrong length must not decide how much memory is taken
    byte[] all = new byte[Math.min(length, FIRST_LENGTH)];
    in.readFully(all);
    for (int read = all.length; read < length; read = all.length) {
      all = Arrays.copyOf(all, (int) Math.min(length, 2L * read));
      in.readFully(all, read, all.length - read);
    }
    int expected = in.readInt();
    CRC32C crc = new CRC32C();
    crc.update(all, 0, length);
    if ((int) crc.getValue() != expected) {
      throw new IOException("a state of " + length + " bytes with a wrong checksum");
    }
    Bytes bytes = new Bytes(all);
    return new StateReader(new DataInputStream(bytes), format, bytes);
  }

  int format() {
    return format;
  }

  /** Begins a section; returns what {@link #end} wants. */
  int begin() throws IOException {
    if (bytes == null) {
      return 0;
    }
    int length = in.readInt();
    if (length < 0 || length > bytes.available()) {
      throw new IOException(
          "a section of " + length + " bytes where " + bytes.available() + " are");
    }
    return bytes.at() + length;
  }

  /**
   * Ends a section.
   *
   * @throws IOException if it was longer, or shorter
   */
  void end(int end, String what) throws IOException {
    if (bytes != null && bytes.at() != end) {
      throw new IOException(
          "the section of %s ends at byte %d and was read up to %d"
              .formatted(what, end, bytes.at()));
    }
  }

  /** All that was written was read. */
  void end() throws IOException {
    if (bytes != null && bytes.available() > 0) {
      throw new IOException(bytes.available() + " bytes more than a state has");
    }
  }

  String text() throws IOException {
    if (bytes == null) {
      return in.readUTF();
    }
    long header = number();
    long length = header >>> 1;
    boolean narrow = (header & 1) == 0;
    if (header < 0 || length > (narrow ? bytes.available() : bytes.available() / 2)) {
      throw new IOException("a text of " + length + " characters");
    }
    if (narrow) {
      byte[] text = new byte[(int) length];
      in.readFully(text);
      return new String(text, ISO_8859_1);
    }
    char[] text = new char[(int) length];
    for (int i = 0; i < text.length; i++) {
      text[i] = in.readChar();
    }
    return new String(text);
  }

  long number() throws IOException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.readUnsignedByte();
      number |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return number;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  /** How many of something follow, each of which takes a byte at least. */
  int count() throws IOException {
    return checked(number());
  }

  /** As {@link #count}, where older releases wrote an int. */
  int countOrInt() throws IOException {
    return bytes == null ? checked(in.readInt()) : count();
  }

  /** As {@link #count}, where older releases wrote a short. */
  int countOrShort() throws IOException {
    return bytes == null ? checked(in.readShort()) : count();
  }

  /** As {@link #count}, where older releases wrote a byte. */
  int countOrByte() throws IOException {
    return bytes == null ? checked(in.readByte()) : count();
  }

  private int checked(long count) throws IOException {
    if (count < 0 || count > (bytes == null ? Integer.MAX_VALUE : bytes.available())) {
      throw new IOException("a count of " + count);
    }
    return (int) count;
  }

  /** A number that older releases wrote as a short. */
  int intOrShort() throws IOException {
    return bytes == null ? in.readShort() : in.readInt();
  }

  /** A number that older releases wrote as a byte. */
  int intOrByte() throws IOException {
    return bytes == null ? in.readByte() : in.readInt();
  }

  /** The constant of this name. */
  <E extends Enum<E>> E constant(Class<E> of) throws IOException {
    String name = text();
    try {
      return Enum.valueOf(of, name);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "no %s is called %s in this release".formatted(of.getSimpleName(), name), e);
    }
  }

  long readLong() throws IOException {
    return in.readLong();
  }

  int readInt() throws IOException {
    return in.readInt();
  }

  int readByte() throws IOException {
    return in.readByte();
  }

  boolean readBoolean() throws IOException {
    return in.readBoolean();
  }
}
