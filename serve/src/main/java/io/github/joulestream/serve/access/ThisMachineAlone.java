// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import io.github.joulestream.runtime.UserError;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Nobody needs a token, as only this machine may ask: who sits at it sees everything, and changes
 * nothing. A proxy on the same machine would bring others in, and so would a page whose name
 * resolves to loopback; requests of both are refused.
 */
final class ThisMachineAlone {
  private static final Set<String> OF_PROXIES =
      Set.of("forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip");
  private static final String X_FORWARDED = "x-forwarded-";
  private static final Viewer EVERYTHING = new Viewer("", Role.VIEWER, new TreeSet<>());

  /**
   * Checks where it listens.
   *
   * @throws UserError if others reach that
   */
  ThisMachineAlone(InetSocketAddress listen) {
    InetAddress address = listen.getAddress();
    if (address == null || !address.isLoopbackAddress()) {
      throw UserError.usage(
          "others reach %s: give --oidc-issuer, --tokens or --trusted-peer, or listen on 127.0.0.1"
              .formatted(listen.getHostString()));
    }
  }

  /**
   * Who asks.
   *
   * @throws Access.Refusal if it is not somebody at this machine
   */
  Identity identity(Credentials credentials) throws Access.Refusal {
    InetAddress peer = credentials.peer().getAddress();
    if (peer == null || !peer.isLoopbackAddress()) {
      throw new Access.Refusal("without tokens, only this machine may ask");
    }
    Optional<String> proxy =
        credentials.headers().names().stream()
            .filter(ThisMachineAlone::isOfAProxy)
            .sorted()
            .findFirst();
    if (proxy.isPresent()) {
      throw new Access.Refusal(
          "%s comes from a proxy: give --trusted-peer, --oidc-issuer or --tokens"
              .formatted(proxy.get()));
    }
    List<String> hosts = credentials.headers().values("Host");
    if (hosts.size() > 1 || hosts.stream().anyMatch(host -> !Loopback.isName(withoutPort(host)))) {
      throw new Access.Refusal("without tokens, the host is localhost or an address of loopback");
    }
    return new Identity(EVERYTHING, Long.MAX_VALUE, () -> true);
  }

  private static boolean isOfAProxy(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return name.startsWith(X_FORWARDED) || OF_PROXIES.contains(name);
  }

  private static String withoutPort(String host) {
    return host.replaceFirst(":[0-9]*$", "");
  }
}
