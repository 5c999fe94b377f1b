// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Real power traces, where the machine has them. */
final class RealTraces {
  private RealTraces() {}

  /** A folder of them; the test is skipped where it is absent. */
  static Path folder(String name) {
    String root = System.getenv().getOrDefault("JOULESTREAM_TRACES", "");
    assumeTrue(!root.isBlank(), "skipped: JOULESTREAM_TRACES does not name a folder of traces");
    Path folder = Path.of(root).resolve(name);
    assumeTrue(Files.isDirectory(folder), () -> "skipped: no traces in " + folder);
    return folder;
  }
}
