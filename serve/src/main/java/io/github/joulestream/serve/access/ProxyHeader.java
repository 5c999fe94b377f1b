// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Takes the name of a user from a header, if a trusted peer sends it, and from nobody else. */
final class ProxyHeader {
  private final AccessSettings.Proxy settings;

  ProxyHeader(AccessSettings.Proxy settings) {
    this.settings = settings;
  }

  /**
   * Who asks, as the header has it; empty if there is none.
   *
   * @throws Access.Refusal if it comes from elsewhere, or is there more than once, or empty: a
   *     request that tries is not answered as if it had not
   */
  Optional<Identity> identity(Credentials credentials) throws Access.Refusal {
    List<String> users = credentials.headers().values(settings.userHeader());
    boolean others =
        isSent(credentials, settings.rolesHeader())
            || isSent(credentials, settings.projectsHeader());
    if (users.isEmpty() && !others) {
      return Optional.empty();
    }
    InetAddress peer = credentials.peer().getAddress();
    if (peer == null || !settings.peers().contains(peer)) {
      throw new Access.Refusal(
          "%s is taken from trusted peers alone".formatted(settings.userHeader()));
    }
    if (users.isEmpty()) {
      throw new Access.Refusal("%s is missing".formatted(settings.userHeader()));
    }
    String user = single(users, settings.userHeader());
    if (user.isBlank() || user.contains(",")) {
      // a list is what proxies make of two headers
      throw new Access.Refusal("%s has no single name".formatted(settings.userHeader()));
    }
    return Optional.of(
        new Identity(
            new Viewer(
                user.strip(),
                settings.claims().role(list(credentials, settings.rolesHeader())),
                new TreeSet<>(list(credentials, settings.projectsHeader()))),
            Long.MAX_VALUE,
            () -> true));
  }

  private static boolean isSent(Credentials credentials, String header) {
    return !header.isEmpty() && !credentials.headers().values(header).isEmpty();
  }

  private static List<String> list(Credentials credentials, String header) throws Access.Refusal {
    return isSent(credentials, header)
        ? Words.split(single(credentials.headers().values(header), header), ",")
        : List.of();
  }

  private static String single(List<String> values, String header) throws Access.Refusal {
    if (values.size() != 1) {
      throw new Access.Refusal(header + " is there more than once");
    }
    return values.getFirst();
  }
}
