// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that are lost, or brought back. */
final class Folders {
  private Folders() {}

  static void delete(Path folder) throws IOException {
    for (Path file : files(folder).sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(file);
    }
  }

  static void copy(Path from, Path to) throws IOException {
    for (Path file : files(from).toList()) {
      Files.copy(file, to.resolve(from.relativize(file).toString()));
    }
  }

  /** A folder before what is in it. */
  private static Stream<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return List.copyOf(files.toList()).stream();
    }
  }
}
