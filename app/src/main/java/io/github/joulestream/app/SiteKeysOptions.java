// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.schemas.signing.KeyFile;
import io.github.joulestream.schemas.signing.SiteKey;
import io.github.joulestream.schemas.signing.SiteKeys;
import io.github.joulestream.schemas.signing.SiteKeys.JobSigners;
import io.github.joulestream.schemas.signing.SiteKeys.UnsignedSites;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which records the topologies accept: the keys of sites. */
final class SiteKeysOptions {
  @Option(
      names = "--site-keys",
      paramLabel = "PATH",
      split = ",",
      description =
          "Files with keys of sites, or folders of *.key: records of these sites must be signed"
              + " (joulestream key); see docs/signing.md. The same on all instances.")
  List<Path> siteKeys = new ArrayList<>();

  @Option(
      names = "--unsigned-sites",
      description =
          "With --site-keys, records of sites without a key: refuse, accept"
              + " (default: refuse).")
  UnsignedSites unsignedSites = UnsignedSites.REFUSE;

  @Option(
      names = "--job-signers",
      description =
          "With --site-keys, whose signature a record of a job may have: site, nodes (the site's or"
              + " that of any of its nodes: each may then rename and end all jobs of the site)"
              + " (default: site).")
  JobSigners jobSigners = JobSigners.SITE;

  /**
   * The keys.
   *
   * @throws UserError if a file holds none
   */
  SiteKeys read() {
    if (siteKeys.isEmpty()) {
      return SiteKeys.NONE;
    }
    // a file may be named twice, by itself and by its folder
    Set<SiteKey> keys = new LinkedHashSet<>();
    siteKeys.forEach(path -> keys.addAll(KeyFile.readSites(path)));
    return new SiteKeys(keys, unsignedSites, jobSigners);
  }
}
