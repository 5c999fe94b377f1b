// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Processor time of this JVM's compiler. A program that runs for months spends nothing on it; one
 * that is measured for a minute a third of its time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
final class CompilerThreads {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100
  // after the name, which may hold blanks: state is field 3
  private static final int USER_TICKS = 14 - 3;
  private static final int SYSTEM_TICKS = 15 - 3;

  private CompilerThreads() {}

  /** Nanoseconds so far; 0 where there is no /proc. */
  static long cpuNanos() {
    if (!Files.isDirectory(TASKS)) {
      return 0;
    }
    long ticks = 0;
    try (Stream<Path> tasks = Files.list(TASKS)) {
      for (Path task : tasks.toList()) {
        ticks += ticks(task);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return ticks * NANOS_PER_TICK;
  }

  private static long ticks(Path task) throws IOException {
    String stat;
    try {
      stat = Files.readString(task.resolve("stat"));
    } catch (java.nio.file.NoSuchFileException e) {
      return 0; // it has ended
    }
    String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
      return 0;
    }
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    return Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(SYSTEM_TICKS));
  }
}
