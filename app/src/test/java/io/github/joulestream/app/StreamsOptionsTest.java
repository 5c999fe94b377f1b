// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.cli.Durations;
import io.github.joulestream.energy.attribute.Limits;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class StreamsOptionsTest {
  private static final long HEAP = 2L << 30;

  private static Limits limits(String... args) {
    LimitsOptions options = new LimitsOptions();
    CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create());
    command
        .getCommandSpec()
        .addMixin("limits", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
    command.registerConverter(Duration.class, Durations::parse);
    command.parseArgs(args);
    return options.read();
  }

  @Test
  void withoutOptions_limitsAreTheDefaults() {
    assertThat(limits()).isEqualTo(Limits.DEFAULT);
    assertThat(new LimitsOptions().read()).isEqualTo(Limits.DEFAULT);
  }

  /** A node would otherwise rename and end all jobs of its site. */
  @Test
  void jobsAreSignedByTheirSite_unlessNodesMayToo() {
    SiteKeysOptions options = new SiteKeysOptions();
    CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create());
    command
        .getCommandSpec()
        .addMixin("keys", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.parseArgs();
    assertThat(options.jobSigners).isEqualTo(JobSigners.SITE);
    command.parseArgs("--job-signers", "nodes");
    assertThat(options.jobSigners).isEqualTo(JobSigners.NODES);
  }

  @Test
  void eachLimit_hasAnOption() {
    assertThat(
            limits(
                "--gap",
                "20s",
                "--long-gap",
                "400s",
                "--future",
                "1m",
                "--horizon",
                "30m",
                "--hold",
                "7d"))
        .isEqualTo(
            new Limits(
                Limits.DEFAULT.windowMillis(),
                20_000,
                400_000,
                60_000,
                1_800_000,
                7L * 24 * 3_600_000));
  }

  @ParameterizedTest
  @CsvSource({"--gap,6m", "--long-gap,401s", "--long-gap,9s", "--horizon,0s", "--hold,0s"})
  void aLimitOutOfRange_isAnErrorOfUsage(String option, String value) {
    assertThatThrownBy(() -> limits(option, value))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessageContaining("--gap, --long-gap, --future, --horizon or --hold: ");
  }

  @ParameterizedTest
  @CsvSource({
    "512M, 536870912",
    "512MiB, 536870912",
    "1G, 1073741824",
    "8192K, 8388608",
    "40%, 858993440",
    "' 80% ', 1717986880"
  })
  void aCacheLimit_isASizeOrAShareOfTheHeap(String text, long bytes) {
    assertThat(CacheLimit.bytes(text, HEAP)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "512", "512MB", "-1M", "4%%", "1.5G", "half"})
  void whatIsNoSize_isAnErrorOfUsage(String text) {
    assertThatThrownBy(() -> CacheLimit.bytes(text, HEAP))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessage(
            "--cache-limit must be a size such as 512M or a share of the heap such as 40%, not '"
                + text
                + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0%", "81%", "7M", "2G", "999999999G"})
  void aCacheLimitOutOfRange_isAnErrorOfUsage_withTheRange(String text) {
    assertThatThrownBy(() -> CacheLimit.bytes(text, HEAP))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessageContaining("it must be 8 MiB to 1638 MiB, 80 % of this JVM's heap (-Xmx)");
  }

  @ParameterizedTest
  @CsvSource({"10s, 10", "1m, 60", "5m, 300", "90s, 90", "1h, 3600", "off, 0"})
  void windowsOfDevices_areWholeWindowsOf10s_orOff(String text, long seconds) {
    DeviceWindowsOption option = new DeviceWindowsOption();
    assertThat(option.read()).isEqualTo(Duration.ofSeconds(10));
    option.length = text;
    assertThat(option.read()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "15s", "500ms", "61m", "-10s", "OFF", "ten", "999999999999d"})
  void otherWindowsOfDevices_areAnErrorOfUsage(String text) {
    DeviceWindowsOption option = new DeviceWindowsOption();
    option.length = text;
    assertThatThrownBy(option::read)
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.isUsage()).isTrue())
        .hasMessage(
            "--device-windows must be a multiple of 10s up to 1h, or off, not '" + text + "'");
  }

  private long nanos = 1;

  @Test
  void theStart_isALine_andARestorationALineEvery10s() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StartLines lines = new StartLines(new PrintStream(bytes, true, UTF_8), () -> nanos);
    lines.look(false, Optional::empty);
    for (int second = 0; second <= 20; second++) {
      String line = "restoring %d %%".formatted(second);
      lines.look(false, () -> Optional.of(line));
      nanos += 1_000_000_000;
    }
    lines.look(true, Optional::empty);
    lines.look(true, Optional::empty);
    lines.look(false, () -> Optional.of("restoring 7 %"));
    lines.look(true, Optional::empty);
    assertThat(bytes.toString(UTF_8).lines())
        .containsExactly(
            "restoring 0 %",
            "restoring 10 %",
            "restoring 20 %",
            "the topologies run; Ctrl-C stops them",
            "restoring 7 %",
            "the topologies run, with all state");
  }
}
