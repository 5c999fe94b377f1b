// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.reports;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What standard output is. */
public final class StandardOutput {
  private static final Path OF_LINUX = Path.of("/proc/self/fd/1");

  private StandardOutput() {}

  /** Whether it is a terminal, as far as the system says. */
  @SuppressWarnings("SystemConsoleNull") // it is null where there is none, also in JDK 25
  public static boolean isTerminal() {
    try {
      if (Files.exists(OF_LINUX)) {
        String file = Files.readSymbolicLink(OF_LINUX).toString();
        return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
      }
    } catch (IOException | UnsupportedOperationException e) {
      // not known there
    }
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
