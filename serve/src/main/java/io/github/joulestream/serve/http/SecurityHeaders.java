// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Headers of every answer, errors too. The page loads nothing from elsewhere and runs no script
 * that is not a file of its own. Answers of the API run none at all; reports have their style
 * within them.
 */
final class SecurityHeaders {
  private static final String PAGE =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
          + " 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";
  private static final String API =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri"
          + " 'none'; form-action 'none'; frame-ancestors 'none'";

  private SecurityHeaders() {}

  /**
   * Adds them.
   *
   * @param path of the request
   */
  static void put(HttpFields.Mutable headers, String path, boolean tls) {
    headers.put("Content-Security-Policy", path.startsWith("/api/") ? API : PAGE);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("X-Frame-Options", "DENY");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    if (tls) {
      headers.put(HttpHeader.STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
  }
}
