// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticTokensTest {
  @TempDir Path folder;

  private final String token = StaticTokens.create();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong now = new AtomicLong(1_780_000_000_000L);

  private StaticTokens read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    return new StaticTokens(file, now::get, nanos::get);
  }

  private void change(String text) throws IOException {
    Files.writeString(folder.resolve("tokens"), text);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private static void assertRefused(StaticTokens tokens, String token, String reason) {
    assertThatThrownBy(() -> tokens.identity(token))
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining(StaticTokens.PREFIX);
  }

  @Test
  void aToken_is256RandomBits_ofAKnownForm() {
    assertThat(token).matches("joulestream_[A-Za-z0-9_-]{43}");
    assertThat(StaticTokens.create()).isNotEqualTo(token);
  }

  @Test
  void theLineOfAToken_hasItsHash_andNotTheToken() throws Exception {
    String line = StaticTokens.line(token, "name=ci role=manager user=ci projects=p2,p1");
    assertThat(line).doesNotContain(token.substring(20)).matches(".* sha256=[0-9a-f]{64}");
    StaticTokens tokens = read("# machines\n\n" + line + "\n");
    assertThat(tokens.identity(token).viewer())
        .hasToString("Viewer[name=ci, role=MANAGER, projects=[p1, p2]]");
    assertThat(tokens.identity(token).untilEpochMillis()).isEqualTo(Long.MAX_VALUE);
    assertRefused(tokens, StaticTokens.create(), "not known");
    assertRefused(tokens, token + "x", "not known");
    assertRefused(tokens, line.replaceFirst(".*=", ""), "not known");
    assertRefused(tokens, StaticTokens.PREFIX, "not known");
  }

  @Test
  void aTokenThatIsTakenOut_isRefusedWithinASecond_andItsSessionsEnd() throws Exception {
    String line = StaticTokens.line(token, "role=viewer");
    StaticTokens tokens = read(line);
    Identity identity = tokens.identity(token);
    change("# none\n");
    assertRefused(tokens, token, "not known");
    assertThat(identity.holds().getAsBoolean()).isFalse();
    change(line);
    assertThat(identity.holds().getAsBoolean()).isTrue();
    change(line.replace("viewer", "admin"));
    assertThat(identity.holds().getAsBoolean()).isFalse();
    assertThat(tokens.identity(token).viewer().role()).isEqualTo(Role.ADMIN);
    Files.delete(folder.resolve("tokens"));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertRefused(tokens, token, "not known");
    change(line);
    assertThat(tokens.identity(token).viewer().role()).isEqualTo(Role.VIEWER);
  }

  @Test
  void aLineThatIsWrongLater_grantsNothing_andTheOthersHold() throws Exception {
    String line = StaticTokens.line(token, "role=viewer");
    StaticTokens tokens = read(line);
    String second = StaticTokens.create();
    change(StaticTokens.line(second, "role=viewer").replace("role", "rol") + "\n" + line);
    assertRefused(tokens, second, "not known");
    assertThat(tokens.identity(token).viewer().role()).isEqualTo(Role.VIEWER);
  }

  @Test
  void aTokenExpires() throws Exception {
    StaticTokens tokens =
        read(StaticTokens.line(token, "role=viewer expires=2026-05-28T20:26:40Z"));
    now.set(java.time.Instant.parse("2026-05-28T20:26:39.999Z").toEpochMilli());
    assertThat(tokens.identity(token).untilEpochMillis()).isEqualTo(now.get() + 1);
    now.incrementAndGet();
    assertRefused(tokens, token, "has expired");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "role=viewer | sha256= is missing",
        "sha256=HASH | role= is missing",
        "sha256=HASH role=root | a role is one of admin, manager, user, viewer",
        "sha256=abcd role=viewer | 64 hexadecimal digits",
        "sha256=HASH role=user | need user= or projects=",
        "sha256=HASH role=manager | need user= or projects=",
        "sha256=HASH role=viewer role=admin | role is there twice",
        "sha256=HASH role=viewer user= | user has no value",
        "sha256=HASH role=viewer admin | not of the form KEY=VALUE",
        "sha256=HASH role=viewer token=x | not of the form KEY=VALUE",
        "sha256=HASH role=viewer expires=soon | expires takes a time",
      })
  void aLineThatIsWrongAtTheStart_stopsIt(String line, String reason) {
    String hash = "0123456789abcdef".repeat(4);
    assertThatThrownBy(() -> read("# one\n" + line.replace("HASH", hash)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("tokens: line 2: ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining(hash);
  }

  @Test
  void aTokenTwice_aFileThatAllCanWrite_andNone_areRefused() throws IOException {
    String line = StaticTokens.line(token, "role=viewer");
    assertThatThrownBy(() -> read(line + "\n" + line))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 2: the token has a line already");
    Path file = Files.writeString(folder.resolve("open"), line);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> new StaticTokens(file, now::get, nanos::get))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("everybody can write it");
    assertThatThrownBy(() -> new StaticTokens(folder.resolve("absent"), now::get, nanos::get))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("absent");
  }
}
