// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Where an issuer has its keys. */
final class Issuer {
  private static final String CONFIGURATION = "/.well-known/openid-configuration";

  private Issuer() {}

  /**
   * Keys of an issuer.
   *
   * @throws UserError if they are named by what is neither a safe URL nor a file of keys
   */
  static SigningKeys keys(AccessSettings.Oidc settings, NanoClock clock) {
    String named = settings.keys();
    if (named != null && !named.contains("://")) {
      return new FileKeys(Path.of(named), clock);
    }
    URI url = named == null ? configuration(settings.issuer()) : safe("--oidc-jwks", named);
    return new UrlKeys(() -> named == null ? found(url, settings.issuer()) : url, clock);
  }

  private static URI configuration(String issuer) {
    safe("--oidc-issuer without --oidc-jwks", issuer);
    return URI.create(issuer.replaceFirst("/+$", "") + CONFIGURATION);
  }

  private static URI safe(String option, String text) {
    try {
      return AccessSettings.requireSafe(URI.create(text));
    } catch (IllegalArgumentException e) {
      throw UserError.usage("%s: '%s': %s".formatted(option, text, e.getMessage()), e);
    }
  }

  /** Where it says its keys are (OpenID Connect Discovery 1.0, section 4). */
  private static URI found(URI configuration, String issuer) throws IOException {
    JsonNode json = new JsonMapper().readTree(UrlKeys.read(configuration));
    if (!issuer.equals(json.path("issuer").asText())) {
      throw new IOException(configuration + " is of another issuer than --oidc-issuer");
    }
    try {
      return AccessSettings.requireSafe(URI.create(json.path("jwks_uri").asText()));
    } catch (IllegalArgumentException e) {
      throw new IOException(configuration + " has no jwks_uri that is safe", e);
    }
  }
}
