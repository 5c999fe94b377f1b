// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How it is to be known who asks. With none of the first three, nobody needs a token, and only this
 * machine may ask.
 *
 * @param oidc tokens of an issuer; null: none are taken
 * @param tokens file of static tokens; null: there are none
 * @param proxy a header of trusted peers; null: none is believed
 * @param groups file with projects and roles of users; null: none
 * @param sitesForAll whether totals of sites are for everybody who is known
 */
public record AccessSettings(
    @Nullable Oidc oidc,
    @Nullable Path tokens,
    @Nullable Proxy proxy,
    @Nullable Path groups,
    boolean sitesForAll) {
  /** Of these, what may sign: those with a public key that need no library besides the JDK. */
  public static final List<String> ALGORITHMS =
      List.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

  /** Whether nothing is configured by which somebody could be known. */
  public boolean isOpen() {
    return oidc == null && tokens == null && proxy == null;
  }

  /**
   * An issuer of tokens: OpenID Connect, or any that signs JWTs (RFC 7519) by a public set of keys.
   *
   * @param issuer claim {@code iss}, to the letter
   * @param audiences a token is taken if its {@code aud} has one of these
   * @param keys https URL, loopback URL or file of the set of keys (RFC 7517); null: as the
   *     issuer's {@code /.well-known/openid-configuration} says
   * @param algorithms of {@link #ALGORITHMS}, those that are taken
   */
  public record Oidc(
      String issuer,
      List<String> audiences,
      @Nullable String keys,
      List<String> algorithms,
      Claims claims) {
    public Oidc {
      audiences = List.copyOf(audiences);
      algorithms = List.copyOf(algorithms);
      if (audiences.isEmpty() || algorithms.isEmpty()) {
        throw new IllegalArgumentException("audiences and algorithms are needed");
      }
    }
  }

  /**
   * Names of claims. A name with dots is that of a claim with dots, or else the way to a claim
   * within a claim: {@code realm_access.roles}.
   *
   * @param user name as schedulers have it
   * @param roles values that {@link #roleOf} knows; empty: everybody is a user
   * @param projects empty: none
   * @param roleOf role by value
   */
  public record Claims(String user, String roles, String projects, Map<String, Role> roleOf) {
    public Claims {
      roleOf = Collections.unmodifiableMap(new TreeMap<>(roleOf));
    }

    /** The highest role of these values; that of a user if none is known. */
    Role role(Iterable<String> values) {
      Role highest = Role.USER;
      for (String value : values) {
        Role role = roleOf.getOrDefault(value, Role.USER);
        highest = role.compareTo(highest) > 0 ? role : highest;
      }
      return highest;
    }
  }

  /**
   * A proxy that knows who asks.
   *
   * @param peers addresses that are believed, as 10.0.0.0/8
   * @param userHeader name of the user
   * @param rolesHeader values that {@code roleOf} knows, with commas; empty: none
   * @param projectsHeader with commas; empty: none
   * @param roleOf role by value
   */
  public record Proxy(
      Networks peers,
      String userHeader,
      String rolesHeader,
      String projectsHeader,
      Map<String, Role> roleOf) {
    public Proxy {
      roleOf = Collections.unmodifiableMap(new TreeMap<>(roleOf));
    }

    Claims claims() {
      return new Claims(userHeader, rolesHeader, projectsHeader, roleOf);
    }
  }

  /** A viewer with more projects, and the higher of two roles. */
  static Viewer with(Viewer viewer, Role role, Iterable<String> projects) {
    TreeSet<String> all = new TreeSet<>(viewer.projects());
    projects.forEach(all::add);
    return new Viewer(viewer.name(), role.compareTo(viewer.role()) > 0 ? role : viewer.role(), all);
  }

  /**
   * Whether keys may be read from there: https, or http that does not leave this machine.
   *
   * @throws IllegalArgumentException with the reason if they may not
   */
  static URI requireSafe(URI url) {
    boolean https = "https".equals(url.getScheme());
    boolean http = "http".equals(url.getScheme());
    if (url.getHost() == null || !(https || http)) {
      throw new IllegalArgumentException("not a URL such as https://HOST/...");
    }
    if (http && !Loopback.isName(url.getHost())) {
      throw new IllegalArgumentException("http is taken from this machine alone; it needs https");
    }
    if (url.getUserInfo() != null) {
      throw new IllegalArgumentException("a user and a password in it are not taken");
    }
    return url;
  }
}
