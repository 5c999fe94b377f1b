// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Where the value of an option comes from. */
class SettingsTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("settings.properties"), text);
  }

  /** What {@code store-writer}'s option has after these arguments. */
  private static String value(String option, Map<String, String> environment, String... args) {
    CommandLine line = new CommandLine(new Main());
    line.registerConverter(java.time.Duration.class, Durations::parse);
    line.setDefaultValueProvider(Settings.load(environment, args));
    CommandLine.ParseResult result = line.parseArgs(args);
    Object value = result.subcommand().commandSpec().findOption(option).getValue();
    return String.valueOf(value);
  }

  @Test
  void theCommandLineBeatsTheEnvironment_whichBeatsTheFile_whichBeatsTheDefault()
      throws IOException {
    String config = file("bucket=from-file\n").toString();
    assertThat(value("--bucket", Map.of(), "store-writer")).isEqualTo("joulestream");
    assertThat(value("--bucket", Map.of(), "store-writer", "--config", config))
        .isEqualTo("from-file");
    Map<String, String> environment = Map.of("JOULESTREAM_BUCKET", "from-environment");
    assertThat(value("--bucket", environment, "store-writer", "--config", config))
        .isEqualTo("from-environment");
    assertThat(
            value("--bucket", environment, "store-writer", "--config", config, "--bucket", "said"))
        .isEqualTo("said");
  }

  @Test
  void aKeyOfOneCommandBeatsAKeyOfAll() throws IOException {
    String config = file("bucket=all\nstore-writer.bucket=mine\n").toString();
    assertThat(value("--bucket", Map.of(), "store-writer", "--config=" + config)).isEqualTo("mine");
    assertThat(
            value(
                "--bucket",
                Map.of("JOULESTREAM_BUCKET", "all", "JOULESTREAM_STORE_WRITER_BUCKET", "mine"),
                "store-writer"))
        .isEqualTo("mine");
  }

  @Test
  void theFileCanBeNamedInTheEnvironment() throws IOException {
    assertThat(
            value(
                "--bucket",
                Map.of("JOULESTREAM_CONFIG", file("bucket=from-file\n").toString()),
                "store-writer"))
        .isEqualTo("from-file");
  }

  @Test
  void aFileThatCannotBeRead_orHasAnUnknownKey_isRefused() throws IOException {
    String absent = folder.resolve("absent").toString();
    assertThatThrownBy(() -> Settings.load(Map.of(), "up", "--config", absent))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(absent);
    String unknown = file("bukket=x\n").toString();
    assertThatThrownBy(() -> Settings.load(Map.of(), "up", "--config", unknown))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'bukket'");
  }
}
