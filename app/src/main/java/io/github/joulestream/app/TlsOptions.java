// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.tls.ClientAuthorities;
import io.github.joulestream.runtime.tls.ServerCertificate;
import io.github.joulestream.serve.http.HttpSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** With which certificate https is served, and to whom. */
final class TlsOptions {
  @Option(
      names = "--tls-certificate",
      paramLabel = "FILE",
      description =
          "Serve https with this certificate and its chain, PEM; read again when it changes.")
  @Nullable Path certificate;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its key: PKCS #8, PEM, not encrypted.")
  @Nullable Path key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description =
          "Take connections from clients alone whose certificate these authorities signed, PEM;"
              + " who asks is still known as docs/access.md has it.")
  @Nullable Path clientAuthorities;

  /**
   * What they ask for; null: http.
   *
   * @throws UserError if one of them lacks another, or a file cannot be used
   */
  HttpSettings.@Nullable Tls settings() {
    Path chain = certificate;
    Path secret = key;
    Path authorities = clientAuthorities;
    if (chain != null && secret != null) {
      return new HttpSettings.Tls(
          ServerCertificate.read(chain, secret),
          authorities == null ? null : ClientAuthorities.read(authorities));
    }
    if (chain != null || secret != null || authorities != null) {
      throw UserError.usage(
          "--tls-certificate and --tls-key take each other, and --tls-client-ca both");
    }
    return null;
  }
}
