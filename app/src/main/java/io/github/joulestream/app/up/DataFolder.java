// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code up} keeps everything: broker, streams state, store, log. The user alone can read
 * what is in it. One process at a time. The file {@code version} has the version of its layout.
 */
final class DataFolder implements AutoCloseable {
  private static final String VERSION = "2";

  private final Path path;
  private final boolean temporary;
  private final boolean fresh;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataFolder(
      Path path, boolean temporary, boolean fresh, FileChannel lockFile, FileLock lock) {
    this.path = path;
    this.temporary = temporary;
    this.fresh = fresh;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens a folder and makes it if need be.
   *
   * @param wanted null: a temporary one, deleted at the end
   * @throws UserError if it is in use, of another version, or not ours
   */
  static DataFolder open(@Nullable Path wanted) {
    try {
      if (wanted == null) {
        return open(Files.createTempDirectory(TemporaryFolder.root(), "joulestream-"), true);
      }
      if (Files.exists(wanted) && !Files.isDirectory(wanted)) {
        throw new UserError(wanted + " is not a folder; give --data another");
      }
      PrivateFiles.folder(wanted);
      return open(wanted.toAbsolutePath().normalize(), false);
    } catch (AccessDeniedException e) {
      throw new UserError(
          "no permission to write in %s: give --data a folder of yours, or its owner's rights"
              .formatted(e.getFile()),
          e);
    } catch (IOException e) {
      throw new UserError(
          "cannot use %s as data folder: %s; give --data another"
              .formatted(wanted == null ? TemporaryFolder.root() : wanted, e),
          e);
    }
  }

  private static DataFolder open(Path path, boolean temporary) throws IOException {
    Path versionFile = path.resolve("version");
    boolean fresh = !Files.exists(versionFile);
    if (fresh && !isEmpty(path)) {
      throw new UserError(
          path + " is not empty and not a data folder of Joulestream; give --data another");
    }
    FileChannel lockFile =
        PrivateFiles.open(
            path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(lockFile);
    if (lock == null) {
      lockFile.close();
      throw new UserError(
          path + " is in use by another joulestream; stop that one, or give --data another");
    }
    if (temporary) {
      TemporaryFolder.mark(path);
    }
    if (fresh) {
      PrivateFiles.replace(versionFile, VERSION + "\n");
    } else {
      String version = Files.readString(versionFile).strip();
      if (!version.equals(VERSION)) {
        lock.release();
        lockFile.close();
        throw new UserError(
            "%s has the layout %s, this release knows %s; use the release that wrote it, or give --data another"
                .formatted(path, version, VERSION));
      }
    }
    return new DataFolder(path, temporary, fresh, lockFile, lock);
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // this very process has it
    }
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      // what a start leaves that was killed at once: the lock file, and a draft of the version
      return files.allMatch(
          file -> file.endsWith("lock") || file.getFileName().toString().startsWith(".version-"));
    }
  }

  Path path() {
    return path;
  }

  boolean temporary() {
    return temporary;
  }

  /** True if nothing was here before. */
  boolean fresh() {
    return fresh;
  }

  @Override
  public void close() {
    try {
      if (temporary) {
        TemporaryFolder.delete(path); // under the lock: a start beside it deletes nothing
      }
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + path, e);
    }
  }
}
