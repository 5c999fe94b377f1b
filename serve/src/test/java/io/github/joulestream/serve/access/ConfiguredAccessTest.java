// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static io.github.joulestream.serve.access.SignedTokens.NOW;
import static io.github.joulestream.serve.access.SignedTokens.claims;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All ways to say who asks, together. */
class ConfiguredAccessTest {
  private static final SignedTokens issuer = new SignedTokens("");
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress("0.0.0.0", 8080);
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);

  @TempDir Path folder;

  private final AtomicLong now = new AtomicLong(NOW);
  private final AtomicLong nanos = new AtomicLong();
  private final String alice = StaticTokens.create();
  private final String screen = StaticTokens.create();
  private ConfiguredAccess access;

  @BeforeEach
  void configure() throws IOException {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            StaticTokens.line(alice, "role=user user=alice projects=p1")
                + "\n"
                + StaticTokens.line(screen, "role=viewer name=screen"));
    Path jwks = Files.writeString(folder.resolve("jwks.json"), issuer.jwks());
    Path groups =
        Files.writeString(
            folder.resolve("groups"), "# PIs\nuser=carol projects=p7,p8 role=manager\n");
    access = access(new AccessSettings(oidc(jwks), tokens, proxy(), groups, true), ANYWHERE);
  }

  private ConfiguredAccess access(AccessSettings settings, InetSocketAddress listen) {
    return new ConfiguredAccess(settings, listen, now::get, nanos::get);
  }

  private static AccessSettings.Oidc oidc(Path jwks) {
    return new AccessSettings.Oidc(
        SignedTokens.ISSUER,
        List.of(SignedTokens.AUDIENCE),
        jwks.toString(),
        List.of("ES256"),
        new AccessSettings.Claims("preferred_username", "", "", Map.of()));
  }

  private static AccessSettings.Proxy proxy() {
    return new AccessSettings.Proxy(
        Networks.of(List.of("10.1.0.0/16")),
        "X-Forwarded-User",
        "X-Groups",
        "X-Projects",
        Map.of("staff", Role.VIEWER, "root", Role.ADMIN));
  }

  /** A request from an address, with headers as {@code Name: value}. */
  private static Credentials from(String peer, String session, String... headers) {
    Map<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : headers) {
      String[] parts = header.split(": ?", 2);
      values.merge(
          parts[0],
          List.of(parts[1]),
          (before, more) ->
              java.util.stream.Stream.concat(before.stream(), more.stream()).toList());
    }
    return new Credentials(
        new InetSocketAddress(InetAddress.ofLiteral(peer), 40_000),
        new Credentials.Headers() {
          @Override
          public List<String> values(String name) {
            return values.getOrDefault(name, List.of());
          }

          @Override
          public Set<String> names() {
            return values.keySet();
          }
        },
        session);
  }

  private Viewer viewer(String peer, String session, String... headers) throws Access.Refusal {
    return access.viewer(from(peer, session, headers));
  }

  private void assertRefused(String reason, String peer, String session, String... headers) {
    assertThatThrownBy(() -> viewer(peer, session, headers))
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining(alice)
        .hasMessageNotContaining(screen);
  }

  @Test
  void eachKindOfCredentials_isTaken() throws Access.Refusal {
    assertThat(viewer("192.0.2.1", "", "Authorization: Bearer " + alice).name()).isEqualTo("alice");
    assertThat(viewer("192.0.2.1", "", "Authorization: bearer  " + screen).role())
        .isEqualTo(Role.VIEWER);
    String jwt = issuer.ec(claims().build());
    assertThat(viewer("192.0.2.1", "", "Authorization: Bearer " + jwt).name()).isEqualTo("alice");
    assertThat(
            viewer(
                "10.1.2.3", "", "X-Forwarded-User: bob", "X-Groups: x,staff", "X-Projects: p2, p1"))
        .hasToString("Viewer[name=bob, role=VIEWER, projects=[p1, p2]]");
    String session = access.open(jwt).id();
    assertThat(viewer("192.0.2.1", session).name()).isEqualTo("alice");
    assertThat(access.describe())
        .isEqualTo(
            "X-Forwarded-User from 10.1.0.0/16; tokens of %s; static tokens of %s"
                .formatted(SignedTokens.ISSUER, folder.resolve("tokens")));
  }

  @Test
  void groups_comeOnTop() throws Access.Refusal {
    assertThat(viewer("10.1.2.3", "", "X-Forwarded-User: carol", "X-Projects: p1"))
        .hasToString("Viewer[name=carol, role=MANAGER, projects=[p1, p7, p8]]");
    assertThat(viewer("10.1.2.3", "", "X-Forwarded-User: carol", "X-Groups: root").role())
        .isEqualTo(Role.ADMIN);
  }

  @Test
  void withoutCredentials_nobodyIsKnown() {
    assertRefused("a token is needed", "192.0.2.1", "");
    assertRefused("a token is needed", "10.1.2.3", "");
    assertRefused("session is over", "192.0.2.1", "x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Authorization: Bearer | not known",
        "Authorization: Bearer x | neither",
        "Authorization: Basic YWxpY2U6eA== | takes: Bearer",
        "Authorization: ALICE | takes: Bearer",
      })
  void anotherAuthorization_isRefused(String header, String reason) {
    assertRefused(reason.equals("not known") ? "" : reason, "192.0.2.1", "", header);
  }

  @Test
  void credentialsThatAreThereTwice_areRefused() {
    assertRefused(
        "more than once",
        "192.0.2.1",
        "",
        "Authorization: Bearer " + alice,
        "Authorization: Bearer " + alice);
    assertRefused(
        "more than once", "10.1.2.3", "", "X-Forwarded-User: bob", "X-Forwarded-User: alice");
    assertRefused("no single name", "10.1.2.3", "", "X-Forwarded-User: bob, alice");
    assertRefused("no single name", "10.1.2.3", "", "X-Forwarded-User: ");
    assertRefused(
        "more than once",
        "10.1.2.3",
        "",
        "X-Forwarded-User: bob",
        "X-Groups: staff",
        "X-Groups: root");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-User: alice",
        "x-forwarded-user: alice",
        "X-Groups: root",
        "X-Projects: p1"
      })
  void theHeader_fromAnyoneElse_isRefused_andNotLeftOut(String header) {
    for (String peer : List.of("192.0.2.1", "127.0.0.1", "10.2.0.1", "::1")) {
      assertRefused("trusted peers", peer, "", header);
      assertRefused("trusted peers", peer, "", header, "Authorization: Bearer " + alice);
      assertRefused("trusted peers", peer, "", header, "X-Forwarded-For: 10.1.2.3");
    }
  }

  @Test
  void rolesWithoutAUser_areRefused() {
    assertRefused("is missing", "10.1.2.3", "", "X-Groups: root");
  }

  @Test
  void credentialsOfTwo_areRefused() throws Access.Refusal {
    String session = access.open(screen).id();
    assertRefused("two who ask", "192.0.2.1", session, "Authorization: Bearer " + alice);
    assertRefused(
        "two who ask", "10.1.2.3", "", "X-Forwarded-User: bob", "Authorization: Bearer " + alice);
    assertRefused("two who ask", "10.1.2.3", session, "X-Forwarded-User: alice");
    assertRefused("not known", "192.0.2.1", session, "Authorization: Bearer joulestream_x");
    assertThat(viewer("192.0.2.1", session, "Authorization: Bearer " + screen).role())
        .isEqualTo(Role.VIEWER);
  }

  @Test
  void aSessionThatIsOver_isNotAtOddsWithAToken() throws Access.Refusal {
    assertThat(viewer("192.0.2.1", "gone", "Authorization: Bearer " + alice).name())
        .isEqualTo("alice");
  }

  @Test
  void aSession_endsWithItsJwt_andWhenItIsClosed() throws Access.Refusal {
    Sessions.Opened opened = access.open(issuer.ec(claims().build()));
    assertThat(opened.seconds()).isEqualTo(300);
    now.addAndGet(300_000);
    assertRefused("session is over", "192.0.2.1", opened.id());
    Sessions.Opened second = access.open(" " + alice + "\n");
    access.close(second.id());
    assertRefused("session is over", "192.0.2.1", second.id());
    assertThatThrownBy(() -> access.open("wrong")).isInstanceOf(Access.Refusal.class);
  }

  @Test
  void withTokensOfAnIssuerAlone_staticTokensAreNotKnown_andTheOtherWayRound() {
    ConfiguredAccess withoutOidc =
        access(new AccessSettings(null, folder.resolve("tokens"), null, null, false), ANYWHERE);
    assertThat(withoutOidc.sitesForAll()).isFalse();
    String jwt = issuer.ec(claims().build());
    assertThatThrownBy(
            () -> withoutOidc.viewer(from("127.0.0.1", "", "Authorization: Bearer " + jwt)))
        .isInstanceOf(Access.Refusal.class)
        .hasMessage("the token is not known");
    ConfiguredAccess withoutTokens =
        access(
            new AccessSettings(oidc(folder.resolve("jwks.json")), null, null, null, true),
            ANYWHERE);
    assertThatThrownBy(
            () -> withoutTokens.viewer(from("127.0.0.1", "", "Authorization: Bearer " + alice)))
        .isInstanceOf(Access.Refusal.class);
    assertThatThrownBy(() -> withoutTokens.viewer(from("127.0.0.1", "", "Host: localhost")))
        .isInstanceOf(Access.Refusal.class);
  }

  @Test
  void withNothingConfigured_thisMachineSeesAll_andChangesNothing() throws Access.Refusal {
    ConfiguredAccess open = access(new AccessSettings(null, null, null, null, true), LOOPBACK);
    for (String host : List.of("localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080")) {
      Viewer viewer = open.viewer(from("127.0.0.1", "", "Host: " + host));
      assertThat(viewer.role()).isEqualTo(Role.VIEWER);
      assertThat(viewer.name()).isEmpty();
    }
    assertThat(open.viewer(from("::1", "old", "Authorization: Bearer x")).role())
        .isEqualTo(Role.VIEWER);
    assertThat(open.describe()).isEqualTo("without a token, from this machine alone");
    assertThatThrownBy(() -> open.open(alice)).isInstanceOf(Access.Refusal.class);
  }

  /** A proxy on this machine brings others in; a name of others may resolve to loopback. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 192.0.2.1",
        "Forwarded: for=192.0.2.1",
        "X-Forwarded-Host: js.example.org",
        "X-Real-IP: 192.0.2.1",
        "X-Forwarded-User: alice",
        "X-Forwarded-Proto: https",
        "Via: 1.1 proxy",
        "x-forwarded-server: js",
        "X-Forwarded-Port: 443",
        "CF-Connecting-IP: 192.0.2.1",
        "Host: js.example.org",
        "Host: evil.example:8080",
        "Host: 127.0.0.1.evil.example:8080",
        "Host: localhost.evil.example",
        "Host: 192.0.2.1:8080",
        "Host: ",
      })
  void withNothingConfigured_whatCameThroughAProxy_isRefused(String header) {
    ConfiguredAccess open = access(new AccessSettings(null, null, null, null, true), LOOPBACK);
    assertThatThrownBy(() -> open.viewer(from("127.0.0.1", "", header)))
        .isInstanceOf(Access.Refusal.class);
  }

  @Test
  void withNothingConfigured_othersAreRefused_andSoIsAnAddressThatTheyReach() {
    ConfiguredAccess open = access(new AccessSettings(null, null, null, null, true), LOOPBACK);
    assertThatThrownBy(() -> open.viewer(from("192.0.2.1", "", "Host: localhost")))
        .isInstanceOf(Access.Refusal.class);
    for (InetSocketAddress listen :
        List.of(
            ANYWHERE,
            new InetSocketAddress("192.0.2.7", 1),
            InetSocketAddress.createUnresolved("example.invalid", 1))) {
      assertThatThrownBy(() -> access(new AccessSettings(null, null, null, folder, true), listen))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("--tokens");
    }
  }
}
