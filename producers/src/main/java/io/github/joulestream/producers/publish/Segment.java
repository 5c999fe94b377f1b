// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of a spool: consecutive messages, only ever added to. Its name is the number of its
 * first message. One thread.
 *
 * <pre>
 *   4a 53 50 31                                 "JSP1"
 *   length  crc  topic  key  value              of each message, big endian
 *     4      4   1 + n  2 + n  rest             crc: CRC32C of length and all that follows it
 * </pre>
 *
 * What follows the last message that is whole was cut off by a crash, and is not read.
 */
final class Segment implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Segment.class);
  private static final Pattern NAME = Pattern.compile("(\\d{19})\\.spool");
  private static final byte[] MAGIC = {'J', 'S', 'P', '1'};
  private static final int HEADER = 8;

  /** What an empty one takes. */
  static final int MAGIC_BYTES = MAGIC.length;

  private final Path file;
  private final long first;
  private long end;
  private long bytes;
  private @Nullable RandomAccessFile out;

  private Segment(Path file, long first, long end, long bytes) {
    this.file = file;
    this.first = first;
    this.end = end;
    this.bytes = bytes;
  }

  /** Makes a new one, for messages from this number. */
  static Segment create(Path folder, long first) throws IOException {
    Path file = folder.resolve("%019d.spool".formatted(first));
    Segment segment = new Segment(file, first, first, MAGIC.length);
    Files.createFile(file); // never one that is there: it may hold what was not sent
    try {
      RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw");
      segment.out = out;
      out.write(MAGIC);
      return segment;
    } catch (IOException e) {
      segment.delete();
      throw e;
    }
  }

  /** Finds one that an earlier life left; null if the file is none. */
  static @Nullable Segment find(Path file) throws IOException {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return null;
    }
    long first = Long.parseLong(name.group(1));
    return new Segment(file, first, first, Files.size(file));
  }

  /** Finds out how many whole messages are in it, and cuts off what a crash left behind them. */
  void cutTornTail() throws IOException {
    List<Message> messages = new ArrayList<>();
    int whole = parse(Files.readAllBytes(file), messages);
    end = first + messages.size();
    if (whole < bytes) {
      log.info("{} bytes at the end of {} are not whole, and are cut off", bytes - whole, file);
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(whole);
      }
      bytes = whole;
    }
  }

  /** Says where it must end, because the next one begins there. */
  void endAt(long number) {
    end = number;
  }

  long first() {
    return first;
  }

  /** The number after its last message. */
  long end() {
    return end;
  }

  long bytes() {
    return bytes;
  }

  static byte[] encode(Message message) {
    byte[] topic = message.topic().getBytes(UTF_8);
    byte[] key = message.key().getBytes(UTF_8);
    int length = 1 + topic.length + 2 + key.length + message.value().length;
    ByteBuffer out = ByteBuffer.allocate(HEADER + length).putInt(length).putInt(0);
    out.put((byte) topic.length).put(topic);
    out.putShort((short) key.length).put(key);
    out.put(message.value());
    out.putInt(4, crc(out.array(), 0, length));
    return out.array();
  }

  private static int crc(byte[] bytes, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, 4);
    crc.update(bytes, at + HEADER, length);
    return (int) crc.getValue();
  }

  /**
   * Adds a message.
   *
   * @throws IOException if it did not take it; what it has is whole all the same
   */
  void append(byte[] encoded) throws IOException {
    RandomAccessFile file = out;
    if (file == null) {
      throw new IOException("the segment is closed");
    }
    try {
      file.write(encoded);
    } catch (IOException e) {
      // a part of it may be there
      file.setLength(bytes);
      file.seek(bytes);
      throw e;
    }
    bytes += encoded.length;
    end++;
  }

  /** All messages that are whole, the first of them with the number {@link #first}. */
  List<Message> read() throws IOException {
    List<Message> messages = new ArrayList<>();
    parse(Files.readAllBytes(file), messages);
    return messages;
  }

  /** The length of what is whole. */
  private static int parse(byte[] bytes, List<Message> into) {
    if (bytes.length < MAGIC.length
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int at = MAGIC.length;
    while (bytes.length - at >= HEADER) {
      int length = in.getInt(at);
      if (length < 3
          || length > bytes.length - at - HEADER
          || in.getInt(at + 4) != crc(bytes, at, length)) {
        break;
      }
      int topicAt = at + HEADER + 1;
      int topicLength = in.get(topicAt - 1) & 0xff;
      int keyAt = topicAt + topicLength + 2;
      int keyLength = in.getShort(keyAt - 2) & 0xffff;
      int valueAt = keyAt + keyLength;
      int next = at + HEADER + length;
      into.add(
          new Message(
              new String(bytes, topicAt, topicLength, UTF_8),
              new String(bytes, keyAt, keyLength, UTF_8),
              Arrays.copyOfRange(bytes, valueAt, next)));
      at = next;
    }
    return at;
  }

  /** Makes sure that a power failure does not take it. */
  void force() throws IOException {
    RandomAccessFile file = out;
    if (file != null) {
      file.getFD().sync();
    }
  }

  @Override
  public void close() throws IOException {
    RandomAccessFile file = out;
    out = null;
    if (file != null) {
      file.close();
    }
  }

  void delete() throws IOException {
    close();
    Files.deleteIfExists(file);
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
