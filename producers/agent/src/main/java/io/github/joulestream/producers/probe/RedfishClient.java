// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.joulestream.producers.input.Json;
import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.UserError;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Requests resources of a controller, and of no other host: it receives the password. A redirect is
 * followed only if it leads to the same resource with or without a slash at its end; that is how
 * some controllers answer (iLO 4). An answer is read up to a limit of size and time.
 */
final class RedfishClient implements AutoCloseable {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_CREDENTIALS = 64 << 10;
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), MAX_BYTES);

  /** Characters of a link; a controller's have a hundred. */
  static final int MAX_LINK = 1_000;

  private final URI base;
  private final HttpEndpoint endpoint;

  /** It does not have such a resource. */
  static final class NotThere extends IOException {
    private static final long serialVersionUID = 1;

    NotThere(String message) {
      super(message);
    }
  }

  /**
   * @throws Probe.ProbeUnavailable if there are credentials and they cannot be read
   */
  RedfishClient(RedfishOptions options) throws Probe.ProbeUnavailable {
    base = options.address();
    endpoint =
        new HttpEndpoint(
            base,
            LIMITS,
            authorization(options.credentials()),
            options.trustAnyCertificate() ? trustAnyCertificate() : null);
  }

  private static @Nullable String authorization(@Nullable Path file) throws Probe.ProbeUnavailable {
    if (file == null) {
      return null;
    }
    try {
      String line =
          SecretFile.text(file, "--redfish-credentials", MAX_CREDENTIALS)
              .lines()
              .findFirst()
              .orElse("");
      line = line.strip();
      if (line.indexOf(':') < 1) {
        throw new Probe.ProbeUnavailable(
            "the first line of %s is not user:password".formatted(file));
      }
      return HttpEndpoint.basic(line);
    } catch (UserError e) {
      throw new Probe.ProbeUnavailable(String.valueOf(e.getMessage()));
    }
  }

  private static SSLContext trustAnyCertificate() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAnyCertificate()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /**
   * A resource.
   *
   * @param path as the controller names it in its links
   * @throws NotThere if it does not have it
   * @throws IOException if it does not answer, or with something else
   */
  JsonNode get(String path) throws IOException {
    HttpResponse<byte[]> response = send(path);
    if (response.statusCode() / 100 == 3) {
      response = send(redirected(path, response));
    }
    int status = response.statusCode();
    return switch (status) {
      case 200 -> Json.tree(response.body(), MAX_BYTES);
      case 401, 403 ->
          throw new IOException("it refuses this user (%d for %s)".formatted(status, path));
      case 404, 405, 410, 501 -> throw new NotThere("it has no " + path);
      default -> throw new IOException("it answers %d to %s".formatted(status, path));
    };
  }

  /** The path that a redirect leads to, which may differ by a slash at its end only. */
  private String redirected(String path, HttpResponse<byte[]> response) throws IOException {
    String location = response.headers().firstValue("Location").orElse("");
    try {
      URI asked = address(path);
      URI to = asked.resolve(new URI(location));
      if (Objects.equals(to.getScheme(), asked.getScheme())
          && Objects.equals(to.getRawAuthority(), asked.getRawAuthority())
          && Objects.equals(to.getRawQuery(), asked.getRawQuery())
          && !to.getPath().equals(asked.getPath())
          && withoutSlash(to.getPath()).equals(withoutSlash(asked.getPath()))) {
        return to.getPath();
      }
    } catch (URISyntaxException _) {
      // reported below
    }
    throw new IOException(
        "it answers %d to %s, and leads to '%s', which is not followed"
            .formatted(response.statusCode(), path, Names.words(location)));
  }

  /** A path without the slashes at its end. */
  static String withoutSlash(String path) {
    int end = path.length();
    while (end > 1 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end);
  }

  /** The address of a link, on this controller whatever host the link names. */
  private URI address(String link) throws IOException {
    int fragment = link.indexOf('#');
    String path = fragment < 0 ? link : link.substring(0, fragment);
    try {
      if (path.length() <= MAX_LINK
          && (path.startsWith("/redfish/") || path.startsWith("/rest/v1/"))) {
        return new URI(base.getScheme(), base.getAuthority(), path, null, null);
      }
    } catch (URISyntaxException _) {
      // reported below
    }
    throw new IOException("it names a resource '%s'".formatted(Names.words(path)));
  }

  private HttpResponse<byte[]> send(String path) throws IOException {
    return endpoint.sendForBytes(
        endpoint
            .requestTo(address(path))
            .header("Accept", "application/json")
            .header("OData-Version", "4.0")
            .build());
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /** Trusts any certificate, for any name: only with the option for it. */
  private static final class TrustAnyCertificate extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
