// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.Metrics;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The document of the API, and the state of the service. */
public final class ServiceRoutes {
  private static final String DOCUMENT = "openapi.yaml";
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Metrics metrics;
  private final Supplier<Health> health;
  private volatile byte[] json = new byte[0];

  public ServiceRoutes(Metrics metrics, Supplier<Health> health) {
    this.metrics = metrics;
    this.health = health;
  }

  /**
   * Its routes. Whether it is healthy is open to everybody, and nothing more than that; metrics are
   * for those who see the state of the pipeline.
   */
  public List<Route> routes() {
    return List.of(
        open("/api/openapi.yaml", request -> bytes("application/yaml", document())),
        open("/api/openapi.json", request -> bytes("application/json", json())),
        open("/health", request -> state(health.get().ok(), health.get())),
        open("/ready", request -> state(health.get().ready(), health.get())),
        Route.get(
            "/metrics",
            Set.of(),
            request -> {
              if (!request.visibility().pipeline()) {
                throw Problem.of(403, "Forbidden", "metrics are for admins");
              }
              return bytes(PROMETHEUS, metrics.text().getBytes(UTF_8));
            }));
  }

  private static Route open(String path, Endpoint endpoint) {
    return new Route("GET", path, Set.of(), true, endpoint);
  }

  private static Answer bytes(String type, byte[] bytes) {
    return Answer.of(new Answer.Bytes(type, bytes, ""));
  }

  private static Answer state(boolean good, Health health) {
    // everybody may read it: what follows a colon can name hosts
    String why = health.words().replaceFirst("(?s):.*", "");
    byte[] words = (good ? "ok\n" : "not now: " + why + "\n").getBytes(UTF_8);
    return new Answer(good ? 200 : 503, new Answer.Bytes(PLAIN, words, ""), null, null, null);
  }

  /** The document as it is written. */
  static byte[] document() {
    try (InputStream in = ServiceRoutes.class.getResourceAsStream(DOCUMENT)) {
      return Objects.requireNonNull(in, DOCUMENT).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + DOCUMENT, e);
    }
  }

  private byte[] json() {
    byte[] made = json;
    if (made.length == 0) {
      Object document =
          new Load(LoadSettings.builder().build()).loadFromString(new String(document(), UTF_8));
      made = JsonText.bytes(Objects.requireNonNull(document, DOCUMENT));
      json = made;
    }
    return made;
  }
}
