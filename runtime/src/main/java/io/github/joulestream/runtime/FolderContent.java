// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;

/**
 * What is in a folder that somebody has named. Java opens what is at its place to list it, and the
 * opening of a FIFO waits for somebody who writes: so it is looked at before.
 */
@SuppressWarnings("StreamResourceLeak") // who calls it closes it
public final class FolderContent {
  private FolderContent() {}

  private static final class NoFolder extends NotDirectoryException {
    private static final long serialVersionUID = 1;

    NoFolder(Path path) {
      super(path.toString());
    }

    @Override
    public String getMessage() {
      return getFile() + ": it is no folder";
    }
  }

  /**
   * As {@link Files#list}.
   *
   * @throws NotDirectoryException if it is something else
   * @throws java.nio.file.NoSuchFileException if there is nothing
   */
  public static Stream<Path> list(Path folder) throws IOException {
    return Files.list(checked(folder));
  }

  /** As {@link Files#newDirectoryStream(Path)}; errors as of {@link #list}. */
  public static DirectoryStream<Path> stream(Path folder) throws IOException {
    return Files.newDirectoryStream(checked(folder));
  }

  /** As {@link Files#newDirectoryStream(Path, String)}; errors as of {@link #list}. */
  public static DirectoryStream<Path> stream(Path folder, String glob) throws IOException {
    return Files.newDirectoryStream(checked(folder), glob);
  }

  private static Path checked(Path folder) throws IOException {
    if (!Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
      throw new NoFolder(folder);
    }
    return folder;
  }
}
