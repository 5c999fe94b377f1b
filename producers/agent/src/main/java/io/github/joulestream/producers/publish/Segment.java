// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.SmallFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
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
 * What follows the last message that is whole was cut off by a crash, and is not read. A message
 * whose checksum is right and whose fields do not fit into its length was not written by this
 * program: such a segment is damaged, as is one that is longer than any.
 */
final class Segment implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(Segment.class);
  private static final Pattern NAME = Pattern.compile("(\\d{19})\\.spool");
  private static final byte[] MAGIC = {'J', 'S', 'P', '1'};
  private static final int HEADER = 8;
  // topic and key have their lengths before them
  private static final int MIN_LENGTH = 3;
  private static final String DAMAGED = ".damaged";
  // far from where numbers end, and not to be reached by counting
  private static final long MAX_NUMBER = Long.MAX_VALUE / 2;

  /** No segment is longer: a new one is begun long before. */
  static final int MAX_BYTES = 8 << 20;

  /** What an empty one takes. */
  static final int MAGIC_BYTES = MAGIC.length;

  private final Path file;
  private final long first;
  private long end;
  private long bytes;
  private boolean damaged;
  private @Nullable RandomAccessFile out;

  /** It is not what was written. */
  static final class Damaged extends IOException {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
      super(message);
    }
  }

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
    PrivateFiles.create(file); // never one that is there: it may hold what was not sent
    try {
      RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw");
      segment.out = out;
      out.write(MAGIC);
      return segment;
    } catch (IOException e) {
      boolean _ = segment.delete();
      throw e;
    }
  }

  /**
   * Finds one that an earlier start left; null if the file is none.
   *
   * @throws Damaged if it has the name of one, and cannot be one
   */
  static @Nullable Segment find(Path file) throws IOException {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return null;
    }
    BasicFileAttributes attributes = SmallFile.look(file);
    BigInteger first = new BigInteger(name.group(1));
    if (!attributes.isRegularFile()
        || attributes.size() > MAX_BYTES
        || first.compareTo(BigInteger.valueOf(MAX_NUMBER)) > 0) {
      throw new Damaged("%s is no file, too long, or of no number".formatted(file));
    }
    return new Segment(file, first.longValue(), first.longValue(), attributes.size());
  }

  /** Puts a damaged one aside, where it hinders nobody, and somebody can look at it. */
  static void setAside(Path file) throws IOException {
    Files.move(
        file,
        file.resolveSibling(file.getFileName() + DAMAGED),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** True if the file was one, and was set aside. */
  static boolean isSetAside(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(DAMAGED)
        && NAME.matcher(name.substring(0, name.length() - DAMAGED.length())).matches();
  }

  /**
   * Finds out how many whole messages are in it, and cuts off what a crash left behind them.
   *
   * @return false if what follows them was not left by a crash; then it stays
   */
  boolean cutTornTail() throws IOException {
    List<Message> messages = new ArrayList<>();
    int read = parse(SmallFile.bytes(file, MAX_BYTES), messages);
    int whole = Math.abs(read);
    end = first + messages.size();
    if (read < 0) {
      damaged = true;
      return false;
    }
    if (whole < bytes) {
      log.info("{} bytes at the end of {} are not whole, and are cut off", bytes - whole, file);
      try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
        cut.setLength(whole);
      }
      bytes = whole;
    }
    return true;
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

  /** True if a message may have this number. */
  static boolean isNumber(long number) {
    return number >= 0 && number <= MAX_NUMBER;
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
      // some of it may be written
      file.setLength(bytes);
      file.seek(bytes);
      throw e;
    }
    bytes += encoded.length;
    end++;
  }

  /** All messages that are complete, the first of them with the number {@link #first}. */
  List<Message> read() throws IOException {
    List<Message> messages = new ArrayList<>();
    // fewer than there should be are seen by their number
    int _ = parse(SmallFile.bytes(file, MAX_BYTES), messages);
    return messages;
  }

  /**
   * The length of what is complete; below zero if what follows has a right checksum and is no
   * message.
   */
  private static int parse(byte[] bytes, List<Message> into) {
    if (bytes.length < MAGIC.length
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int at = MAGIC.length;
    while (bytes.length - at >= HEADER) {
      int length = in.getInt(at);
      if (length < MIN_LENGTH
          || length > bytes.length - at - HEADER
          || in.getInt(at + 4) != crc(bytes, at, length)) {
        break;
      }
      int topicAt = at + HEADER + 1;
      int topicLength = in.get(topicAt - 1) & 0xff;
      int keyAt = topicAt + topicLength + 2;
      int next = at + HEADER + length;
      int keyLength = keyAt > next ? -1 : in.getShort(keyAt - 2) & 0xffff;
      int valueAt = keyAt + keyLength;
      if (keyLength < 0 || valueAt > next) {
        return -at;
      }
      into.add(
          new Message(
              new String(bytes, topicAt, topicLength, UTF_8),
              new String(bytes, keyAt, keyLength, UTF_8),
              Arrays.copyOfRange(bytes, valueAt, next)));
      at = next;
    }
    return at;
  }

  /** Writes to the disk what a power failure would lose. */
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

  /** Records are missing in it. */
  void markDamaged() {
    damaged = true;
  }

  /**
   * Removes it, or sets it aside if it is known to be damaged.
   *
   * @return true if it was set aside
   */
  boolean delete() throws IOException {
    close();
    if (damaged && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      setAside(file);
      return true;
    }
    Files.deleteIfExists(file);
    return false;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
