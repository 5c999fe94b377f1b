// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.ShownText;
import io.github.joulestream.runtime.UserError;
import java.io.Console;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Asks before something is removed. */
final class ConfirmOption {
  @Option(names = "--yes", description = "Do not ask.")
  boolean yes;

  /**
   * Returns if it is to be done.
   *
   * @param what is to be done, as a sentence without its end
   * @throws UserError if it is not, or nobody can be asked
   */
  @SuppressWarnings("SystemConsoleNull") // it is null where nobody can be asked, also in JDK 25
  void confirm(String what) {
    if (yes) {
      return;
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw UserError.usage(what + ": nothing was done; give --yes to confirm");
    }
    String answer = console.readLine("%s? [y/N] ", ShownText.of(what));
    if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new UserError("nothing was done");
    }
  }
}
