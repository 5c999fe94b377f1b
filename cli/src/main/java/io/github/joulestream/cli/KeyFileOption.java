// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.signing.KeyFile;
import io.github.joulestream.schemas.signing.RecordSigner;
import io.github.joulestream.schemas.signing.SigningKey;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The key with which a command signs the records that it publishes. */
public final class KeyFileOption {
  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Sign what is published with the key in this file, of the node or of its site"
              + " (joulestream key); see docs/signing.md.")
  @Nullable Path keyFile;

  /**
   * Signs records of a site, all of it.
   *
   * @throws UserError if the file holds no key, or not that of the site
   */
  public RecordSigner ofSite(String site) {
    SigningKey key = key(site);
    if (key != null && !key.isOfSite()) {
      throw new UserError(
          "--key-file %s: the %s may not speak for all of the site; give the key of site %s"
              .formatted(keyFile, key, site));
    }
    return signer(key);
  }

  /**
   * Signs records of a node; the key may be that of its site too.
   *
   * @throws UserError if the file holds no key, or that of another node or site
   */
  public RecordSigner ofNode(String site, String node) {
    SigningKey key = key(site);
    if (key != null && !key.isOfSite() && !key.node().equals(node)) {
      throw new UserError(
          "--key-file %s: the %s may not speak for node %s/%s".formatted(keyFile, key, site, node));
    }
    return signer(key);
  }

  private @Nullable SigningKey key(String site) {
    if (keyFile == null) {
      return null;
    }
    SigningKey key = KeyFile.read(keyFile);
    if (!key.site().equals(site)) {
      throw new UserError(
          "--key-file %s: the %s may not speak for site %s".formatted(keyFile, key, site));
    }
    return key;
  }

  private static RecordSigner signer(@Nullable SigningKey key) {
    return key == null ? RecordSigner.NONE : new RecordSigner(key);
  }
}
