// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.query;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the API is, and who asks. A token is never on the command line, which all can read. */
final class ApiOptions {
  private static final String TOKEN = "JOULESTREAM_API_TOKEN";
  private static final int MOST_BYTES = 64 << 10;

  @Option(
      names = "--api",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Where joulestream serve is (default: ${DEFAULT-VALUE}).")
  URI api = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--api-ca",
      paramLabel = "FILE",
      description =
          "Trust the certificate authorities in this file, PEM, instead of those of the JDK.")
  @Nullable Path authorities;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the token that says who you are, or else JOULESTREAM_API_TOKEN has it.")
  @Nullable Path tokenFile;

  /**
   * The API, as who has the token.
   *
   * @param environment environment variables by name
   * @throws UserError if the URL is none, or a file cannot be used
   */
  ApiClient client(Map<String, String> environment) {
    boolean http = "http".equals(api.getScheme()) || "https".equals(api.getScheme());
    if (!http || api.getHost() == null) {
      throw UserError.usage(
          "--api takes a URL such as https://host:8080, not '%s'".formatted(ShownUrl.of(api)));
    }
    if (api.getUserInfo() != null) {
      throw UserError.usage("--api takes no user and no password: --token-file has the token");
    }
    Path file = tokenFile;
    Path trusted = authorities;
    return new ApiClient(
        api,
        file == null ? environment.getOrDefault(TOKEN, "").strip() : read(file),
        trusted == null ? null : TrustedAuthorities.context(trusted));
  }

  private static String read(Path file) {
    String token = SecretFile.text(file, "--token-file", MOST_BYTES).strip();
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      // not repeated: it may be a secret of another kind
      throw UserError.usage("%s holds no token, or more than one".formatted(file));
    }
    return token;
  }
}
