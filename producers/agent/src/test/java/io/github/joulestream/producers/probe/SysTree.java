// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tree of files as the kernel shows it, made for a test. */
record SysTree(Path root) {
  /** Writes a file, and the folders that it is in. */
  SysTree write(String path, Object text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.writeString(file, text + "\n");
    return this;
  }

  /** What a driver does when its device is gone: files that are open give nothing any more. */
  SysTree unplug(String path) throws IOException {
    Files.writeString(root.resolve(path), "");
    return this;
  }

  /** Deletes what is there of these files. */
  SysTree delete(String... paths) throws IOException {
    for (String path : paths) {
      Files.deleteIfExists(root.resolve(path));
    }
    return this;
  }
}
