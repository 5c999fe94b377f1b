// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime.tls;

import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in files, read again when they change. Whether they have is looked at when somebody asks,
 * once a second at most; there is no thread. Files that cannot be used leave what was read before
 * in place: that is logged once, and is a {@link #problem} as long as it holds. Safe for many
 * threads.
 */
final class ReloadedFiles<T> {
  private static final Logger log = LoggerFactory.getLogger(ReloadedFiles.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private record Stamp(long bytes, FileTime modified, @Nullable Object key) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
  }

  private final List<Path> files;
  private final Supplier<T> reader;
  private final Consumer<T> changed;
  private final String kept;
  private final NanoClock clock;

  private List<Optional<Stamp>> stamps;
  private long lookedNanos;
  private T current;
  // a handshake that began with it may still ask for it
  private T before;
  private String problem = "";

  /**
   * Reads them.
   *
   * @param reader fails with a {@link UserError} if they cannot be used
   * @param changed is given what was read when they have changed
   * @param kept what holds while they cannot be used: "the certificate before is still served"
   * @throws UserError of the reader
   */
  ReloadedFiles(
      List<Path> files, Supplier<T> reader, Consumer<T> changed, String kept, NanoClock clock) {
    this.files = List.copyOf(files);
    this.reader = reader;
    this.changed = changed;
    this.kept = kept;
    this.clock = clock;
    this.lookedNanos = clock.nanos();
    this.stamps = this.files.stream().map(ReloadedFiles::stamp).toList();
    this.current = reader.get();
    this.before = current;
  }

  /** Empty if there is no such file: reading it gives the reason. */
  private static Optional<Stamp> stamp(Path file) {
    try {
      return Optional.of(Stamp.of(file));
    } catch (IOException e) {
      log.debug("{} is not there", file, e);
      return Optional.empty();
    }
  }

  /** What is in them now, or was when they could be used last. */
  synchronized T current() {
    long now = clock.nanos();
    if (now - lookedNanos < INTERVAL.toNanos()) {
      return current;
    }
    lookedNanos = now;
    List<Optional<Stamp>> found = files.stream().map(ReloadedFiles::stamp).toList();
    if (found.equals(stamps)) {
      return current;
    }
    stamps = found;
    try {
      T read = reader.get();
      before = current;
      current = read;
      problem = "";
      changed.accept(read);
    } catch (UserError e) {
      // once for each state of the files
      problem = String.valueOf(e.getMessage());
      log.error("{}: {}", kept, problem);
    }
    return current;
  }

  /** What was given last, and what before that. */
  synchronized List<T> latest() {
    return List.of(current, before);
  }

  /** Why what was read before is still in place, if it is. */
  synchronized Optional<String> problem() {
    return problem.isEmpty() ? Optional.empty() : Optional.of(kept + ": " + problem);
  }
}
