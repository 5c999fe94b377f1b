// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.cli.Program;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.access.AccessSettings;
import io.github.joulestream.serve.access.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AccessOptionsTest {
  @TempDir Path folder;

  private static AccessOptions parse(String... args) {
    AccessOptions options = new AccessOptions();
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    return options;
  }

  @Test
  void byDefault_noTokenIsNeeded_onLoopbackAlone() {
    assertThat(parse().settings()).isEqualTo(new AccessSettings(null, null, null, null, true));
    assertThat(
            parse().open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)).describe())
        .contains("this machine alone");
    assertThatThrownBy(() -> parse().open(new InetSocketAddress("0.0.0.0", 0)))
        .isInstanceOf(UserError.class);
  }

  @Test
  void everyOption_isHeeded() {
    AccessSettings settings =
        parse(
                "--oidc-issuer=https://i",
                "--oidc-audience=a,b",
                "--oidc-jwks=keys.json",
                "--oidc-algorithms=PS512",
                "--user-claim=sub",
                "--roles-claim=realm_access.roles",
                "--projects-claim=groups",
                "--role=staff=viewer,root=ADMIN",
                "--tokens=tokens",
                "--trusted-peer=10.0.0.0/8,::1",
                "--trusted-header=Remote-User",
                "--trusted-roles-header=Remote-Groups",
                "--trusted-projects-header=Remote-Projects",
                "--groups=groups",
                "--show-sites=staff")
            .settings();
    Map<String, Role> roles = Map.of("staff", Role.VIEWER, "root", Role.ADMIN);
    assertThat(settings.oidc())
        .isEqualTo(
            new AccessSettings.Oidc(
                "https://i",
                List.of("a", "b"),
                "keys.json",
                List.of("PS512"),
                new AccessSettings.Claims("sub", "realm_access.roles", "groups", roles)));
    assertThat(settings.tokens()).isEqualTo(Path.of("tokens"));
    assertThat(settings.groups()).isEqualTo(Path.of("groups"));
    assertThat(settings.sitesForAll()).isFalse();
    AccessSettings.Proxy proxy = requireNonNull(settings.proxy());
    assertThat(proxy.peers()).hasToString("10.0.0.0/8, ::1");
    assertThat(proxy.userHeader()).isEqualTo("Remote-User");
    assertThat(proxy.rolesHeader()).isEqualTo("Remote-Groups");
    assertThat(proxy.projectsHeader()).isEqualTo("Remote-Projects");
    assertThat(proxy.roleOf()).isEqualTo(roles);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--oidc-issuer=https://i | --oidc-audience too",
        "--oidc-audience=a | --oidc-issuer too",
        "--oidc-jwks=f | --oidc-issuer too",
        "--oidc-issuer=https://i --oidc-audience=a --oidc-algorithms=HS256 | not 'HS256'",
        "--oidc-issuer=https://i --oidc-audience=a --oidc-algorithms=none | not 'none'",
        "--trusted-peer=proxy.example.org | not an address",
        "--trusted-roles-header=R | --trusted-peer alone",
      })
  void whatDoesNotGoTogether_isRefused(String line, String reason) {
    assertThatThrownBy(() -> parse(line.split(" ")).settings())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(reason);
  }

  private static int run(StringWriter out, StringWriter err, String... args) {
    return Program.run(
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        args);
  }

  @Test
  void aNewToken_isTakenWithItsLine() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        run(out, err, "token", "new", "ci", "--role=manager", "--user=ci", "--projects=p1,p2");
    assertThat(status).isZero();
    String token = out.toString().strip();
    assertThat(err.toString())
        .startsWith("name=ci role=manager user=ci projects=p1,p2 sha256=")
        .doesNotContain(token);
    Path file = Files.writeString(folder.resolve("tokens"), err.toString());
    assertThat(
            parse("--tokens=" + file)
                .open(new InetSocketAddress("0.0.0.0", 0))
                .open(token)
                .viewer())
        .hasToString("Viewer[name=ci, role=MANAGER, projects=[p1, p2]]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token new | NAME",
        "token new ci | --role",
        "token new ci --role=root | root",
        "token new ci --role=user | need user= or projects=",
        "token new ci --role=viewer --expires=soon | expires takes a time",
        "token new c=i --role=viewer --user=a\tb | KEY=VALUE",
      })
  void aTokenThatGrantsNothing_isNotMade(String line, String reason) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(run(out, err, line.split(" "))).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains(reason);
  }
}
