// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file of {@code /sys} or {@code /proc} that is kept open and read again and again, without
 * allocation: opening it by its path each time costs several times as much as reading it. Mutable,
 * for the sampling loop; one thread.
 *
 * <pre>
 *   long microwatts = file.readNumber();       // a file of one number
 *
 *   file.read();                               // a file of lines of words
 *   while (file.nextLine()) {
 *     if (file.nextWord() &amp;&amp; file.wordIs("MemTotal:")) {
 *       long kilobytes = file.nextNumber();
 * </pre>
 *
 * <p>Every method that reads throws an IOException that names the file, if it is gone (its device
 * was unplugged) or if it holds something else.
 */
final class SysFile implements Closeable {
  private static final int MAX_TEXT = 64 << 10;
  private static final int MAX_LINES = 64 << 20;
  private final Path path;
  // not a channel: those are closed when their thread is interrupted
  private final RandomAccessFile file;
  private byte[] bytes = new byte[128];
  private int size;
  private int lineEnd;
  private int nextLine;
  private int wordStart;
  private int wordEnd;

  private SysFile(Path path, RandomAccessFile file) {
    this.path = path;
    this.file = file;
  }

  /** Opens it; it is not read yet. */
  static SysFile open(Path path) throws IOException {
    return new SysFile(path, new RandomAccessFile(path.toFile(), "r"));
  }

  /**
   * The text of a file that is read once, without the white space around it.
   *
   * @throws IOException also if it is longer than such files of the kernel are
   */
  static String text(Path path) throws IOException {
    return text(path, StandardCharsets.ISO_8859_1);
  }

  static String text(Path path, Charset charset) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_TEXT + 1);
      if (bytes.length > MAX_TEXT) {
        throw new IOException("%s is longer than %d bytes".formatted(path, MAX_TEXT));
      }
      return new String(bytes, charset).strip();
    }
  }

  /** Reads a file of one number; the kernel gives such a file in one piece. */
  long readNumber() throws IOException {
    file.seek(0);
    start(Math.max(0, file.read(bytes, 0, bytes.length)));
    if (!nextLine()) {
      throw new IOException(path + " is empty");
    }
    return nextNumber();
  }

  /** Reads all of the file. Before its first line {@link #nextLine} must be called. */
  void read() throws IOException {
    file.seek(0);
    int total = 0;
    // a file of /proc comes in pieces, and only its end shows that it is complete
    while (true) {
      if (total == bytes.length) {
        if (total >= MAX_LINES) {
          throw new IOException("%s is longer than %d bytes".formatted(path, MAX_LINES));
        }
        bytes = Arrays.copyOf(bytes, 2 * total);
      }
      int more = file.read(bytes, total, bytes.length - total);
      if (more <= 0) {
        break;
      }
      total += more;
    }
    start(total);
  }

  private void start(int newSize) {
    size = newSize;
    nextLine = 0;
    lineEnd = 0;
    wordStart = 0;
    wordEnd = 0;
  }

  /** Goes on to the next line, before its first word; false if there is none. */
  boolean nextLine() {
    if (nextLine >= size) {
      return false;
    }
    wordStart = nextLine;
    wordEnd = nextLine;
    lineEnd = nextLine;
    while (lineEnd < size && bytes[lineEnd] != '\n') {
      lineEnd++;
    }
    nextLine = lineEnd + 1;
    return true;
  }

  /** Goes on to the line's next word; false if there is none. */
  boolean nextWord() {
    wordStart = wordEnd;
    while (wordStart < lineEnd && isBlank(bytes[wordStart])) {
      wordStart++;
    }
    wordEnd = wordStart;
    while (wordEnd < lineEnd && !isBlank(bytes[wordEnd])) {
      wordEnd++;
    }
    return wordEnd > wordStart;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == 0;
  }

  /** Goes on by so many words; false if the line has fewer. */
  boolean skipWords(int words) {
    boolean there = true;
    for (int i = 0; i < words && there; i++) {
      there = nextWord();
    }
    return there;
  }

  /** True if the word is this. */
  boolean wordIs(String ascii) {
    if (ascii.length() != wordEnd - wordStart) {
      return false;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (bytes[wordStart + i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The word as a new string. */
  String word() {
    return new String(bytes, wordStart, wordEnd - wordStart, StandardCharsets.ISO_8859_1);
  }

  /** Goes on to the next word, which must be a whole decimal number. */
  long nextNumber() throws IOException {
    if (!nextWord()) {
      throw new IOException("%s: a number is missing in '%s'".formatted(path, line()));
    }
    boolean negative = bytes[wordStart] == '-';
    int first = negative ? wordStart + 1 : wordStart;
    // summed below zero, where there is room for one more
    long sum = 0;
    for (int i = first; i < wordEnd; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || sum < (Long.MIN_VALUE + digit) / 10) {
        throw new IOException("%s: '%s' is not a number".formatted(path, word()));
      }
      sum = sum * 10 - digit;
    }
    if (first == wordEnd || (!negative && sum == Long.MIN_VALUE)) {
      throw new IOException("%s: '%s' is not a number".formatted(path, word()));
    }
    return negative ? sum : -sum;
  }

  /** The line as a new string, for messages. */
  String line() {
    int first = lineEnd;
    while (first > 0 && bytes[first - 1] != '\n') {
      first--;
    }
    return new String(bytes, first, lineEnd - first, StandardCharsets.ISO_8859_1).strip();
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
