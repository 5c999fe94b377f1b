// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.runtime.UserError;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says who asks, by whatever is configured, in this order: a header of a trusted peer, a bearer
 * token, the page's session. Of each that a request has, all must be right, and all must be of the
 * same viewer.
 */
public final class ConfiguredAccess implements Access, Sessions {
  private static final String BEARER = "bearer ";

  private final AccessSettings settings;
  private final @Nullable ProxyHeader proxy;
  private final @Nullable StaticTokens tokens;
  private final @Nullable OidcTokens oidc;
  private final @Nullable ThisMachineAlone open;
  private final @Nullable Groups groups;
  private final SessionTable sessions;

  /**
   * Reads files that are named; keys of an issuer are read when the first token comes.
   *
   * @param listen where requests are taken
   * @throws UserError if a file is wrong, or nothing is configured and others reach that address
   */
  public ConfiguredAccess(
      AccessSettings settings, InetSocketAddress listen, EpochClock clock, NanoClock nanos) {
    this.settings = settings;
    AccessSettings.Proxy header = settings.proxy();
    this.proxy = header == null ? null : new ProxyHeader(header);
    this.tokens =
        settings.tokens() == null ? null : new StaticTokens(settings.tokens(), clock, nanos);
    AccessSettings.Oidc issuer = settings.oidc();
    this.oidc = issuer == null ? null : new OidcTokens(issuer, Issuer.keys(issuer, nanos), clock);
    this.open = settings.isOpen() ? new ThisMachineAlone(listen) : null;
    this.groups = settings.groups() == null ? null : new Groups(settings.groups(), nanos);
    this.sessions = new SessionTable(clock);
  }

  @Override
  public Viewer viewer(Credentials credentials) throws Refusal {
    if (open != null) {
      return granted(open.identity(credentials));
    }
    List<Viewer> viewers = new ArrayList<>();
    if (proxy != null) {
      proxy.identity(credentials).ifPresent(identity -> viewers.add(granted(identity)));
    }
    List<String> authorizations = credentials.headers().values("Authorization");
    if (!authorizations.isEmpty()) {
      viewers.add(granted(token(bearer(authorizations))));
    }
    if (!credentials.session().isEmpty()) {
      Optional<Identity> session = sessions.find(credentials.session());
      if (session.isEmpty() && viewers.isEmpty()) {
        throw new Refusal("the session is over; log in again");
      }
      // one that is over names nobody, so it is not at odds with a token
      session.ifPresent(identity -> viewers.add(granted(identity)));
    }
    if (viewers.isEmpty()) {
      throw new Refusal("a token is needed: Authorization: Bearer ...");
    }
    if (viewers.stream().distinct().count() > 1) {
      throw new Refusal("the request names two who ask: a token, a session or a header too many");
    }
    return viewers.getFirst();
  }

  private Viewer granted(Identity identity) {
    return groupsOf(identity.viewer());
  }

  private static String bearer(List<String> authorizations) throws Refusal {
    String value = authorizations.getFirst();
    if (authorizations.size() > 1) {
      throw new Refusal("Authorization is there more than once");
    }
    if (!value.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw new Refusal("Authorization takes: Bearer TOKEN");
    }
    return value.substring(BEARER.length()).strip();
  }

  private Identity token(String token) throws Refusal {
    if (tokens != null && StaticTokens.isOne(token)) {
      return tokens.identity(token);
    }
    if (oidc == null) {
      throw new Refusal("the token is not known");
    }
    return oidc.identity(token);
  }

  @Override
  public Opened open(String token) throws Refusal {
    if (open != null) {
      throw new Refusal("nobody needs a token here");
    }
    Opened opened = sessions.open(token(token.strip()));
    return new Opened(opened.id(), groupsOf(opened.viewer()), opened.seconds());
  }

  private Viewer groupsOf(Viewer viewer) {
    return groups == null ? viewer : groups.with(viewer);
  }

  @Override
  public void close(String id) {
    sessions.close(id);
  }

  @Override
  public boolean sitesForAll() {
    return settings.sitesForAll();
  }

  @Override
  public String describe() {
    List<String> parts = new ArrayList<>();
    AccessSettings.Proxy header = settings.proxy();
    if (header != null) {
      parts.add("%s from %s".formatted(header.userHeader(), header.peers()));
    }
    AccessSettings.Oidc issuer = settings.oidc();
    if (issuer != null) {
      parts.add("tokens of " + issuer.issuer());
    }
    if (settings.tokens() != null) {
      parts.add("static tokens of " + settings.tokens());
    }
    return parts.isEmpty() ? "without a token, from this machine alone" : String.join("; ", parts);
  }
}
