// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.SmallFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code sent} of a spool: the number of the first record that Kafka does not have, and a
 * CRC32C. A hint, without which a few records are sent again.
 */
final class SentMark implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(SentMark.class);
  private static final int BYTES = 12;
  private static final int CRC_AT = 8;

  private final Path path;
  private @Nullable RandomAccessFile file;

  SentMark(Path folder) {
    path = folder.resolve("sent");
  }

  /** The number in the file; 0 if there is none, or if it is damaged. */
  long read() throws IOException {
    if (!Files.isReadable(path)) {
      return 0;
    }
    byte[] bytes;
    try {
      bytes = SmallFile.bytes(path, BYTES);
    } catch (SmallFile.Unusable e) {
      log.warn("{}; some records may be sent again", e.getMessage());
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean right = bytes.length == BYTES && in.getInt(CRC_AT) == crc(bytes);
    return right && Segment.isNumber(in.getLong(0)) ? in.getLong(0) : 0;
  }

  /** Writes a number, in place. */
  void write(long number) throws IOException {
    byte[] bytes = new byte[BYTES];
    ByteBuffer.wrap(bytes).putLong(0, number);
    ByteBuffer.wrap(bytes).putInt(CRC_AT, crc(bytes));
    RandomAccessFile open = file;
    if (open == null) {
      makeFile();
      open = new RandomAccessFile(path.toFile(), "rw");
      file = open;
    }
    open.seek(0);
    open.write(bytes);
  }

  private void makeFile() throws IOException {
    try {
      PrivateFiles.ensure(path);
    } catch (SmallFile.Unusable e) {
      // a link or a FIFO, whose content is not used either
      log.debug("{} is replaced", path, e);
      Files.delete(path);
      PrivateFiles.create(path);
    }
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CRC_AT);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
