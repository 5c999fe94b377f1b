// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as it is deployed: {@code java @agent.jvm -jar agent.jar}. */
class ITAgentJar {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path TARGET = ROOT.resolve("producers/agent/target");

  @TempDir Path folder;

  private static Path jar() throws Exception {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("agent-[0-9.]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void itsClassPath_isInLib_andHasNoOtherProgram() throws Exception {
    List<String> classPath;
    try (JarFile jar = new JarFile(jar().toFile())) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      classPath = List.of(manifest.getValue(Attributes.Name.CLASS_PATH).split(" ", -1));
    }
    assertThat(classPath)
        .allSatisfy(entry -> assertThat(TARGET.resolve(entry)).exists())
        .anyMatch(entry -> entry.contains("zstd-jni"))
        .noneMatch(entry -> entry.matches("lib/(app|streams|store|alerting|simulator)-.*"))
        .noneMatch(entry -> entry.contains("rocksdb") || entry.contains("questdb"));
  }

  @Test
  void itStarts_withEveryCompressionOfKafka_andWithoutKafka() throws Exception {
    for (String compression : List.of("gzip", "zstd", "lz4", "snappy")) {
      Path config =
          Files.writeString(
              folder.resolve(compression),
              "compression.type=" + compression + System.lineSeparator());
      try (Program agent =
          Program.startJava(
              Map.of(),
              "@" + ROOT.resolve("deploy/jvm/agent.jvm"),
              "-jar",
              jar().toString(),
              "--kafka=127.0.0.1:1",
              "--kafka-config=" + config,
              "--spool=" + folder.resolve("spool-" + compression),
              "--jobs=" + folder.resolve("jobs"),
              "--metrics-port=off")) {
        agent.awaitLine("sampling node ");
      }
    }
  }
}
