// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import java.io.IOException;

/** State was written in a version of its format that this release cannot read. */
public final class UnknownStateFormatException extends IOException {
  private static final long serialVersionUID = 1;

  private final String kind;
  private final int foundVersion;
  private final int knownVersion;

  UnknownStateFormatException(String kind, int foundVersion, int oldestVersion, int knownVersion) {
    super(
        foundVersion > knownVersion
            ? "%s of format %d: a later release wrote it; this one reads formats %d to %d"
                .formatted(kind, foundVersion, oldestVersion, knownVersion)
            : "%s of format %d; this release reads formats %d to %d"
                .formatted(kind, foundVersion, oldestVersion, knownVersion));
    this.kind = kind;
    this.foundVersion = foundVersion;
    this.knownVersion = knownVersion;
  }

  /** What the state is of, as {@link StateFormat#kind}. */
  public String kind() {
    return kind;
  }

  /** The version that the state was written in. */
  public int foundVersion() {
    return foundVersion;
  }

  /** The newest version that this release reads. */
  public int knownVersion() {
    return knownVersion;
  }

  /** True if a later release wrote the state; false if the version is too old, or none. */
  public boolean isOfLaterRelease() {
    return foundVersion > knownVersion;
  }
}
