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
    String given = System.getenv("JOULESTREAM_TRACES");
    Path root = given != null ? Path.of(given) : besideTheCheckout();
    Path folder = root.resolve(name);
    assumeTrue(
        Files.isDirectory(folder),
        () -> "skipped: no traces in " + folder + "; JOULESTREAM_TRACES names their folder");
    return folder;
  }

  private static Path besideTheCheckout() {
    Path here = Path.of("").toAbsolutePath();
    Path checkout = here;
    for (Path above = here; above != null; above = above.getParent()) {
      if (Files.exists(above.resolve("mvnw"))) {
        checkout = above;
      }
    }
    return checkout.resolveSibling("shared").resolve("data");
  }
}
