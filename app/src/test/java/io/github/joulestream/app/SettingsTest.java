// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.cli.Durations;
import io.github.joulestream.cli.RenamedOptions;
import io.github.joulestream.cli.Settings;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  @Test
  void anUnknownVariable_isRefused_withTheNearestName() {
    assertThatThrownBy(() -> Settings.load(Map.of("JOULESTREAM_BUKET", "x"), "up"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "unknown environment variable JOULESTREAM_BUKET; did you mean JOULESTREAM_BUCKET?");
    assertThatThrownBy(() -> Settings.load(Map.of("JOULESTREAM_STREAM_THREADS", "2"), "streams"))
        .hasMessageEndingWith("did you mean JOULESTREAM_STREAMS_THREADS?");
    assertThatThrownBy(() -> Settings.load(Map.of("JOULESTREAM_NOTHING_LIKE_AN_OPTION", "2"), "up"))
        .hasMessageEndingWith("such as JOULESTREAM_UP_DATA or JOULESTREAM_DATA");
    assertThatThrownBy(() -> Settings.load(Map.of("JOULESTREAM_AGENT_SIT", "x"), "agent"))
        .hasMessageEndingWith("did you mean JOULESTREAM_AGENT_SITE?");
    Settings.load(Map.of("JOULESTREAM_UP_DATA", "/tmp", "PATH", "/bin"), "agent");
  }

  @Test
  void renamedOptions_areReportedWithTheNewName() throws IOException {
    String old = file("store-writer.keep=30d\n").toString();
    assertThatThrownBy(() -> Settings.load(Map.of(), "store-writer", "--config", old))
        .hasMessageEndingWith("unknown key 'store-writer.keep': it is store-writer.retention now");
    assertThatThrownBy(
            () -> Settings.load(Map.of("JOULESTREAM_STORE_WRITER_KEEP", "30d"), "store-writer"))
        .hasMessage(
            "unknown environment variable JOULESTREAM_STORE_WRITER_KEEP:"
                + " it is JOULESTREAM_STORE_WRITER_RETENTION now");
    CommandLine all = new CommandLine(new Main());
    RenamedOptions.all()
        .forEach((oldName, newName) -> {
          assertThat(options(all)).as(oldName).contains("--" + newName);
          assertThat(options(all)).doesNotContain("--" + oldName);
        });
  }

  private static Set<String> options(CommandLine line) {
    Set<String> names = new TreeSet<>(line.getCommandSpec().optionsMap().keySet());
    line.getSubcommands().values().forEach(below -> names.addAll(options(below)));
    return names;
  }

  @Test
  void variablesThatKubernetesSetsForServices_areIgnored() {
    Settings.load(
        Map.of(
            "JOULESTREAM_STREAMS_SERVICE_HOST", "10.0.0.1",
            "JOULESTREAM_STREAMS_SERVICE_PORT", "9600",
            "JOULESTREAM_STREAMS_SERVICE_PORT_METRICS", "9600",
            "JOULESTREAM_STREAMS_PORT", "tcp://10.0.0.1:9600",
            "JOULESTREAM_STREAMS_PORT_9600_TCP", "tcp://10.0.0.1:9600",
            "JOULESTREAM_STREAMS_PORT_9600_TCP_ADDR", "10.0.0.1"),
        "streams");
    assertThatThrownBy(() -> Settings.load(Map.of("JOULESTREAM_STREAMS_PORT", "1"), "streams"))
        .isInstanceOf(UserError.class);
  }

  @Test
  void theUrlThatKubernetesSetsForAService_isNoValueOfAnOption() {
    Map<String, String> environment =
        Map.of(
            "JOULESTREAM_METRICS_PORT", "tcp://10.0.0.1:17471",
            "JOULESTREAM_METRICS_SERVICE_HOST", "10.0.0.1",
            "JOULESTREAM_STREAMS_METRICS_PORT", "9600");
    assertThat(value("--metrics-port", environment, "streams")).isEqualTo("9600");
    assertThat(value("--metrics-port", environment, "store-writer"))
        .isEqualTo(value("--metrics-port", Map.of(), "store-writer"));
  }

  /** Whatever scripts, manifests and tests of this project set, every command starts with it. */
  @Test
  void variablesOfTheProject_areKnown() throws IOException {
    Path house = Path.of("..");
    Map<String, String> environment = new TreeMap<>();
    Pattern variable = Pattern.compile("JOULESTREAM_[A-Z][A-Z0-9_]*[A-Z0-9](?![A-Z0-9_])");
    for (String place :
        List.of(
            "docker-compose.yml",
            ".env.example",
            "joulestream",
            "deploy",
            "tests/containers",
            "dashboards/provisioning",
            "README.md",
            "docs")) {
      try (Stream<Path> files = Files.walk(house.resolve(place))) {
        for (Path file :
            files
                .filter(Files::isRegularFile)
                .filter(file -> !file.toString().endsWith(".png"))
                .toList()) {
          Matcher names = variable.matcher(Files.readString(file));
          while (names.find()) {
            environment.put(names.group(), "");
          }
        }
      }
    }
    assertThat(environment).hasSizeGreaterThan(25);
    environment.remove("JOULESTREAM_CONFIG"); // names a file, which would be read
    Settings.load(environment, "up");
  }

  /** Regenerate with {@code -Dkeys.write=true}. */
  @Test
  void theListOfKeys_isThatOfTheCommands() throws IOException {
    String keys = String.join("\n", Settings.keysOf(new CommandLine(new Main()))) + "\n";
    Path list =
        Path.of("../cli/src/main/resources/io/github/joulestream/cli").resolve(Settings.KEYS);
    if (Boolean.getBoolean("keys.write")) {
      Files.writeString(list, keys);
    }
    assertThat(list).hasContent(keys);
  }

  /** Help shows how a setting is spelt, so it is there when one is wrong. */
  @Test
  void help_isShown_alsoIfASettingIsWrong() throws IOException {
    String config = file("no.such.key=1\n").toString();
    assertThat(Main.run("streams", "--config", config, "--help")).isZero();
    assertThat(Main.run("version", "--config", config)).isZero();
    assertThat(Main.run("topics", "list", "--config", config)).isEqualTo(2);
  }
}
