// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.HostileTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  void theFile_isTheUsersAlone_andHasNoPasswords() throws Exception {
    Path file = folder.resolve("private");
    Logging.start(false);
    Logging.alsoTo(file);
    Logger log = LoggerFactory.getLogger("org.example");
    String url = "http://alice:s3cret@host:8086/a?token=s3cret";
    log.warn("no answer from {}", url);
    log.error("failed", new IllegalStateException("no answer from " + url));
    Logging.stop();
    Logging.start(false);
    assertThat(file)
        .content()
        .contains("no answer from http://host:8086/a?token=***")
        .doesNotContain("s3cret", "alice");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Path elsewhere = folder.resolve("elsewhere");
    Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere);
    assertThatThrownBy(() -> Logging.alsoTo(link)).hasMessageContaining("is a link");
    assertThat(elsewhere).doesNotExist();
  }

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

  @Test
  void noText_isMoreThanALineThatIsItsOwn() throws Exception {
    Path file = folder.resolve("log");
    Logging.start(false);
    Logging.alsoTo(file);
    Logger log = LoggerFactory.getLogger("org.example");
    Thread current = Thread.currentThread();
    String name = current.getName();
    List<String> texts = HostileTexts.all();
    for (String text : texts) {
      current.setName(text);
      log.warn("job {} is unknown", text);
      Exception e = new IllegalStateException(text, new IOException(text));
      e.setStackTrace(new StackTraceElement[0]);
      log.error(text, e);
    }
    current.setName(name);
    Logging.stop();
    Logging.start(false);

    String all = Files.readString(file);
    assertThat(HostileTexts.unsafe(all, '\n', '\r', '\t')).isEmpty();
    assertThat(all.lines().filter(line -> !line.startsWith("\t")))
        .hasSize(2 * texts.size())
        .allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} (WARN |ERROR) \\[.*"));
  }
}
