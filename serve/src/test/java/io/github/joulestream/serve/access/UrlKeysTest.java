// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.sun.net.httpserver.HttpServer;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of an issuer, from a real HTTP server. */
class UrlKeysTest {
  private static final SignedTokens before = new SignedTokens("-1");
  private static final SignedTokens after = new SignedTokens("-2");

  @TempDir Path folder;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong(7);
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = before.jwks();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          requests.add(path);
          byte[] bytes = (path.contains("configuration") ? configuration() : body).getBytes(UTF_8);
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private volatile String named = "";

  private String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  private String configuration() {
    return "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\"}".formatted(named, url("/keys"));
  }

  private UrlKeys keys() {
    return new UrlKeys(() -> URI.create(url("/keys")), nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static List<String> ids(List<JWK> keys) {
    return keys.stream().map(JWK::getKeyID).toList();
  }

  @Test
  void keysAreRead_whenTheyAreNeeded_andAgainWhenTheyAreOld() throws Access.Refusal {
    UrlKeys keys = keys();
    assertThat(requests).isEmpty();
    assertThat(ids(keys.current())).containsExactly("rsa-1", "ec-1", "ed-1");
    body = after.jwks();
    pass(UrlKeys.FRESH);
    assertThat(ids(keys.current())).contains("rsa-1");
    assertThat(requests).hasSize(1);
    pass(Duration.ofSeconds(1));
    assertThat(ids(keys.current())).contains("rsa-2");
    assertThat(requests).hasSize(2);
  }

  /** Whoever sends tokens with invented keys does not make us ask the issuer each time. */
  @Test
  void anUnknownKey_isAskedFor_onceIn30Seconds() throws Access.Refusal {
    UrlKeys keys = keys();
    keys.current();
    body = after.jwks();
    for (int i = 0; i < 20; i++) {
      assertThat(ids(keys.readAgain())).contains("rsa-1");
    }
    assertThat(requests).hasSize(1);
    pass(UrlKeys.PAUSE);
    assertThat(ids(keys.readAgain())).contains("rsa-2");
    keys.readAgain();
    assertThat(requests).hasSize(2);
  }

  @Test
  void whileTheIssuerIsAway_theLastKeysHold_forADay() throws Access.Refusal {
    UrlKeys keys = keys();
    keys.current();
    status = 503;
    pass(Duration.ofHours(23));
    assertThat(ids(keys.current())).contains("rsa-1");
    status = 200;
    body = "<html>maintenance</html>";
    pass(Duration.ofMinutes(59));
    assertThat(ids(keys.current())).contains("rsa-1");
    pass(Duration.ofMinutes(2));
    assertThatThrownBy(keys::current)
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining("cannot be read now");
    body = after.jwks();
    pass(UrlKeys.PAUSE);
    assertThat(ids(keys.current())).contains("rsa-2");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 404, 500})
  void anAnswerOtherThan200_isNoSetOfKeys_andNotFollowed(int answered) throws Access.Refusal {
    status = answered;
    UrlKeys keys = keys();
    assertThatThrownBy(keys::current).isInstanceOf(Access.Refusal.class);
    assertThat(requests).containsExactly("/keys");
    status = 200;
    assertThatThrownBy(keys::current).isInstanceOf(Access.Refusal.class);
    pass(UrlKeys.FIRST_PAUSE);
    assertThat(ids(keys.current())).contains("rsa-1");
  }

  @Test
  void anAnswerThatIsTooLarge_isNotRead() {
    body = before.jwks() + " ".repeat(2 << 20);
    assertThatThrownBy(keys()::current).isInstanceOf(Access.Refusal.class);
  }

  private static AccessSettings.Oidc settings(String issuer, @Nullable String jwks) {
    return new AccessSettings.Oidc(
        issuer,
        List.of("a"),
        jwks,
        List.of("RS256"),
        new AccessSettings.Claims("sub", "", "", Map.of()));
  }

  @Test
  void withoutAPlaceOfKeys_theIssuerSaysIt() throws Access.Refusal {
    String issuer = url("/realms/hpc");
    named = issuer;
    SigningKeys keys = Issuer.keys(settings(issuer, null), nanos::get);
    assertThat(ids(keys.current())).contains("rsa-1");
    assertThat(requests).containsExactly("/realms/hpc/.well-known/openid-configuration", "/keys");
    named = "https://evil.example";
    SigningKeys others = Issuer.keys(settings(issuer, null), nanos::get);
    assertThatThrownBy(others::current).isInstanceOf(Access.Refusal.class);
    assertThat(requests).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://login.example.org/keys",
        "http://127.0.0.1.example.org/keys",
        "ftp://127.0.0.1/keys",
        "file:///etc/keys",
        "https://user:password@login.example.org/keys",
        "https:///keys",
        "https://login example/keys",
      })
  void keysOfAnUnsafePlace_areRefused(String place) {
    assertThatThrownBy(() -> Issuer.keys(settings("i", place), nanos::get))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--oidc-jwks");
  }

  @Test
  void keysOfAFile_areReadAgainWhenItChanges_andTheLastHoldIfItIsBroken() throws Exception {
    Path file = Files.writeString(folder.resolve("jwks.json"), before.jwks());
    SigningKeys keys = Issuer.keys(settings("i", file.toString()), nanos::get);
    assertThat(ids(keys.current())).contains("rsa-1");
    Files.writeString(file, "{\"keys\":[]}");
    pass(Duration.ofSeconds(1));
    assertThat(ids(keys.readAgain())).contains("rsa-1");
    Files.writeString(file, after.jwks() + " ");
    pass(Duration.ofSeconds(1));
    assertThat(ids(keys.current())).contains("rsa-2");
    Files.writeString(file, "{\"keys\":[]}");
    assertThatThrownBy(() -> Issuer.keys(settings("i", file.toString()), nanos::get))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no key of it");
  }
}
