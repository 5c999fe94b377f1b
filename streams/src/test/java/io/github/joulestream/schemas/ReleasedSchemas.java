// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Schemas of an earlier release, which a running program learns from the topic {@code schemas}. */
public final class ReleasedSchemas {
  private ReleasedSchemas() {}

  /** From here on this process reads what that release wrote. */
  public static void learn(String release) {
    try (Stream<Path> files =
        Files.list(Path.of("../schemas/src/test/resources/golden", release))) {
      List<Path> schemas = files.filter(file -> file.toString().endsWith(".avsc")).toList();
      if (schemas.isEmpty()) {
        throw new IllegalStateException("no schemas of " + release);
      }
      for (Path schema : schemas) {
        KnownSchemas.INSTANCE.learn(KnownSchemas.parse(Files.readString(schema)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
