// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.joulestream.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher: in a copy of the tree, with a build and a JDK that only note what they are asked.
 */
class LauncherTest {
  private static final Path HOUSE = Path.of("..", "..");
  private static final Path OPTIONS = HOUSE.resolve("deploy/jvm");
  private static final FileTime OLD = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
  private static final FileTime BUILT = FileTime.from(Instant.parse("2026-01-02T00:00:00Z"));
  private static final FileTime NEW = FileTime.from(Instant.parse("2026-01-03T00:00:00Z"));

  @TempDir Path house;
  private final List<Path> modules = new ArrayList<>();

  @BeforeEach
  void copy() throws IOException {
    copyFile("joulestream");
    copyFile(".mvn/find-jdk.sh");
    try (Stream<Path> files = Files.list(OPTIONS)) {
      for (Path file : files.toList()) {
        copyFile("deploy/jvm/" + file.getFileName());
      }
    }
    copyModules(Path.of(""));
    script(
        "mvnw",
        "echo built >>builds",
        "mkdir -p app/target producers/agent/target",
        "touch app/target/app-1.jar producers/agent/target/agent-1.jar");
    script("jdk/bin/javac");
    script("jdk/bin/java", "printf '%s\\n' \"$@\"");
    Files.writeString(house.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    Files.writeString(house.resolve("builds"), "");
  }

  private void copyFile(String name) throws IOException {
    Path to = house.resolve(name);
    Files.createDirectories(to.getParent());
    Files.copy(HOUSE.resolve(name), to);
  }

  private void copyModules(Path parent) throws IOException {
    copyFile(parent.resolve("pom.xml").toString());
    Matcher module =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(HOUSE.resolve(parent).resolve("pom.xml")));
    while (module.find()) {
      Path child = parent.resolve(module.group(1));
      if (Files.isDirectory(HOUSE.resolve(child).resolve("src"))) {
        modules.add(child);
        Files.createDirectories(house.resolve(child).resolve("src/main/java/a"));
        Files.writeString(house.resolve(child).resolve("src/main/java/a/A.java"), "class A {}");
      }
      copyModules(child);
    }
  }

  private void script(String name, String... lines) throws IOException {
    Path file = house.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(
        file, "#!/bin/sh\ncd \"%s\"\n%s\n".formatted(house, String.join("\n", lines)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** All files and directories as if nothing had changed since the build. */
  private void unchanged() throws IOException {
    try (Stream<Path> all = Files.walk(house)) {
      for (Path path : all.toList()) {
        Files.setLastModifiedTime(path, OLD);
      }
    }
    Path built = house.resolve("app/target/joulestream.built");
    if (Files.exists(built)) {
      Files.setLastModifiedTime(built, BUILT);
    }
  }

  /** Runs a program; its output, which is the arguments of java. */
  private static List<String> run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("JOULESTREAM_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }

  private List<String> launch(Map<String, String> environment, String... args) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("JAVA_HOME", house.resolve("jdk").toString());
    List<String> command = new ArrayList<>(List.of(house.resolve("joulestream").toString()));
    command.addAll(List.of(args));
    return run(all, command);
  }

  private int builds() throws IOException {
    return Files.readAllLines(house.resolve("builds")).size();
  }

  @Test
  void aChangeInAnyModule_isBuilt_butNotOneOfTests() throws Exception {
    assertThat(modules)
        .contains(Path.of("producers/agent"), Path.of("alerting"), Path.of("tests/e2e"));
    launch(Map.of(), "version");
    assertThat(builds()).isEqualTo(1);
    unchanged();
    launch(Map.of(), "version");
    assertThat(builds()).as("builds though nothing changed").isEqualTo(1);

    for (Path module : modules) {
      for (String changed : List.of("pom.xml", "src/main/java/a/A.java", "src/main/java/a")) {
        unchanged();
        int before = builds();
        Files.setLastModifiedTime(house.resolve(module).resolve(changed), NEW);
        launch(Map.of(), "version");
        assertThat(builds() - before)
            .as("builds after a change of %s in %s", changed, module)
            .isEqualTo(module.startsWith("tests") ? 0 : 1);
      }
    }
    unchanged();
    Files.setLastModifiedTime(house.resolve("pom.xml"), NEW);
    int before = builds();
    launch(Map.of(), "version");
    assertThat(builds()).isEqualTo(before + 1);
  }

  /** The embedded QuestDB crashes a JVM with compact object headers. */
  @Test
  void up_runsWithTheHeadersThatQuestDbExpects() throws Exception {
    assertThat(flags("up")).anyMatch(line -> line.matches(".*UseCompactObjectHeaders += false .*"));
    assertThat(flags("streams"))
        .anyMatch(line -> line.matches(".*UseCompactObjectHeaders += true .*"));
  }

  private static List<String> flags(String command) throws Exception {
    return run(
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + OPTIONS.resolve("common.jvm"),
            "@" + OPTIONS.resolve(command + ".jvm"),
            "-XX:+PrintFlagsFinal",
            "-version"));
  }

  @Test
  void everyCommand_getsItsOptions_andThoseOfTheEnvironmentAfterThem() throws Exception {
    Map<String, String> environment = Map.of("JOULESTREAM_JAVA_OPTS", "-Xmx3g -Dx=y");
    launch(environment); // builds
    unchanged();
    assertOptions(launch(environment, "streams", "--threads", "2"), "streams.jvm");
    assertOptions(launch(environment, "topics", "check"), "default.jvm");
    assertOptions(launch(environment), "default.jvm");
    List<String> agent = launch(environment, "agent", "--site", "x");
    assertThat(agent.getFirst()).endsWith("deploy/jvm/agent.jvm");
    assertThat(agent)
        .containsSubsequence(
            "-Xmx3g",
            "-Dx=y",
            "-jar",
            house.resolve("producers/agent/target/agent-1.jar").toString(),
            "--site",
            "x");
  }

  private static void assertOptions(List<String> java, String file) {
    assertThat(java.get(0)).endsWith("deploy/jvm/common.jvm");
    assertThat(java.get(1)).endsWith("deploy/jvm/" + file);
    assertThat(java)
        .containsSubsequence(java.get(1), "-Xmx3g", "-Dx=y", "-cp", Main.class.getName());
  }

  @Test
  void theJvm_acceptsTheOptions_ofEveryCommand() throws Exception {
    List<String> help = new ArrayList<>();
    try (Program program = Program.startMain(Main.class.getName(), Map.of(), "--help")) {
      program.await();
      program.output().lines().map(String::strip).forEach(help::add);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    try (Stream<Path> files = Files.list(OPTIONS)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString().replaceFirst("\\.jvm$", "");
        if (!List.of("common", "default", "agent").contains(name)) {
          assertThat(help).as("commands").anyMatch(line -> line.startsWith(name + " "));
        }
        List<String> command = new ArrayList<>(List.of(java));
        if (!List.of("common", "agent").contains(name)) {
          command.add("@" + OPTIONS.resolve("common.jvm"));
        }
        command.add("@" + file);
        command.add("-version");
        assertThat(run(Map.of(), command))
            .as(name)
            .isNotEmpty()
            .allMatch(line -> line.matches("(openjdk version|OpenJDK|java version|Java).*"))
            .noneMatch(line -> line.contains("warning"));
      }
    }
  }
}
