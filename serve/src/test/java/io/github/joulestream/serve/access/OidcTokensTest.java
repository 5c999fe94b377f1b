// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import static io.github.joulestream.serve.access.SignedTokens.AUDIENCE;
import static io.github.joulestream.serve.access.SignedTokens.ISSUER;
import static io.github.joulestream.serve.access.SignedTokens.NOW;
import static io.github.joulestream.serve.access.SignedTokens.claims;
import static io.github.joulestream.serve.access.SignedTokens.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OidcTokensTest {
  private static final SignedTokens issuer = new SignedTokens("");
  private static final SignedTokens others = new SignedTokens("");

  private final List<String> asked = new ArrayList<>();

  private final SigningKeys keys =
      new SigningKeys() {
        @Override
        public List<JWK> current() {
          return parsed(issuer.jwks());
        }

        @Override
        public List<JWK> readAgain() {
          asked.add("again");
          return current();
        }
      };

  private static List<JWK> parsed(String jwks) {
    try {
      return SigningKeys.parse(jwks);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private OidcTokens tokens(List<String> algorithms) {
    return new OidcTokens(
        new AccessSettings.Oidc(
            ISSUER,
            List.of("other", AUDIENCE),
            null,
            algorithms,
            new AccessSettings.Claims(
                "preferred_username",
                "realm_access.roles",
                "https://example.org/projects",
                Map.of("hpc-staff", Role.VIEWER, "pi", Role.MANAGER))),
        keys,
        () -> NOW);
  }

  private Viewer viewer(String token) throws Access.Refusal {
    return tokens(AccessSettings.ALGORITHMS).identity(token).viewer();
  }

  @Test
  void aTokenOfEachAlgorithm_isTaken() throws Access.Refusal {
    List<String> taken = new ArrayList<>();
    for (JWSAlgorithm algorithm :
        List.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512)) {
      taken.add(viewer(issuer.rsa(algorithm, claims().build())).name());
    }
    taken.add(viewer(issuer.ec(claims().build())).name());
    taken.add(viewer(issuer.ed(claims().build())).name());
    assertThat(taken).hasSize(8).containsOnly("alice");
    assertThat(asked).isEmpty();
  }

  @Test
  void claims_becomeRoleAndProjects() throws Access.Refusal {
    JWTClaimsSet claims =
        claims()
            .claim("realm_access", Map.of("roles", List.of("offline", "pi", "hpc-staff")))
            .claim("https://example.org/projects", List.of("p2", "p1", 7, " "))
            .build();
    Viewer alice = viewer(issuer.rsa(JWSAlgorithm.RS256, claims));
    assertThat(alice).hasToString("Viewer[name=alice, role=VIEWER, projects=[p1, p2]]");
    Viewer nobody = viewer(issuer.rsa(JWSAlgorithm.RS256, claims().build()));
    assertThat(nobody.role()).isEqualTo(Role.USER);
    assertThat(nobody.projects()).isEmpty();
  }

  @Test
  void aTokenHolds_untilItExpires() throws Access.Refusal {
    Identity identity =
        tokens(List.of("RS256")).identity(issuer.rsa(JWSAlgorithm.RS256, claims().build()));
    assertThat(identity.untilEpochMillis()).isEqualTo(NOW + 300_000);
    assertThat(identity.holds().getAsBoolean()).isTrue();
  }

  @Test
  void clocks_mayDifferByAMinute() throws Access.Refusal {
    JWTClaimsSet early =
        claims()
            .notBeforeTime(Date.from(Instant.ofEpochMilli(NOW + 60_000)))
            .issueTime(Date.from(Instant.ofEpochMilli(NOW + 60_000)))
            .build();
    assertThat(viewer(issuer.ec(early)).name()).isEqualTo("alice");
    JWTClaimsSet late =
        claims().expirationTime(Date.from(Instant.ofEpochMilli(NOW - 59_000))).build();
    assertThat(viewer(issuer.ec(late)).name()).isEqualTo("alice");
  }

  static Stream<Arguments> refused() throws Exception {
    JWTClaimsSet good = claims().build();
    String ok = issuer.rsa(JWSAlgorithm.RS256, good);
    String[] parts = ok.split("\\.");
    String kid = "\"kid\":\"rsa\"";
    JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa");
    return Stream.of(
        Arguments.of("", "neither"),
        Arguments.of("..", "neither"),
        Arguments.of("a.b.c", "neither"),
        Arguments.of("a.b.c.d.e", "neither"),
        Arguments.of(parts[0] + "." + parts[1] + ".", "neither"),
        Arguments.of(parts[0] + "." + parts[1], "neither"),
        Arguments.of(raw("{\"alg\":\"none\"}", good.toString(), new byte[0]), "neither"),
        Arguments.of(
            raw("{\"alg\":\"None\"," + kid + "}", good.toString(), new byte[1]), "not taken"),
        Arguments.of(
            raw("{\"alg\":\"RS256\"," + kid + "}", good.toString(), new byte[256]), "wrong"),
        Arguments.of(hmac(kid, good, issuer.rsa.toRSAPublicKey().getEncoded()), "not taken"),
        Arguments.of(
            hmac(kid, good, issuer.rsa.toPublicJWK().toString().getBytes(UTF_8)), "not taken"),
        Arguments.of(hmac(kid, good, new byte[1]), "not taken"),
        Arguments.of(others.rsa(JWSAlgorithm.RS256, good), "wrong"),
        Arguments.of(others.ec(good), "wrong"),
        Arguments.of(others.ed(good), "wrong"),
        Arguments.of(
            issuer.rsa(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("x").build(), good),
            "not the issuer's"),
        // the key of another kind under its name
        Arguments.of(
            issuer.rsa(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("ec").build(), good),
            "not the issuer's"),
        // a key that the token brings along
        Arguments.of(others.rsa(header.jwk(others.rsa.toPublicJWK()).build(), good), "wrong"),
        Arguments.of(
            raw(
                "{\"alg\":\"RS256\"," + kid + ",\"crit\":[\"exp\"],\"exp\":1}",
                good.toString(),
                new byte[256]),
            "critical"),
        Arguments.of(
            raw("{\"alg\":\"RS256\"," + kid + ",\"b64\":false}", good.toString(), new byte[256]),
            ""),
        Arguments.of(
            issuer.rsa(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID("rsa")
                    .type(new JOSEObjectType("logout+jwt"))
                    .build(),
                good),
            "type"),
        Arguments.of(issuer.ec(claims().issuer("https://evil.example").build()), "issuer"),
        Arguments.of(issuer.ec(claims().issuer(ISSUER + "/").build()), "issuer"),
        Arguments.of(issuer.ec(claims().issuer(null).build()), "issuer"),
        Arguments.of(issuer.ec(claims().audience("account").build()), "audience"),
        Arguments.of(issuer.ec(claims().audience((String) null).build()), "audience"),
        Arguments.of(issuer.ec(claims().expirationTime(null).build()), "does not expire"),
        Arguments.of(
            issuer.ec(
                claims().expirationTime(Date.from(Instant.ofEpochMilli(NOW - 61_000))).build()),
            "has expired"),
        Arguments.of(
            issuer.ec(
                claims().expirationTime(Date.from(Instant.ofEpochMilli(NOW - 60_000))).build()),
            "has expired"),
        Arguments.of(
            issuer.ec(
                claims().notBeforeTime(Date.from(Instant.ofEpochMilli(NOW + 62_000))).build()),
            "not valid yet"),
        Arguments.of(
            issuer.ec(claims().issueTime(Date.from(Instant.ofEpochMilli(NOW + 62_000))).build()),
            "not valid yet"),
        Arguments.of(issuer.ec(claims().claim("preferred_username", null).build()), "no user"),
        Arguments.of(issuer.ec(claims().claim("preferred_username", " ").build()), "no user"),
        Arguments.of(issuer.ec(claims().claim("preferred_username", 7).build()), "no user"),
        Arguments.of(
            issuer.ec(claims().claim("preferred_username", List.of("alice", "bob")).build()),
            "no user"),
        Arguments.of(issuer.ec(claims().claim("x", "y".repeat(20_000)).build()), "16 KiB"),
        Arguments.of(raw("{\"alg\":\"RS256\"," + kid + "}", "[".repeat(9_000), new byte[256]), ""));
  }

  private static String hmac(String kid, JWTClaimsSet claims, byte[] secret)
      throws GeneralSecurityException {
    String unsigned = raw("{\"alg\":\"HS256\"," + kid + "}", claims.toString(), new byte[0]);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    byte[] signature = mac.doFinal(unsigned.substring(0, unsigned.length() - 1).getBytes(UTF_8));
    return raw("{\"alg\":\"HS256\"," + kid + "}", claims.toString(), signature);
  }

  @ParameterizedTest
  @MethodSource
  void refused(String token, String reason) {
    assertThatThrownBy(() -> viewer(token))
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("eyJ");
  }

  @Test
  void anAlgorithmThatIsNotConfigured_isRefused() {
    String token = issuer.rsa(JWSAlgorithm.RS256, claims().build());
    assertThatThrownBy(() -> tokens(List.of("ES256", "PS256")).identity(token))
        .isInstanceOf(Access.Refusal.class)
        .hasMessageContaining("not taken");
  }

  @Test
  void anUnknownKey_isAskedForOnce() {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("new").build();
    assertThatThrownBy(() -> viewer(issuer.rsa(header, claims().build())))
        .isInstanceOf(Access.Refusal.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aTokenWithoutKeyId_isVerifiedByTheKeysOfItsAlgorithm() throws Access.Refusal {
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.PS256).type(JOSEObjectType.JWT).build();
    assertThat(viewer(issuer.rsa(header, claims().build())).name()).isEqualTo("alice");
  }

  @Test
  void ofASetOfKeys_secretsAndWeakKeys_areLeftOut() throws IOException {
    String weak =
        "{\"kty\":\"RSA\",\"kid\":\"weak\",\"n\":\"%s\",\"e\":\"AQAB\"}".formatted("x".repeat(171));
    String secret = "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"AAAA\"}";
    String enc = issuer.rsa.toPublicJWK().toString().replace("}", ",\"use\":\"enc\"}");
    String set = "{\"keys\":[%s,%s,%s,%s]}".formatted(weak, secret, enc, issuer.ec);
    List<JWK> keys = SigningKeys.parse(set);
    assertThat(keys).extracting(JWK::getKeyID).containsExactly("ec");
    assertThat(keys).noneMatch(JWK::isPrivate);
    for (String nothing : Set.of("", "{}", "[]", "{\"keys\":[" + secret + "]}", "<html>")) {
      assertThatThrownBy(() -> SigningKeys.parse(nothing)).isInstanceOf(IOException.class);
    }
  }
}
