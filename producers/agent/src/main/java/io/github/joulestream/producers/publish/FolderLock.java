// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.publish;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.joulestream.runtime.PrivateFiles;
import io.github.joulestream.runtime.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lock on a spool's folder: one agent at a time uses it. The process's end releases it. */
final class FolderLock implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(FolderLock.class);

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Locks a folder that exists.
   *
   * @throws UserError if another agent has locked it
   * @throws IOException if the folder cannot be written to
   */
  static FolderLock take(Path folder) throws IOException {
    FileChannel channel = PrivateFiles.open(folder.resolve("lock"), CREATE, WRITE);
    try {
      if (channel.tryLock() != null) {
        return new FolderLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      log.debug("locked by this very process", e);
    }
    channel.close();
    throw new UserError(
        "another agent uses the spool %s; give each its own: --spool DIR".formatted(folder));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
