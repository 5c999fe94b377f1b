// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests by Standard Webhooks 1.0: HMAC-SHA256 over the message's id, the time and the
 * body, so that a receiver can verify the sender and the content, and refuse an old request that
 * was recorded and sent again.
 *
 * @see <a href="https://www.standardwebhooks.com">Standard Webhooks</a>
 */
public final class Signature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  // the minimum of that specification
  private static final int MIN_BYTES = 24;
  private static final int MOST_FILE_BYTES = 64 << 10;

  private final SecretKeySpec key;

  Signature(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
  }

  /**
   * The secret in a file: {@code whsec_} and Base64, or any text, of which blanks at both ends do
   * not count.
   *
   * @throws UserError if it cannot be read or is too short to be one
   */
  public static Signature read(Path file) {
    String text = SecretFile.text(file, "the webhook's secret", MOST_FILE_BYTES).strip();
    byte[] secret;
    try {
      secret =
          text.startsWith(PREFIX)
              ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
              : text.getBytes(UTF_8);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "what follows %s in %s is not Base64; make a secret with: openssl rand -base64 32"
              .formatted(PREFIX, file),
          e);
    }
    if (secret.length < MIN_BYTES) {
      throw new UserError(
          "the webhook's secret in %s has %d bytes, it takes at least %d; make one with: openssl rand -base64 32"
              .formatted(file, secret.length, MIN_BYTES));
    }
    return new Signature(secret);
  }

  /** The headers of a message. */
  Map<String, String> headers(String id, long epochSeconds, byte[] body) {
    return Map.of(
        "webhook-id",
        id,
        "webhook-timestamp",
        Long.toString(epochSeconds),
        "webhook-signature",
        "v1," + sign(id, epochSeconds, body));
  }

  private String sign(String id, long epochSeconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update("%s.%d.".formatted(id, epochSeconds).getBytes(UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
