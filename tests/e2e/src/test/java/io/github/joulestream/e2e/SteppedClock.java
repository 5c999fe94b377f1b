// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The wall clock of a process, which is set ahead or back while that runs, by Debian's {@code
 * faketime}. Its monotonic clock stays as it is, as when an operator or chrony sets the time.
 */
final class SteppedClock {
  private static final String LIBRARY = "faketime/libfaketime.so.1";

  private final Path library;
  private final Path offset;

  /** The time of this machine at first; skips the test where faketime is not installed. */
  SteppedClock(Path folder, String name) throws IOException {
    List<Path> found =
        Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
            .map(machine -> Path.of("/usr/lib", machine, LIBRARY))
            .filter(Files::exists)
            .toList();
    assumeThat(found).as("needs faketime (apt-get install faketime)").isNotEmpty();
    library = found.getFirst();
    offset = folder.resolve(name + ".clock");
    set(Duration.ZERO);
  }

  /** What a process is started with. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME_TIMESTAMP_FILE", offset.toString(),
        "FAKETIME_NO_CACHE", "1",
        // timed waits of Java are by the monotonic clock: otherwise they end at once
        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1");
  }

  /** Sets it to so much ahead of this machine's, or back of it. */
  void set(Duration ahead) throws IOException {
    // the library reads the file at each look: never one that is half written
    Path next = offset.resolveSibling(offset.getFileName() + ".next");
    Files.writeString(next, "%+d%n".formatted(ahead.toSeconds()));
    Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
