// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Options of the JVM of a program that tests start. Such a program runs for seconds, most of which
 * would be loading classes and compiling them: with these options {@code up --simulate 8 --for 8s}
 * takes 0.4 of the processor time.
 */
final class ProgramOptions {
  static final String MAIN = "io.github.joulestream.app.Main";

  static final List<String> OF_A_SHORT_RUN =
      List.of(
          "-Xmx1g",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** That of the tests without their own classes. */
  static final String CLASS_PATH =
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(entry -> !entry.endsWith(File.separator + "test-classes"))
          .collect(Collectors.joining(File.pathSeparator));

  private static @Nullable List<String> sharedClasses;

  private ProgramOptions() {}

  /**
   * The use of an archive of loaded classes, as the launcher makes one too. It is made once, by a
   * short run. Without it if classes are not all in jars, as before they are packaged.
   */
  static synchronized List<String> sharedClasses() throws IOException {
    if (sharedClasses == null) {
      boolean isPackaged =
          Stream.of(CLASS_PATH.split(File.pathSeparator))
              .map(Path::of)
              .filter(Files::exists)
              .allMatch(Files::isRegularFile);
      sharedClasses = isPackaged ? archive() : List.of();
    }
    return sharedClasses;
  }

  private static List<String> archive() throws IOException {
    // of this process: another one runs tests beside it
    Path archive =
        Path.of("target", "programs-%d.jsa".formatted(ProcessHandle.current().pid()))
            .toAbsolutePath();
    archive.toFile().deleteOnExit();
    List<String> options = new ArrayList<>(OF_A_SHORT_RUN);
    options.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off"));
    options.addAll(List.of("-cp", CLASS_PATH, MAIN));
    options.addAll(List.of("up", "--simulate", "1", "--no-agent", "--for", "1s"));
    options.addAll(List.of("--kafka-port", "0", "--store-port", "0"));
    try (Program run = Program.startJava(Map.of(), options.toArray(String[]::new))) {
      if (run.await() != 0 || !Files.isRegularFile(archive)) {
        throw new IllegalStateException("no archive of classes: " + run.output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an archive of classes was made", e);
    }
    return List.of(
        "-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=off", "-Xlog:aot=off");
  }
}
