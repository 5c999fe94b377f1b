// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import io.github.joulestream.schemas.Keys;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;

/** A key that signs records: of a node, or of a whole site. Immutable. */
public final class SigningKey {
  /** In place of a node: the key signs for all of its site. */
  static final String WHOLE_SITE = "";

  private final String site;
  private final String node;
  private final int id;
  private final byte[] secret;

  SigningKey(String site, String node, int id, byte[] secret) {
    Keys.check(site, "site");
    if (!node.equals(WHOLE_SITE)) {
      Keys.check(node, "node");
    }
    if (secret.length != Hmac.BYTES) {
      throw new IllegalArgumentException("a node's key has %d bytes".formatted(Hmac.BYTES));
    }
    this.site = site;
    this.node = node;
    this.id = id;
    this.secret = secret.clone();
  }

  public String site() {
    return site;
  }

  /** The node, or an empty text if it signs for all of its site. */
  public String node() {
    return node;
  }

  /** True if it signs for all of its site. */
  public boolean isOfSite() {
    return node.equals(WHOLE_SITE);
  }

  /** The id of the site's key that it follows from. */
  int id() {
    return id;
  }

  SecretKeySpec key() {
    return Hmac.key(secret);
  }

  /** The line of its file; only nodes have one. */
  String line() {
    return "%s %08x %s %s"
        .formatted(
            KeyFile.NODE, id, Base64.getEncoder().encodeToString(secret), Keys.node(site, node));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return isOfSite()
        ? "key %08x of site %s".formatted(id, site)
        : "key %08x of node %s".formatted(id, Keys.node(site, node));
  }
}
