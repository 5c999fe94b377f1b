// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads Avro's binary encoding from bytes that may be anything: a length is believed only as far as
 * there are bytes for it.
 */
final class WireReader {
  /** Reads one element. */
  interface Element<T> {
    T read() throws IOException;
  }

  private final BinaryDecoder in;
  private final int available;

  WireReader(byte[] bytes, int offset) {
    in = DecoderFactory.get().binaryDecoder(bytes, offset, bytes.length - offset, null);
    available = bytes.length - offset;
  }

  boolean atEnd() throws IOException {
    return in.isEnd();
  }

  long readLong() throws IOException {
    return in.readLong();
  }

  int readInt() throws IOException {
    return in.readInt();
  }

  double readDouble() throws IOException {
    return in.readDouble();
  }

  String readString() throws IOException {
    // a string is its length and its bytes; BinaryDecoder.readString would allocate any length
    byte[] bytes = new byte[checked(in.readLong())];
    in.readFixed(bytes);
    return new String(bytes, UTF_8);
  }

  <E extends Enum<E>> E readEnum(E[] constants) throws IOException {
    int index = in.readEnum();
    if (index < 0 || index >= constants.length) {
      throw new AvroRuntimeException("no constant " + index);
    }
    return constants[index];
  }

  /** Index of the branch of a union. */
  int readIndex() throws IOException {
    return in.readIndex();
  }

  long[] readLongs() throws IOException {
    int count = checked(in.readArrayStart());
    long[] values = new long[count];
    int size = 0;
    while (count > 0) {
      values = values.length < size + count ? Arrays.copyOf(values, size + count) : values;
      for (int i = 0; i < count; i++) {
        values[size++] = in.readLong();
      }
      count = checked(in.arrayNext());
    }
    return values;
  }

  <T> List<T> readList(Element<T> element) throws IOException {
    List<T> values = new ArrayList<>();
    for (int count = checked(in.readArrayStart()); count > 0; count = checked(in.arrayNext())) {
      for (int i = 0; i < count; i++) {
        values.add(element.read());
      }
    }
    return values;
  }

  Map<String, String> readMap() throws IOException {
    Map<String, String> values = new HashMap<>();
    for (int count = checked(in.readMapStart()); count > 0; count = checked(in.mapNext())) {
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
