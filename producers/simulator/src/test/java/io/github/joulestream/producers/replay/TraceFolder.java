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
    String root = System.getenv().getOrDefault(VARIABLE, "");
    assumeThat(root).as("%s names the folder of real traces", VARIABLE).isNotBlank();
    Path folder = Path.of(root).resolve(name);
    assumeThat(Files.isDirectory(folder)).as("real traces in %s", folder).isTrue();
    return folder;
  }
}
