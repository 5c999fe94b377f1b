// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the real traces are, which are not a part of the repository. */
final class TraceFolder {
  private static final String VARIABLE = "JOULESTREAM_TRACES";

  private TraceFolder() {}

  /** A folder of real traces; without it the test that asks is skipped. */
  static Path of(String name) {
    Path folder = root().resolve(name);
    assumeThat(Files.isDirectory(folder))
        .as("real traces in %s; %s names the folder that holds them", folder, VARIABLE)
        .isTrue();
    return folder;
  }

  private static Path root() {
    String named = System.getenv(VARIABLE);
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    Path here = Path.of("").toAbsolutePath();
    for (Path above = here; above != null; above = above.getParent()) {
      Path data = above.resolve("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return here.resolve("shared").resolve("data");
  }
}
