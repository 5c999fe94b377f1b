// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.runtime.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders that are deleted at the end of the process. One that was killed leaves them behind; the
 * next start deletes them.
 *
 * <p>A folder is taken for left behind if its name begins as ours, it belongs to the user, it has
 * the file {@code temporary}, and nobody holds the lock on its file {@code lock}. The file {@code
 * temporary} is written under the lock, so that a folder that is just being made is left alone, and
 * so is what somebody named with {@code --data}.
 */
public final class TemporaryFolder {
  private static final Logger log = LoggerFactory.getLogger(TemporaryFolder.class);
  private static final String PREFIX = "joulestream-";
  private static final String MARK = "temporary";
  private static final String LOCK = "lock";

  private TemporaryFolder() {}

  /** Where temporary folders are made. */
  static Path root() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Deletes what killed processes of this user left. */
  public static void tidy() {
    try {
      tidy(root(), System.getProperty("user.name"));
    } catch (IOException e) {
      log.debug("{} cannot be tidied", root(), e);
    }
  }

  /** Marks a folder whose lock the caller holds. */
  static void mark(Path folder) throws IOException {
    PrivateFiles.replace(folder.resolve(MARK), ProcessHandle.current().pid() + "\n");
  }

  private static FileChannel open(Path folder) throws IOException {
    return PrivateFiles.open(
        folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Deletes what processes of this user left that are no more. */
  static void tidy(Path parent, String user) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      children
          .filter(child -> child.getFileName().toString().startsWith(PREFIX))
          .forEach(child -> deleteIfLeft(child, user));
    }
  }

  private static void deleteIfLeft(Path folder, String user) {
    try {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.exists(folder.resolve(MARK), LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder).getName().equals(user)) {
        return;
      }
      try (FileChannel lockFile = open(folder);
          FileLock lock = lockFile.tryLock()) {
        if (lock != null) {
          delete(folder);
          log.info("deleted {}, which a killed process left", folder);
        }
      }
    } catch (OverlappingFileLockException e) {
      log.trace("{} is this process' own", folder, e);
    } catch (IOException e) {
      log.debug("{} is left alone", folder, e);
    }
  }

  /** Deletes a folder and what is in it; links are not followed. */
  static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // somebody else deletes it too
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
