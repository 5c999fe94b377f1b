// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.influx;

import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.ShownUrl;
import java.net.URI;
import java.util.Optional;

/**
 * Address of an InfluxDB, and the credentials for it.
 *
 * @param token of 2.x and 3.x; {@code user:password} of 1.x; {@code none} where none is needed
 * @param org organisation of 2.x
 */
public record InfluxAddress(URI url, String token, String org) {
  /** Value for "no token". */
  public static final String NO_TOKEN = "none";

  private boolean open() {
    return token.isBlank() || token.equals(NO_TOKEN);
  }

  /** Of 1.x, the header {@code Authorization}. */
  Optional<String> basic() {
    return open() ? Optional.empty() : Optional.of(HttpEndpoint.basic(token));
  }

  /** What 2.x and 3.x want as {@code Authorization}. */
  Optional<String> token(String scheme) {
    return open() ? Optional.empty() : Optional.of(scheme + " " + token);
  }

  /** Without the token and a password, which must not reach a log. */
  @Override
  public String toString() {
    return ShownUrl.of(url);
  }
}
