// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import io.github.joulestream.schemas.Keys;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret of a site, from which the keys follow that sign its records: one for the site, with
 * which a scheduler or an operator speaks for all of it, and one for each node. Who has a node's
 * key cannot derive another's. Immutable.
 *
 * <p>Both follow by HMAC-SHA-256 with the secret as the key, over a purpose, a 0 byte and the name:
 *
 * <pre>
 *   node  HMAC(secret, "joulestream node v1" 00 "dc1/n1")
 *   site  HMAC(secret, "joulestream site v1" 00 "dc1")
 *   id    HMAC(secret, "joulestream key id v1" 00 "dc1"), the first 4 bytes
 * </pre>
 */
public final class SiteKey {
  /** Bytes of a secret. */
  static final int BYTES = 32;

  private final String site;
  private final byte[] secret;
  private final SecretKeySpec key;
  private final int id;

  /**
   * A key.
   *
   * @throws IllegalArgumentException if the site is no name, or the secret not of 32 bytes
   */
  SiteKey(String site, byte[] secret) {
    Keys.check(site, "site");
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a site's key has %d bytes".formatted(BYTES));
    }
    this.site = site;
    this.secret = secret.clone();
    this.key = Hmac.key(secret);
    byte[] full = Hmac.of(Hmac.create(), key, "joulestream key id v1", site);
    this.id = ByteBuffer.wrap(full).getInt();
  }

  /** A new key, at random. */
  public static SiteKey create(String site) {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new SiteKey(site, secret);
  }

  public String site() {
    return site;
  }

  /** Different for the keys of one site; reveals nothing of the secret. */
  int id() {
    return id;
  }

  /** The key that signs for all of the site. */
  public SigningKey ofSite() {
    return new SigningKey(site, SigningKey.WHOLE_SITE, id, siteSecret(Hmac.create()));
  }

  /**
   * The key that signs for one node.
   *
   * @throws IllegalArgumentException if that is no name of a node
   */
  public SigningKey ofNode(String node) {
    Keys.check(node, "node");
    return new SigningKey(site, node, id, nodeSecret(Hmac.create(), node));
  }

  byte[] siteSecret(Mac mac) {
    return Hmac.of(mac, key, "joulestream site v1", site);
  }

  byte[] nodeSecret(Mac mac, String node) {
    return Hmac.of(mac, key, "joulestream node v1", Keys.node(site, node));
  }

  /** The line of its file. */
  String line() {
    return "%s %s %s".formatted(KeyFile.SITE, Base64.getEncoder().encodeToString(secret), site);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SiteKey that
        && site.equals(that.site)
        && Arrays.equals(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return id;
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "key %08x of site %s".formatted(id, site);
  }
}
