// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Processor time of a JVM so far, by what its threads are for. A program that runs for months
 * spends nothing on the compiler; one that is measured for a minute a third of its time.
 *
 * @param allNanos of all its threads, those that have ended included
 * @param compilerNanos of those that compile, as long as they live
 * @param collectorNanos of those that collect garbage
 * @param vmNanos of other threads of the JVM
 * @param rocksDbNanos of RocksDB's own threads
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
record ThreadTimes(
    long allNanos, long compilerNanos, long collectorNanos, long vmNanos, long rocksDbNanos) {
  private static final Path PROC = Path.of("/proc");
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100
  // after the name, which may hold blanks: state is field 3
  private static final int USER_TICKS = 14 - 3;
  private static final int SYSTEM_TICKS = 15 - 3;

  /** Of this JVM. */
  static ThreadTimes ofThis() throws IOException {
    return of(ProcessHandle.current().pid());
  }

  /** Of a process; all 0 where there is no /proc. */
  static ThreadTimes of(long pid) throws IOException {
    Path process = PROC.resolve(Long.toString(pid));
    if (!Files.isDirectory(process)) {
      return new ThreadTimes(0, 0, 0, 0, 0);
    }
    long compiler = 0;
    long collector = 0;
    long vm = 0;
    long rocksDb = 0;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      for (Path task : tasks.toList()) {
        Stat stat;
        try {
          stat = Stat.of(task);
        } catch (NoSuchFileException e) {
          continue; // it has ended
        }
        // the kernel keeps 15 characters of a name
        if (stat.name.startsWith("C1 Compiler") || stat.name.startsWith("C2 Compiler")) {
          compiler += stat.nanos;
        } else if (stat.name.startsWith("GC Thread") || stat.name.startsWith("G1 ")) {
          collector += stat.nanos;
        } else if (stat.name.startsWith("VM ") || stat.name.startsWith("JFR ")) {
          vm += stat.nanos;
        } else if (stat.name.startsWith("rocksdb")) {
          rocksDb += stat.nanos;
        }
      }
    }
    return new ThreadTimes(Stat.of(process).nanos, compiler, collector, vm, rocksDb);
  }

  ThreadTimes minus(ThreadTimes before) {
    return new ThreadTimes(
        allNanos - before.allNanos,
        compilerNanos - before.compilerNanos,
        collectorNanos - before.collectorNanos,
        vmNanos - before.vmNanos,
        rocksDbNanos - before.rocksDbNanos);
  }

  private record Stat(String name, long nanos) {
    static Stat of(Path folder) throws IOException {
      String stat = Files.readString(folder.resolve("stat"));
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
      long ticks =
          Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(SYSTEM_TICKS));
      return new Stat(
          stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')), ticks * NANOS_PER_TICK);
    }
  }
}
