// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.github.joulestream.runtime.EpochClock;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of an issuer: JWTs (RFC 7519), by the best practices of RFC 8725. What a token says of
 * itself decides nothing: its algorithm has to be among those that are allowed, and its key among
 * those of the issuer that are of that algorithm.
 */
final class OidcTokens {
  /** Clocks of the issuer and of this machine may differ by so much. */
  static final Duration LEEWAY = Duration.ofSeconds(60);

  static final int MOST_CHARACTERS = 16_384;
  private static final int MOST_KEYS = 20;
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

  private final AccessSettings.Oidc settings;
  private final SigningKeys keys;
  private final EpochClock clock;

  OidcTokens(AccessSettings.Oidc settings, SigningKeys keys, EpochClock clock) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Who the token is of.
   *
   * @throws Access.Refusal if it is not taken, with the first reason
   */
  Identity identity(String token) throws Access.Refusal {
    if (token.length() > MOST_CHARACTERS) {
      throw new Access.Refusal("the token is longer than 16 KiB");
    }
    SignedJWT jwt = parse(token);
    requireHeader(jwt.getHeader());
    requireSignature(jwt);
    JWTClaimsSet claims = claims(jwt);
    long expires = requireTimes(claims);
    if (!settings.issuer().equals(claims.getIssuer())) {
      throw new Access.Refusal("the token is of another issuer");
    }
    if (Collections.disjoint(claims.getAudience(), settings.audiences())) {
      throw new Access.Refusal("the token is for another audience");
    }
    return new Identity(viewer(claims), expires, () -> true);
  }

  private static SignedJWT parse(String token) throws Access.Refusal {
    try {
      return SignedJWT.parse(token);
    } catch (ParseException | RuntimeException e) {
      // of the library's words none: they repeat parts of the token
      throw new Access.Refusal("the token is neither a static token nor a signed JWT");
    }
  }

  private void requireHeader(JWSHeader header) throws Access.Refusal {
    if (!settings.algorithms().contains(header.getAlgorithm().getName())) {
      throw new Access.Refusal("the token is signed by an algorithm that is not taken");
    }
    Set<String> critical = header.getCriticalParams();
    if ((critical != null && !critical.isEmpty()) || header.getCustomParam("b64") != null) {
      throw new Access.Refusal("the token has critical parameters, which are not known");
    }
    if (header.getType() != null
        && !TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT))) {
      throw new Access.Refusal("the token is of a type that grants no access");
    }
  }

  private void requireSignature(SignedJWT jwt) throws Access.Refusal {
    List<JWK> candidates = matching(keys.current(), jwt.getHeader());
    if (candidates.isEmpty()) {
      candidates = matching(keys.readAgain(), jwt.getHeader());
    }
    if (candidates.isEmpty()) {
      throw new Access.Refusal("the token is signed by a key that is not the issuer's");
    }
    for (JWK key : candidates) {
      try {
        if (Signatures.verify(jwt, key)) {
          return;
        }
      } catch (JOSEException | RuntimeException e) {
        throw new Access.Refusal("the signature of the token cannot be verified");
      }
    }
    throw new Access.Refusal("the signature of the token is wrong");
  }

  private static List<JWK> matching(List<JWK> keys, JWSHeader header) {
    JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
    return matcher == null
        ? List.of()
        : keys.stream().filter(matcher::matches).limit(MOST_KEYS).toList();
  }

  private static JWTClaimsSet claims(SignedJWT jwt) throws Access.Refusal {
    try {
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      if (claims != null) {
        return claims;
      }
    } catch (ParseException | RuntimeException e) {
      throw new Access.Refusal("the token holds no claims that can be read");
    }
    throw new Access.Refusal("the token holds no claims");
  }

  /** When it expires, Unix epoch, ms. */
  private long requireTimes(JWTClaimsSet claims) throws Access.Refusal {
    long now = clock.epochMillis();
    Date expires = claims.getExpirationTime();
    if (expires == null) {
      throw new Access.Refusal("the token does not expire; one that does is needed");
    }
    long until = expires.toInstant().toEpochMilli();
    if (until <= now - LEEWAY.toMillis()) {
      throw new Access.Refusal("the token has expired");
    }
    if (isAhead(claims.getNotBeforeTime(), now) || isAhead(claims.getIssueTime(), now)) {
      throw new Access.Refusal("the token is not valid yet; is the clock of this machine right?");
    }
    return until;
  }

  private static boolean isAhead(@Nullable Date time, long now) {
    return time != null && time.toInstant().toEpochMilli() > now + LEEWAY.toMillis();
  }

  private Viewer viewer(JWTClaimsSet claims) throws Access.Refusal {
    AccessSettings.Claims names = settings.claims();
    List<String> user = NestedClaims.values(claims.getClaims(), names.user());
    if (user.size() != 1 || user.getFirst().isBlank()) {
      throw new Access.Refusal("the token names no user in its claim " + names.user());
    }
    return new Viewer(
        user.getFirst(),
        names.role(NestedClaims.values(claims.getClaims(), names.roles())),
        new TreeSet<>(NestedClaims.values(claims.getClaims(), names.projects())));
  }
}
