// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file says, read again when the file has changed; whether it has is looked at once a second
 * at most. Used by many threads.
 *
 * @param <T> what it says; not changed afterwards
 */
final class WatchedFile<T> {
  private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_LINES = 10;

  /** Understands a text. */
  interface Parser<T> {
    /**
     * Understands it.
     *
     * @param wrong takes a sentence for each line that is left out
     * @throws IOException with the reason if it cannot be used at all
     */
    T parse(String text, List<String> wrong) throws IOException;
  }

  private record Stamp(long bytes, FileTime modified, @Nullable Object key) {}

  private final Path file;
  private final Parser<T> parser;
  private final UnaryOperator<T> whenUnreadable;
  private final NanoClock clock;
  private @Nullable Stamp stamp;
  private long lookedNanos;
  private T value;

  /**
   * Reads it.
   *
   * @param whenUnreadable what holds once it cannot be read any more, of what held before
   * @throws UserError if it cannot be read now, or any line is wrong
   */
  WatchedFile(Path file, Parser<T> parser, UnaryOperator<T> whenUnreadable, NanoClock clock) {
    this.file = file;
    this.parser = parser;
    this.whenUnreadable = whenUnreadable;
    this.clock = clock;
    this.lookedNanos = clock.nanos();
    List<String> wrong = new ArrayList<>();
    try {
      this.stamp = stampOf(file);
      this.value = parser.parse(text(file), wrong);
    } catch (IOException e) {
      throw new UserError("%s cannot be used: %s".formatted(file, reason(e)), e);
    }
    if (!wrong.isEmpty()) {
      throw UserError.usage("%s: %s".formatted(file, wrong.getFirst()));
    }
  }

  /** What it says. */
  synchronized T current() {
    long now = clock.nanos();
    if (now - lookedNanos < INTERVAL.toNanos()) {
      return value;
    }
    lookedNanos = now;
    Stamp before = stamp;
    stamp = null;
    try {
      stamp = stampOf(file);
      if (!stamp.equals(before)) {
        List<String> wrong = new ArrayList<>();
        value = parser.parse(text(file), wrong);
        log.info("{} has changed and was read again", file);
        wrong.stream().limit(MOST_LINES).forEach(line -> log.error("{}: {}; left out", file, line));
      }
    } catch (IOException e) {
      // once for each state of the file; one that is absent stays as absent as it was
      if (stamp != null || before != null) {
        log.error("{} cannot be used any more: {}", file, reason(e));
        value = whenUnreadable.apply(value);
      }
    }
    return value;
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "it may not be read";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> ShownText.of(String.valueOf(e.getMessage()));
    };
  }

  private static Stamp stampOf(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  private static String text(Path file) throws IOException {
    requireNotWritableByAll(file);
    try (InputStream in = SmallFile.namedStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it is larger than 4 MiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private static void requireNotWritableByAll(Path file) throws IOException {
    if (permissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException("everybody can write it, and give themselves access: chmod o-w");
    }
  }

  /** Permissions of a file; none where the system has none of this kind. */
  static Set<PosixFilePermission> permissions(Path file) throws IOException {
    try {
      return Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return EnumSet.noneOf(PosixFilePermission.class);
    }
  }
}
