// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;

/**
 * Reads Avro's binary encoding from bytes that may be anything: a length is believed only as far as
 * there are bytes for it. Zig-zag numbers of variable length, blocks with counts: see the
 * specification, "Binary encoding". One thread.
 *
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#binary-encoding">specification</a>
 */
final class WireReader {
  /** Reads one element. */
  interface Element<T> {
    T read() throws IOException;
  }

  private final byte[] bytes;
  private final int available;
  private int at;

  WireReader(byte[] bytes, int offset) {
    this.bytes = bytes;
    this.at = offset;
    this.available = bytes.length - offset;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = next();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new AvroRuntimeException("a number of more than ten bytes");
  }

  private byte next() throws EOFException {
    if (at == bytes.length) {
      throw new EOFException("it ends too early");
    }
    return bytes[at++];
  }

  int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new AvroRuntimeException("an int of " + value);
    }
    return (int) value;
  }

  double readDouble() throws IOException {
    long bits = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 8) {
      bits |= (next() & 0xffL) << shift;
    }
    return Double.longBitsToDouble(bits);
  }

  String readString() throws IOException {
    int length = checked(readLong());
    if (length > bytes.length - at) {
      throw new EOFException("a text of " + length + " bytes ends too early");
    }
    String text = RecentStrings.of(bytes, at, length);
    at += length;
    return text;
  }

  <E extends Enum<E>> E readEnum(E[] constants) throws IOException {
    int index = readInt();
    if (index < 0 || index >= constants.length) {
      throw new AvroRuntimeException("no constant " + index);
    }
    return constants[index];
  }

  /** Index of the branch of a union. */
  int readIndex() throws IOException {
    return readInt();
  }

  /** Number of elements in the next block of an array or a map; 0 at its end. */
  private int readBlock() throws IOException {
    long count = readLong();
    if (count < 0) {
      readLong(); // the size of the block in bytes, for those who skip it
      count = -count;
    }
    return checked(count);
  }

  long[] readLongs() throws IOException {
    int count = readBlock();
    long[] values = new long[count];
    int size = 0;
    while (count > 0) {
      values = values.length < size + count ? Arrays.copyOf(values, size + count) : values;
      for (int i = 0; i < count; i++) {
        values[size++] = readLong();
      }
      count = readBlock();
    }
    return values;
  }

  <T> List<T> readList(Element<T> element) throws IOException {
    List<T> values = new ArrayList<>();
    for (int count = readBlock(); count > 0; count = readBlock()) {
      for (int i = 0; i < count; i++) {
        values.add(element.read());
      }
    }
    return values;
  }

  Map<String, String> readMap() throws IOException {
    Map<String, String> values = new HashMap<>();
    for (int count = readBlock(); count > 0; count = readBlock()) {
      for (int i = 0; i < count; i++) {
        values.put(readString(), readString());
      }
    }
    return values;
  }

  private int checked(long length) {
    if (length < 0 || length > available) {
      throw new AvroRuntimeException("a length of " + length + " in " + available + " bytes");
    }
    return (int) length;
  }
}
