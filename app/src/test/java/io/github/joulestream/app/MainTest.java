// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit status by the rule (0 done, 1 failed, 2 usage), and what a mistyped line is answered. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class MainTest {
  /** What a command that takes over a second is doing, for whoever waits. */
  private static final Pattern WAITING = Pattern.compile("\\d+ s  .*");

  @TempDir Path folder;

  /** Status and all that was printed. */
  private record Answer(int status, String text) {}

  private static Answer run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream both = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(both);
      System.setErr(both);
      int status = Main.run(args);
      return new Answer(status, bytes.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version | 0 | joulestream",
        "--version | 0 | joulestream",
        "help | 0 | doctor",
        "help up | 0 | --store-port",
        "up --help | 0 | --metrics-address",
        "doctr | 2 | did you mean doctor",
        "up --simulat 8 | 2 | did you mean --simulate",
        "up --store-port 99999 | 2 | --store-port must be 0 (any free port) to 65535, not 99999",
        "up --kafka-port -1 | 2 | --kafka-port must be",
        "store-writer --keep 30d | 2 | it is --retention now",
        "up --simulate 0 | 2 | --simulate takes 1 to 100,000 nodes, not 0",
        "up --simulate many | 2 | is not a whole number",
        "up --faults=lost=2 | 2 | lost=2: takes a share from 0 to 1",
        "up --faults=stuck=-1 | 2 | stuck=-1: takes 0 to 1000 times per hour",
        "up --faults=lost=much | 2 | lost=much: not a number",
        "up --faults=rust=1 | 2 | is not a fault",
        "up --past 0s | 2 | --past takes",
        "up --for 0s | 2 | --for",
        "up --until-done | 2 | --until-done",
        "simulate --nodes 1000000000 | 2 | --nodes takes 1 to 100,000 nodes, not 1,000,000,000",
        "simulate --nodes 1e9 | 2 | 1e9",
        "simulate --site= | 2 | --site needs a name",
        "agent --site= --kafka 127.0.0.1:1 | 2 | --site needs a name",
        "agent --node= --kafka 127.0.0.1:1 | 2 | --node needs a name",
        "agent --interval 1ms | 2 | --interval",
        "streams --threads 0 | 2 | --threads",
        "topics create --partitions 0 | 2 | --partitions",
        "topics acl | 0 | store-writer",
        "topics acl --part agnt --principal User:a | 2 | there is no part 'agnt'",
        "topics acl --part agent | 2 | --principal must name",
        "topics acl --part agent --principal agent | 2 | --principal must name",
        "topics acl --part slurm-jobs --principal User:s | 2 | goes with --part slurm-jobs",
        "topics acl --part agent --principal User:a --topic t | 2 | and only with it",
        "topics acl --part agent --principal User:a --apply --check | 2 | mutually exclusive",
        "topics acl --part agent --principal User:a | 0 | --add --allow-principal User:a",
        "alert-sender | 2 | --alertmanager",
        "doctor --from 1h | 2 | --ledger",
        "doctor --json | 2 | --ledger",
        "doctor --ledger --from 1h --to 2h | 2 | is not before",
        "report | 0 | models",
        "report --list | 0 | models",
        "help report | 0 | models",
        "report models --period 2025-10 --store-url http://127.0.0.1:1 | 1 | cannot be reached",
        "doctor --ledger --store-url http://127.0.0.1:1 | 1 | cannot be reached",
      })
  void everyCommand_keepsToTheRule(String line, int status, String text) {
    Answer answer = run(line.split(" "));
    assertThat(answer.text()).contains(text);
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status != 0) {
      assertThat(answer.text().strip().lines().filter(one -> !WAITING.matcher(one).matches()))
          .as(answer.text())
          .hasSize(1);
    }
  }

  @Test
  void dataWithoutPermission_isSaid() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Answer answer = run("up", "--data", file.resolve("below").toString());
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.text()).contains("as data folder", "give --data another");
  }

  @Test
  void theExitStatuses_areInTheHelp() {
    assertThat(run("--help").text()).contains("Exit status:", "not healthy", "usage");
  }
}
