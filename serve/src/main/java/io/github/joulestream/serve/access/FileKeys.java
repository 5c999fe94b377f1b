// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.nimbusds.jose.jwk.JWK;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** Keys of an issuer out of a file, which is read again when it changes. */
final class FileKeys implements SigningKeys {
  private final WatchedFile<List<JWK>> file;

  /**
   * Reads the file.
   *
   * @throws UserError if it has no set of keys
   */
  FileKeys(Path path, NanoClock clock) {
    this.file =
        new WatchedFile<>(
            path, (text, _) -> SigningKeys.parse(text), UnaryOperator.identity(), clock);
  }

  @Override
  public List<JWK> current() {
    return file.current();
  }

  @Override
  public List<JWK> readAgain() {
    return file.current();
  }
}
