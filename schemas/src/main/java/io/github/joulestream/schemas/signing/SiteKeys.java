// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas.signing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The keys of sites, and what else decides whether a record is accepted. Immutable; the same on all
 * instances of the topologies.
 */
public final class SiteKeys {
  /** No keys: every record is accepted. */
  public static final SiteKeys NONE =
      new SiteKeys(List.of(), UnsignedSites.ACCEPT, JobSigners.SITE);

  /** Records of sites without a key. */
  public enum UnsignedSites {
    /** They are refused: whoever is no known site is nobody. */
    REFUSE,
    /** They are accepted, signed or not. */
    ACCEPT
  }

  /** Who may sign records of jobs, whose keys hold no node. */
  public enum JobSigners {
    /** The site alone. */
    SITE,
    /** The site, and each of its nodes, for any job of the site. */
    NODES
  }

  private final Map<String, List<SiteKey>> bySite = new HashMap<>();
  private final UnsignedSites unsigned;
  private final JobSigners jobSigners;

  /**
   * The keys; a site may have several, of which any is right.
   *
   * @throws IllegalArgumentException if two keys of a site have one id
   */
  public SiteKeys(Collection<SiteKey> keys, UnsignedSites unsigned, JobSigners jobSigners) {
    this.unsigned = unsigned;
    this.jobSigners = jobSigners;
    for (SiteKey key : keys) {
      List<SiteKey> ofSite = bySite.computeIfAbsent(key.site(), _ -> new ArrayList<>());
      if (ofSite.stream().anyMatch(known -> known.id() == key.id())) {
        throw new IllegalArgumentException("two keys with one id: %s".formatted(key));
      }
      ofSite.add(key);
    }
  }

  /** True if there are no keys: then nothing is verified. */
  public boolean isEmpty() {
    return bySite.isEmpty();
  }

  /** One that verifies, for one thread. */
  public SignatureVerifier verifier() {
    return new SignatureVerifier(bySite, unsigned, jobSigners);
  }

  /** Sites and numbers of keys, without secrets. */
  @Override
  public String toString() {
    return "keys of sites %s; others: %s".formatted(new TreeSet<>(bySite.keySet()), unsigned);
  }
}
