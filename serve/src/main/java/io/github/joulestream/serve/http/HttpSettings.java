// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.runtime.Health;
import io.github.joulestream.runtime.tls.ClientAuthorities;
import io.github.joulestream.runtime.tls.ServerCertificate;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the server listens, and what it bears.
 *
 * @param address port 0 for any free one
 * @param tls null: http
 * @param hosts names that requests may be addressed to, in lower case and without a port; empty:
 *     any
 * @param requestsPerSecond of a viewer, on average; 0: not limited
 * @param limits of connections and streams
 */
public record HttpSettings(
    InetSocketAddress address,
    @Nullable Tls tls,
    Set<String> hosts,
    int requestsPerSecond,
    Limits limits) {
  /** Names of this machine for itself: a page of another name that resolves to it is refused. */
  public static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * How https is served.
   *
   * @param clientAuthorities whose clients may connect; null: any client
   */
  public record Tls(ServerCertificate certificate, @Nullable ClientAuthorities clientAuthorities) {
    /** This health, with a remark on files that cannot be used or a certificate that ends. */
    public Health with(Health health) {
      Health served = certificate.with(health);
      return clientAuthorities == null ? served : clientAuthorities.with(served);
    }
  }

  /**
   * What the server bears.
   *
   * @param connections in all; more wait until one ends
   * @param streams event streams in all
   * @param streamsPerViewer of one viewer; of those without a name, of one address
   * @param queuedBytes what a stream may leave unread before it is closed
   * @param requestMillis within which a request has to arrive, its head, once the connection is
   *     open or the one before is answered
   * @param answerMillis within which an answer has to be taken that is no event stream
   * @param heartbeatMillis between comments in event streams
   */
  public record Limits(
      int connections,
      int streams,
      int streamsPerViewer,
      int queuedBytes,
      int requestMillis,
      int answerMillis,
      int heartbeatMillis) {
    public static final Limits USUAL =
        new Limits(2_048, 1_000, 300, 2 << 20, 20_000, 300_000, 15_000);
  }
}
