// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options that earlier versions had under another name. A name stays here for good. */
public final class RenamedOptions {
  private static final Map<String, String> NEW_NAMES =
      Map.of(
          "gpu-jobs", "dcgm-job-dir",
          "held-jobs", "job-state-file",
          "keep", "retention",
          "keep-years", "long-retention",
          "rest", "cooldown",
          "years-bucket", "long-bucket");

  private RenamedOptions() {}

  /**
   * The name that an option has now.
   *
   * @param oldName without dashes in front; null is returned if there was no such option
   */
  static @Nullable String newName(String oldName) {
    return NEW_NAMES.get(oldName);
  }

  /** All old names with their new ones. */
  public static Map<String, String> all() {
    return NEW_NAMES;
  }
}
