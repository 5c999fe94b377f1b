// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import java.nio.file.Path;
import java.util.Map;

/** Folders for what must survive a restart, where no option names one. */
public final class DefaultFolders {
  private static final String ROOT = "root";

  private DefaultFolders() {}

  /**
   * The folder of systemd's {@code StateDirectory=}; else that of the system for root, and of the
   * user for others (XDG Base Directory).
   */
  public static Path state(Map<String, String> environment, String user, String home) {
    String ofSystemd = environment.getOrDefault("STATE_DIRECTORY", "");
    if (!ofSystemd.isBlank()) {
      return Path.of(ofSystemd.split(":", -1)[0]); // several are separated by colons
    }
    if (user.equals(ROOT)) {
      return Path.of("/var/lib/joulestream");
    }
    String ofUser = environment.getOrDefault("XDG_STATE_HOME", "");
    return (ofUser.isBlank() ? Path.of(home, ".local", "state") : Path.of(ofUser))
        .resolve("joulestream");
  }
}
