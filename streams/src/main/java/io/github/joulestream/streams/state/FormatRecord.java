// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.state;

import io.github.joulestream.energy.StateBytes;
import io.github.joulestream.energy.StateFormat;
import io.github.joulestream.energy.UnknownStateFormatException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A record of a store that lists the formats of its values, so that a release that does not read
 * one of them stops at its start, before it processes anything.
 *
 * <pre>
 *   header, count, {magic, version} of each format
 * </pre>
 */
final class FormatRecord {
  /** The key of the record; no site, node or job has it. */
  static final String KEY = "\0formats";

  private FormatRecord() {}

  static byte[] write(List<StateFormat> formats) {
    StateBytes out = new StateBytes();
    try {
      Formats.RECORD.write(out);
      out.writeByte(formats.size());
      for (StateFormat format : formats) {
        format.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a write to memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * Checks that this release reads all that the record lists.
   *
   * @throws UnknownStateFormatException if it does not
   * @throws IOException if this is no such record
   */
  static void check(byte[] written, List<StateFormat> formats) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(written))) {
      Formats.RECORD.read(in);
      for (int left = in.readUnsignedByte(); left > 0; left--) {
        int magic = in.readUnsignedByte();
        format(magic, formats).check(in.readUnsignedByte());
      }
    } catch (EOFException e) {
      throw new IOException("a record of state formats of %d bytes".formatted(written.length), e);
    }
  }

  private static StateFormat format(int magic, List<StateFormat> formats) throws IOException {
    for (StateFormat format : formats) {
      if (format.isMagic(magic)) {
        return format;
      }
    }
    throw new IOException("the record of state formats lists an unknown magic byte " + magic);
  }
}
