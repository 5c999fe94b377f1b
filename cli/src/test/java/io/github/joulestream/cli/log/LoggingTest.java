// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  private static final String FORGED =
      "x\n20:00:00.000 ERROR the books do not balance\u001b[2J\u202e";

  @TempDir Path folder;

  @Test
  void aMessageIsOneLine_andATraceCannotBeTakenForOne() throws Exception {
    Path file = folder.resolve("log");
    Logging.start(false);
    Logging.alsoTo(file);
    // also what libraries say
    Logger log = LoggerFactory.getLogger("org.example");
    log.warn("job {} is unknown", FORGED);
    log.error("failed", new IllegalStateException(FORGED, new IllegalArgumentException(FORGED)));
    Logging.stop();
    Logging.start(false);

    List<String> lines = Files.readAllLines(file);
    assertThat(lines.stream().filter(line -> !line.startsWith("\t")))
        .hasSize(2)
        .allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (WARN|ERROR) .*"));
    assertThat(lines.getFirst())
        .endsWith(
            "job x\\n20:00:00.000 ERROR the books do not balance\\u001b[2J\\u202e is unknown");
    assertThat(String.join("", lines).replace("\t", "").chars())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> c == 0x202e);
    assertThat(lines)
        .anyMatch(line -> line.contains("IllegalStateException"))
        .anyMatch(line -> line.contains("Caused by"))
        .anyMatch(line -> line.startsWith("\tat "));
  }
}
