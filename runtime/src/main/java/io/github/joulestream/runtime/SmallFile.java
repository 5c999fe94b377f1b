// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Set;

/**
 * Reads files that others write: of jobs, of their progress, of secrets. Only a regular file is
 * opened, and no more than a bound of it is read. A link in the file's own place is not followed;
 * the folder that it is in may be one.
 *
 * <p>What it is is looked at before it is opened, because the opening of a FIFO waits for somebody
 * who writes, and that of a device may do anything. Between the two, whoever may write to the
 * folder can put another thing in its place: a link is then refused by the opening itself, but a
 * FIFO makes it wait. So those folders are root's, and users have files there and nothing else.
 */
public final class SmallFile {
  private static final int FIRST_BYTES = 1 << 10;

  private SmallFile() {}

  /** It is there, and is no file that is read: a link, a FIFO, a folder, or too long. */
  public static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * Attributes of what is at this place, without following a link.
   *
   * @throws java.nio.file.NoSuchFileException if there is nothing
   */
  public static BasicFileAttributes look(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Its bytes.
   *
   * @param mostBytes its greatest length
   * @throws Unusable if it is no regular file, or longer
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static byte[] bytes(Path file, int mostBytes) throws IOException {
    return bytes(file, look(file), mostBytes);
  }

  /**
   * Its bytes.
   *
   * @param looked what was at this place when it was looked at; it may have been replaced since
   */
  static byte[] bytes(Path file, BasicFileAttributes looked, int mostBytes) throws IOException {
    return read(
        file, looked, mostBytes, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** Its text; bytes that are not UTF-8 become a replacement. As {@link #bytes}. */
  public static String text(Path file, int mostBytes) throws IOException {
    return new String(bytes(file, mostBytes), UTF_8);
  }

  /**
   * The text of a file that whoever runs this program has named, or whose folder is theirs: it may
   * be a link, as the token of a service account is.
   */
  public static String namedText(Path file, int mostBytes) throws IOException {
    return new String(named(file, mostBytes), UTF_8);
  }

  /** The bytes of such a file. */
  static byte[] named(Path file, int mostBytes) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return read(file, attributes, mostBytes, Set.of(StandardOpenOption.READ));
  }

  /**
   * Opens a file of any length that whoever runs this program has named. It may be a link, or what
   * a shell has opened already.
   *
   * @throws Unusable if it is a FIFO, whose opening would wait for somebody who writes, a device or
   *     a folder
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static InputStream namedStream(Path file) throws IOException {
    if (!file.startsWith("/dev/fd") && !file.equals(Path.of("/dev/stdin"))) {
      requireFile(file, Files.readAttributes(file, BasicFileAttributes.class));
    }
    return Files.newInputStream(file);
  }

  /** As {@link #namedStream}, for text in UTF-8; other bytes are an error. */
  public static Reader namedReader(Path file) throws IOException {
    return new BufferedReader(new InputStreamReader(namedStream(file), UTF_8.newDecoder()));
  }

  static void requireFile(Path file, BasicFileAttributes attributes) throws Unusable {
    if (!attributes.isRegularFile()) {
      throw new Unusable("%s is %s, not a file".formatted(file, kind(attributes)));
    }
  }

  private static byte[] read(
      Path file, BasicFileAttributes attributes, int mostBytes, Set<OpenOption> how)
      throws IOException {
    requireFile(file, attributes);
    if (attributes.size() > mostBytes) {
      throw tooLong(file, mostBytes);
    }
    try (SeekableByteChannel channel = Files.newByteChannel(file, how)) {
      byte[] bytes = new byte[Math.min(mostBytes, FIRST_BYTES) + 1];
      int size = 0;
      // it may grow while it is read
      while (true) {
        int more = channel.read(ByteBuffer.wrap(bytes, size, bytes.length - size));
        if (more < 0) {
          return Arrays.copyOf(bytes, size);
        }
        size += more;
        if (size > mostBytes) {
          throw tooLong(file, mostBytes);
        }
        if (size == bytes.length) {
          bytes = Arrays.copyOf(bytes, (int) Math.min(2L * size, mostBytes + 1L));
        }
      }
    }
  }

  private static Unusable tooLong(Path file, int mostBytes) {
    return new Unusable("%s is longer than %,d bytes".formatted(file, mostBytes));
  }

  private static String kind(BasicFileAttributes attributes) {
    return attributes.isSymbolicLink()
        ? "a link"
        : attributes.isDirectory() ? "a folder" : "a FIFO, a socket or a device";
  }
}
