// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person can get wrong: one clear line, an exit status that is not 0, no stack trace. */
class ITBadInput {
  @TempDir Path folder;

  private static void assertRefused(List<String> words, String... args)
      throws IOException, InterruptedException {
    assertRefused(Map.of(), words, args);
  }

  private static void assertRefused(
      Map<String, String> environment, List<String> words, String... args)
      throws IOException, InterruptedException {
    try (Program program = Program.start(environment, args)) {
      assertThat(program.await()).as(program.output()).isNotZero();
      List<String> lines = program.output().lines().toList();
      assertThat(lines).as(program.output()).hasSize(1);
      assertThat(lines.getFirst()).startsWith("joulestream: ").contains(words);
    }
  }

  @Test
  void unknownOptionsAndCommands() throws Exception {
    assertRefused(List.of("--nonsense", "--help"), "up", "--nonsense");
    assertRefused(List.of("upp"), "upp");
    assertRefused(List.of("not a duration"), "up", "--for", "soon");
    assertRefused(List.of("--until-done", "--replay"), "up", "--until-done");
    assertRefused(List.of("--utc-offset", "'east'"), "up", "--utc-offset", "east");
    assertRefused(List.of("'soon' is not a time"), "doctor", "--ledger", "--from", "soon");
    assertRefused(List.of("--from", "go with --ledger"), "doctor", "--from", "2h");
    assertRefused(
        List.of("cannot be reached", "http://127.0.0.1:1", "--store-url"),
        "doctor",
        "--ledger",
        "--store-url",
        "http://127.0.0.1:1");
    assertRefused(List.of("'hardly' is not a fault"), "simulate", "--faults", "hardly");
    assertRefused(List.of("has not come yet"), "simulate", "--since", "2999-01-01T00:00:00Z");
    assertRefused(List.of("--mlperf-edges", "mlcommons"), "up", "--mlperf-edges", "sharp");
    assertRefused(List.of("now called held"), "up", "--mlperf-edges", "log-ends");
    assertRefused(
        List.of("--model", "is given twice for"), "up", "--model", "a=X", "--model", "a/=Y");
    assertRefused(List.of("--model is NAME or FOLDER=NAME"), "up", "--model", "a=");
  }

  @Test
  void aTraceFolderWithNothingInIt() throws Exception {
    assertRefused(List.of("no power traces under"), "up", "--replay", folder.toString());
    assertRefused(List.of("is not a folder"), "up", "--replay", folder + "/absent");
  }

  @Test
  void brokersThatCannotBeReached() throws Exception {
    // each waits for 15 s, so all wait at once
    List<Program> waiting = new ArrayList<>();
    try {
      for (String command : List.of("simulate", "streams", "store-writer", "topics check")) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of("--kafka", "127.0.0.1:1"));
        waiting.add(Program.start(args.toArray(String[]::new)));
      }
      for (Program program : waiting) {
        assertThat(program.await()).as(program.output()).isEqualTo(1);
        assertThat(program.output().lines())
            .singleElement(as(STRING))
            .startsWith("joulestream: ")
            .contains("cannot reach Kafka at 127.0.0.1:1", "--kafka");
      }
    } finally {
      waiting.forEach(Program::close);
    }
    assertRefused(List.of("Kafka's address"), "topics", "check", "--kafka", "nowhere");
  }

  @Test
  void aDataFolderOfAnotherVersion_orNotOurs() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.writeString(other.resolve("version"), "99\n");
    assertRefused(List.of("layout 99"), "up", "--for", "1s", "--data", other.toString());
    Path notOurs = Files.createDirectory(folder.resolve("not-ours"));
    Files.writeString(notOurs.resolve("thesis.txt"), "do not touch");
    assertRefused(List.of("is not empty"), "up", "--for", "1s", "--data", notOurs.toString());
    assertThat(notOurs.resolve("version")).doesNotExist();
  }

  @Test
  void aConfigurationFileWithAnUnknownKey() throws Exception {
    Path config = folder.resolve("joulestream.properties");
    Files.writeString(config, "up.simulat=5\n");
    assertRefused(
        List.of("unknown key 'up.simulat'"), "up", "--config", config.toString(), "--for", "1s");
    assertRefused(
        Map.of("JOULESTREAM_CONFIG", config.toString()),
        List.of("unknown key 'up.simulat'"),
        "up",
        "--for",
        "1s");
  }

  @Test
  void verbose_showsTheStackTrace() throws Exception {
    try (Program program = Program.start("up", "--verbose", "--replay", folder.toString())) {
      assertThat(program.await()).isNotZero();
      assertThat(program.output()).contains("no power traces").contains("\tat ");
    }
  }
}
