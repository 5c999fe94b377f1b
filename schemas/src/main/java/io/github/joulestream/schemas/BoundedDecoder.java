// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * What Avro reads a record of another release with. Avro's own decoder believes a count and a
 * length before there are bytes for it; this one, as {@link WireReader}, only as far as there are.
 * So that this bounds what is allocated, every value must take a byte: see {@link ForeignSchema}.
 */
final class BoundedDecoder extends Decoder {
  private final WireReader in;

  BoundedDecoder(WireReader in) {
    this.in = in;
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    return in.readByte() != 0;
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    int bits = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bits |= (in.readByte() & 0xff) << shift;
    }
    return Float.intBitsToFloat(bits);
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(in.readBytes());
  }

  @Override
  public String readString() throws IOException {
    return in.readString();
  }

  @Override
  public void skipString() throws IOException {
    in.skip(in.readLong());
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    return ByteBuffer.wrap(in.readBytes());
  }

  @Override
  public void skipBytes() throws IOException {
    in.skip(in.readLong());
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    for (int i = start; i < start + length; i++) {
      bytes[i] = in.readByte();
    }
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skip(length);
  }

  @Override
  public int readEnum() throws IOException {
    return in.readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    return in.readBlockOfRest();
  }

  @Override
  public long arrayNext() throws IOException {
    return in.readBlockOfRest();
  }

  @Override
  public long skipArray() throws IOException {
    return skipBlocks();
  }

  @Override
  public long readMapStart() throws IOException {
    return in.readBlockOfRest();
  }

  @Override
  public long mapNext() throws IOException {
    return in.readBlockOfRest();
  }

  @Override
  public long skipMap() throws IOException {
    return skipBlocks();
  }

  /** Elements of the next block, which must be skipped one by one. */
  private long skipBlocks() throws IOException {
    long count = in.readLong();
    while (count < 0) {
      in.skip(in.readLong()); // its size is stated
      count = in.readLong();
    }
    return count;
  }

  @Override
  public int readIndex() throws IOException {
    return in.readInt();
  }
}
