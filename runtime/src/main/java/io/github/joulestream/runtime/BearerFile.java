// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bearer token (RFC 6750) in a file, which is read for each request: one that is exchanged counts
 * at once. Safe for many threads.
 */
final class BearerFile {
  private static final Logger log = LoggerFactory.getLogger(BearerFile.class);
  private static final String SCHEME = "bearer ";
  private static final int MAX_BYTES = 4 << 10;

  private final Path file;
  private final DistinctErrors errors = new DistinctErrors(log::error);

  /**
   * A token that is in the file now.
   *
   * @throws UserError if none is
   */
  BearerFile(Path file) {
    this.file = file;
    read();
  }

  /** True if this is the value of a single header {@code Authorization} with the token. */
  boolean isSentIn(@Nullable List<String> authorizations) {
    if (authorizations == null || authorizations.size() != 1) {
      return false;
    }
    String sent = authorizations.getFirst();
    if (!sent.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    try {
      // in a time that does not show how much of it is right
      return MessageDigest.isEqual(
          read().getBytes(ISO_8859_1),
          sent.substring(SCHEME.length()).strip().getBytes(ISO_8859_1));
    } catch (UserError e) {
      errors.warn("token", "nobody gets /metrics: " + e.getMessage());
      return false;
    }
  }

  private String read() {
    String token = SecretFile.text(file, "--metrics-token-file", MAX_BYTES).strip();
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      // not repeated: it may be a secret of another kind
      throw UserError.usage("%s has to hold one token, of visible ASCII".formatted(file));
    }
    return token;
  }
}
