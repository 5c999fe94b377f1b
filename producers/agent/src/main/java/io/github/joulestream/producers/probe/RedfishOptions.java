// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to ask a node's baseboard management controller.
 *
 * @param address {@code https://HOST[:PORT]}
 * @param chassis the chassis' id, or empty for the system's own
 * @param credentials a file whose first line is {@code user:password}, or null for none
 * @param trustAnyCertificate true if whoever answers is believed to be the controller; most ship
 *     with a certificate that nobody signed
 * @param interval time between two questions
 */
public record RedfishOptions(
    URI address,
    String chassis,
    @Nullable Path credentials,
    boolean trustAnyCertificate,
    Duration interval) {

  /**
   * Readings up to ten seconds apart count as measured, and a controller may take a second or two.
   */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

  /**
   * @throws UserError if it is no address to ask, or the pace is too high
   */
  public RedfishOptions {
    if (!"https".equals(address.getScheme()) || address.getHost() == null) {
      throw UserError.usage(
          "Redfish address '%s' must be https://HOST or https://HOST:PORT"
              .formatted(ShownUrl.of(address)));
    }
    if (interval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new UserError("Redfish interval must be at least 100ms");
    }
  }
}
