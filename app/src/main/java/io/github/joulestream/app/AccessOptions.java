// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import io.github.joulestream.serve.access.AccessSettings;
import io.github.joulestream.serve.access.ConfiguredAccess;
import io.github.joulestream.serve.access.Networks;
import io.github.joulestream.serve.access.Role;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How it is known who asks, and what they see: docs/access.md. */
final class AccessOptions {
  /** Who sees totals of sites, and nodes. */
  enum ShowSites {
    ALL,
    STAFF
  }

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description = "Take tokens (JWTs) of this issuer: its iss, to the letter.")
  @Nullable String issuer;

  @Option(
      names = "--oidc-audience",
      paramLabel = "NAME",
      split = ",",
      description = "Of those the ones for this audience; with commas, for any of these.")
  List<String> audiences = new ArrayList<>();

  @Option(
      names = "--oidc-jwks",
      paramLabel = "URL",
      description =
          "The issuer's public keys, at a URL or in a file (default: where its OpenID"
              + " configuration says).")
  @Nullable String jwks;

  @Option(
      names = "--oidc-algorithms",
      paramLabel = "NAMES",
      split = ",",
      defaultValue = "RS256,PS256,ES256,EdDSA",
      description = "How tokens may be signed (default: ${DEFAULT-VALUE}).")
  List<String> algorithms = new ArrayList<>();

  @Option(
      names = "--user-claim",
      paramLabel = "CLAIM",
      defaultValue = "preferred_username",
      description =
          "Which claim has the name that the scheduler knows (default: ${DEFAULT-VALUE}).")
  String userClaim = "";

  @Option(
      names = "--roles-claim",
      paramLabel = "CLAIM",
      defaultValue = "",
      description = "Which claim has groups or roles, as realm_access.roles; see --role.")
  String rolesClaim = "";

  @Option(
      names = "--projects-claim",
      paramLabel = "CLAIM",
      defaultValue = "",
      description = "Which claim has the projects of the user.")
  String projectsClaim = "";

  @Option(
      names = "--role",
      paramLabel = "VALUE=ROLE",
      split = ",",
      description =
          "What a value of --roles-claim or --trusted-roles-header makes of somebody: user, manager,"
              + " viewer or admin; the highest counts, without one it is user.")
  Map<String, Role> roles = new LinkedHashMap<>();

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description = "Take static tokens, whose hashes are here: joulestream token new makes one.")
  @Nullable Path tokens;

  @Option(
      names = "--trusted-peer",
      paramLabel = "NETWORK",
      split = ",",
      description = "Believe --trusted-header from these addresses, as 10.0.0.7 or 10.0.0.0/8.")
  List<String> trustedPeers = new ArrayList<>();

  @Option(
      names = "--trusted-header",
      paramLabel = "NAME",
      defaultValue = "X-Forwarded-User",
      description = "Header with the user, refused from anywhere else (default: ${DEFAULT-VALUE}).")
  String trustedHeader = "";

  @Option(
      names = "--trusted-roles-header",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Header with groups or roles, with commas; see --role.")
  String trustedRolesHeader = "";

  @Option(
      names = "--trusted-projects-header",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Header with projects, with commas.")
  String trustedProjectsHeader = "";

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description =
          "Projects and roles of users, a line each: user=alice projects=p1,p2 role=manager.")
  @Nullable Path groups;

  @Option(
      names = "--show-sites",
      paramLabel = "TO",
      defaultValue = "ALL",
      description =
          "Who sees totals of sites, and nodes: all, or staff (viewers and admins)"
              + " (default: all).")
  ShowSites showSites = ShowSites.ALL;

  /**
   * What is configured, for a server that listens there.
   *
   * @throws UserError if it is wrong, or nothing is and others reach that address
   */
  ConfiguredAccess open(InetSocketAddress listen) {
    return new ConfiguredAccess(settings(), listen, EpochClock.system(), NanoClock.system());
  }

  AccessSettings settings() {
    return new AccessSettings(oidc(), tokens, proxy(), groups, showSites == ShowSites.ALL);
  }

  private AccessSettings.@Nullable Oidc oidc() {
    String url = issuer;
    if (url == null) {
      if (!audiences.isEmpty() || jwks != null) {
        throw UserError.usage("--oidc-audience and --oidc-jwks take --oidc-issuer too");
      }
      return null;
    }
    if (audiences.isEmpty()) {
      throw UserError.usage(
          "--oidc-issuer takes --oidc-audience too: else tokens for other services would do");
    }
    for (String algorithm : algorithms) {
      if (!AccessSettings.ALGORITHMS.contains(algorithm)) {
        throw UserError.usage(
            "--oidc-algorithms takes %s, not '%s'"
                .formatted(String.join(", ", AccessSettings.ALGORITHMS), algorithm));
      }
    }
    return new AccessSettings.Oidc(
        url,
        audiences,
        jwks,
        algorithms,
        new AccessSettings.Claims(userClaim, rolesClaim, projectsClaim, roles));
  }

  private AccessSettings.@Nullable Proxy proxy() {
    if (trustedPeers.isEmpty()) {
      if (!trustedRolesHeader.isEmpty() || !trustedProjectsHeader.isEmpty()) {
        throw UserError.usage("headers are believed from a --trusted-peer alone; name one");
      }
      return null;
    }
    try {
      return new AccessSettings.Proxy(
          Networks.of(trustedPeers),
          trustedHeader,
          trustedRolesHeader,
          trustedProjectsHeader,
          roles);
    } catch (IllegalArgumentException e) {
      throw UserError.usage("--trusted-peer: " + e.getMessage(), e);
    }
  }
}
