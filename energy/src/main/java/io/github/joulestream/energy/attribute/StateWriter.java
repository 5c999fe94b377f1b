// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.attribute;

import io.github.joulestream.energy.StateBytes;
import java.io.DataOutput;
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
final class StateWriter extends StateBytes {
  // what most accounts take
  private static final int ROOM = 8_192;

  StateWriter() {
    super(ROOM);
  }

  /** Begins a section; returns what {@link #end} wants. */
  int begin() {
    int at = size();
    writeInt(0);
    return at;
  }

  /** Ends a section. */
  void end(int began) {
    putInt(began, size() - began - Integer.BYTES);
  }

  /** Writes any text. */
  void text(String text) {
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

  /** Writes all sections, their length before them and the checksum behind. */
  void to(DataOutput out) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(array(), 0, size());
    out.writeInt(size());
    out.write(array(), 0, size());
    out.writeInt((int) crc.getValue());
  }
}
