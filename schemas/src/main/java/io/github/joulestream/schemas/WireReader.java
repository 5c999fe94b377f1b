// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
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

  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int available;
  private int end;
  private int at;
  // elements of an array of numbers that is read one by one: in this block, and in all before
  private int left;
  private int count;

  /** Begins to read these bytes. */
  void reset(byte[] newBytes, int from, int to) {
    bytes = newBytes;
    at = from;
    end = to;
    available = to - from;
  }

  boolean atEnd() {
    return at == end;
  }

  /** True if it reads these bytes, and not a copy. */
  @SuppressWarnings("ReferenceEquality") // the array itself
  boolean reads(byte[] these) {
    return bytes == these;
  }

  /** Bytes in all. */
  int length() {
    return available;
  }

  int position() {
    return at;
  }

  /** What was read since a position. */
  byte[] copySince(int position) {
    return Arrays.copyOfRange(bytes, position, at);
  }

  /** Skips these bytes, if they are the next. */
  boolean skipIfNext(byte[] expected) {
    if (expected.length > end - at
        || !Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length)) {
      return false;
    }
    at += expected.length;
    return true;
  }

  long readLong() throws IOException {
    if (at < end && bytes[at] >= 0) { // most are small
      long small = bytes[at++];
      return (small >>> 1) ^ -(small & 1);
    }
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
    if (at == end) {
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
    if (length > end - at) {
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
  int readBlock() throws IOException {
    long count = readLong();
    if (count < 0) {
      readLong(); // the size of the block in bytes, for those who skip it
      count = -count;
    }
    return checked(count);
  }

  /**
   * Reads an array of numbers, into this one if it is long enough; {@link #count} returns their
   * number.
   *
   * @param most numbers
   * @param what they are, for a message
   */
  long[] readLongs(long[] into, int most, String what) throws IOException {
    long[] values = into;
    count = 0;
    for (int block = readBlock(); block > 0; block = readBlock()) {
      Bounds.count((long) count + block, most, what);
      if (values.length - count < block) {
        values = Arrays.copyOf(values, Math.max(count + block, 2 * count));
      }
      for (; block > 0; block--) {
        values[count++] = readLong();
      }
    }
    return values;
  }

  int count() {
    return count;
  }

  /** Begins an array of numbers that are read one by one. */
  void beginLongs() throws IOException {
    left = readBlock();
  }

  /** The next of them. */
  long nextLong() throws IOException {
    if (left == 0) {
      throw new EOFException("too few values");
    }
    long value = readLong();
    if (--left == 0) {
      left = readBlock();
    }
    return value;
  }

  /** Ends that array. */
  void endLongs() {
    if (left != 0) {
      throw new AvroRuntimeException(left + " values too many");
    }
  }

  /**
   * Reads an array.
   *
   * @param most elements
   * @param what they are, for a message
   */
  <T> List<T> readList(Element<T> element, int most, String what) throws IOException {
    List<T> values = new ArrayList<>();
    for (int count = readBlock(); count > 0; count = readBlock()) {
      Bounds.count((long) values.size() + count, most, what);
      for (int i = 0; i < count; i++) {
        values.add(element.read());
      }
    }
    return values;
  }

  /**
   * Reads labels.
   *
   * @param of whose they are, for a message
   */
  Map<String, String> readLabels(String of) throws IOException {
    Map<String, String> values = new HashMap<>();
    int seen = 0;
    for (int count = readBlock(); count > 0; count = readBlock()) {
      Bounds.count((long) seen + count, Bounds.LABELS, "labels of " + of);
      seen += count;
      for (int i = 0; i < count; i++) {
        values.put(readString(), readString());
      }
    }
    Bounds.labels(values, of);
    return values;
  }

  int checked(long length) {
    if (length < 0 || length > available) {
      throw new AvroRuntimeException("a length of " + length + " in " + available + " bytes");
    }
    return (int) length;
  }
}
