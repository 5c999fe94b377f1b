// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import static java.util.Objects.requireNonNull;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The format of one kind of hand-written state. Written state begins with two bytes:
 *
 * <pre>
 *   magic   one byte, another for each kind of state
 *   version one byte, 1 to 255, raised with every change of what follows
 * </pre>
 *
 * <p>A reader gets the version that was written and reads what followed then, so that a release can
 * read the state of the releases before it. State of a later version is never guessed at: {@link
 * #read(DataInput)} throws an {@link UnknownStateFormatException}.
 *
 * @param kind what the state is of, with its article, for messages: {@code "a node's account"}
 * @param magic the first byte, 0 to 255
 * @param oldestVersion the oldest version that this release reads
 * @param version the version that this release writes, and the newest that it reads
 */
public record StateFormat(String kind, int magic, int oldestVersion, int version) {
  /** Bytes of the header. */
  public static final int LENGTH = 2;

  private static final int MAX_BYTE = 0xff;

  /**
   * A format.
   *
   * @throws IllegalArgumentException if magic or versions do not fit in a byte each, or are out of
   *     order
   */
  public StateFormat {
    requireNonNull(kind, "kind is null");
    if (magic < 0 || magic > MAX_BYTE) {
      throw new IllegalArgumentException("magic byte %d of %s".formatted(magic, kind));
    }
    if (oldestVersion < 1 || version < oldestVersion || version > MAX_BYTE) {
      throw new IllegalArgumentException(
          "formats %d to %d of %s".formatted(oldestVersion, version, kind));
    }
  }

  /** A format of which this release reads only the version that it writes. */
  public StateFormat(String kind, int magic, int version) {
    this(kind, magic, version, version);
  }

  /** Writes the header. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(magic);
    out.writeByte(version);
  }

  /** Writes the header into {@link #LENGTH} bytes from {@code at} on. */
  public void write(byte[] to, int at) {
    to[at] = (byte) magic;
    to[at + 1] = (byte) version;
  }

  /**
   * Reads the header.
   *
   * @return the version that the state was written in
   * @throws UnknownStateFormatException if this release does not read that version
   * @throws IOException if this is no state of this kind
   */
  public int read(DataInput in) throws IOException {
    checkMagic(in.readUnsignedByte());
    return check(in.readUnsignedByte());
  }

  /**
   * Reads the header from {@link #LENGTH} bytes from {@code at} on.
   *
   * @return the version that the state was written in
   * @throws UnknownStateFormatException if this release does not read that version
   * @throws IOException if this is no state of this kind
   */
  public int read(byte[] from, int at) throws IOException {
    if (from.length - at < LENGTH) {
      throw new IOException("%s of %d bytes".formatted(kind, from.length - at));
    }
    checkMagic(from[at] & MAX_BYTE);
    return check(from[at + 1] & MAX_BYTE);
  }

  /** True if state that begins with this byte is of this kind. */
  public boolean isMagic(int firstByte) {
    return firstByte == magic;
  }

  /**
   * Checks a version that was read elsewhere.
   *
   * @return the version
   * @throws UnknownStateFormatException if this release does not read it
   */
  public int check(int foundVersion) throws UnknownStateFormatException {
    if (foundVersion < oldestVersion || foundVersion > version) {
      throw new UnknownStateFormatException(kind, foundVersion, oldestVersion, version);
    }
    return foundVersion;
  }

  private void checkMagic(int found) throws IOException {
    if (found != magic) {
      throw new IOException(
          "%s begins with byte %d; this begins with byte %d".formatted(kind, magic, found));
    }
  }
}
