// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.producers.input.Names;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.SmallFile;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.runtime.tls.TrustedAuthorities;
import io.github.joulestream.schemas.JobState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Labels and phases of this node's pods, from the Kubernetes API server: {@code GET /api/v1/pods}
 * with a selector by node, which the service account must be allowed to {@code list}.
 */
public final class PodApi {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  // a full node has some 250 pods of up to tens of kB each
  private static final int MAX_BYTES = 16 << 20;
  private static final int MAX_TOKEN = 64 << 10;

  private final HttpEndpoint endpoint;
  private final URI pods;
  private final Path token;

  /**
   * @param server address of the API server
   * @param authorities certificates that its own is signed by, or null for those of the JDK
   * @param token the file with the account's token, which is read each time because it is replaced
   * @param timeout to connect, and until the end of an answer
   */
  PodApi(URI server, String node, @Nullable Path authorities, Path token, Duration timeout) {
    this.endpoint =
        new HttpEndpoint(
            server,
            new HttpEndpoint.Limits(timeout, timeout, MAX_BYTES),
            null,
            authorities == null ? null : TrustedAuthorities.context(authorities));
    this.pods =
        server.resolve(
            // from the server's cache
            "/api/v1/pods?resourceVersion=0&fieldSelector="
                + URLEncoder.encode("spec.nodeName=" + node, UTF_8));
    this.token = token;
  }

  /**
   * With the account that Kubernetes gives to the pod of this program.
   *
   * @param environment environment variables by name
   * @param node as Kubernetes calls this node
   * @throws UserError if there is none
   */
  public static PodApi ofServiceAccount(Map<String, String> environment, String node) {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    if (host == null || !Files.isReadable(ACCOUNT.resolve("token"))) {
      throw new UserError(
          "labels of pods need a service account, and this is no pod that has one;"
              + " set automountServiceAccountToken, or leave --pod-labels out");
    }
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    String name = host.contains(":") ? "[" + host + "]" : host;
    return new PodApi(
        URI.create("https://" + name + ":" + port),
        node,
        ACCOUNT.resolve("ca.crt"),
        ACCOUNT.resolve("token"),
        TIMEOUT);
  }

  /**
   * Labels and state of a pod.
   *
   * @param phase {@code Running}, {@code Succeeded}, or empty
   * @param createdEpochMillis 0 if unknown
   * @param finishedEpochMillis when the last of its containers ended, 0 if one has not, or unknown
   */
  record Pod(
      Map<String, String> labels, String phase, long createdEpochMillis, long finishedEpochMillis) {
    static final Pod UNKNOWN = new Pod(Map.of(), "", 0, 0);

    Pod {
      labels = Map.copyOf(labels);
    }

    /** How it ended, or null if it did not, or if that is unknown. */
    @Nullable JobState end() {
      return switch (phase) {
        case "Succeeded" -> JobState.COMPLETED;
        case "Failed" -> JobState.FAILED;
        default -> null;
      };
    }
  }

  /**
   * By pod, {@code namespace/name}; fails with an {@link IOException} within, also if the answer is
   * longer than that of a full node or has no end.
   *
   * @param wanted the pods to be found
   */
  CompletableFuture<Map<String, Pod>> read(Set<String> wanted) throws IOException {
    HttpRequest request =
        endpoint
            .requestTo(pods)
            .header("Authorization", "Bearer " + SmallFile.namedText(token, MAX_TOKEN).strip())
            .build();
    return endpoint
        .start(
            request,
            HttpResponse.BodyHandlers.limiting(head -> list(wanted, head.statusCode()), MAX_BYTES))
        .thenApply(PodApi::pods);
  }

  private static Map<String, Pod> pods(HttpResponse<PodList.Answer> response) {
    PodList.Answer answer = response.body();
    if (response.statusCode() != 200) {
      throw new CompletionException(
          new IOException(
              "the API server answers %d: %s"
                  .formatted(response.statusCode(), Names.words(answer.message()))));
    }
    return answer.pods();
  }

  private static HttpResponse.BodySubscriber<PodList.Answer> list(Set<String> wanted, int status) {
    try {
      return new PodList(wanted, status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
