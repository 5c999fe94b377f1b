// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.cli;

import io.github.joulestream.runtime.SecretFile;
import io.github.joulestream.runtime.ShownUrl;
import io.github.joulestream.runtime.UserError;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Secrets are not taken on a command line, which everybody on the machine can read: they come from
 * a file, or from the environment, which the user alone can read.
 */
final class CommandLineSecrets {
  /** Options that are secrets, with those that name a file instead. */
  private static final Map<String, String> FILES = Map.of("token", "store-token-file");

  private static final Pattern URL = Pattern.compile("(?s)(--[\\w-]+=)?[A-Za-z][\\w.+-]*://.*");

  private CommandLineSecrets() {}

  /**
   * Refuses a secret among the arguments, without repeating it.
   *
   * @throws UserError with what to do instead
   */
  static void refuse(String... args) {
    String before = "";
    for (String arg : args) {
      String name = name(arg);
      String file = FILES.get(name);
      if (file != null) {
        throw UserError.usage(
            "--%s is not taken on the command line, which everybody on this machine can read; give --%s FILE, or %s in the environment"
                .formatted(name, file, Settings.variable(name)));
      }
      if (URL.matcher(arg).matches() && ShownUrl.hasSecret(arg)) {
        String option = name.isEmpty() ? before : name;
        throw UserError.usage(
            "%s has a secret in it, and everybody on this machine can read the command line; give it %s"
                .formatted(
                    option.isEmpty() ? ShownUrl.within(arg) : "the URL of --" + option,
                    option.isEmpty()
                        ? "without"
                        : "as %s in the environment, or in --config FILE"
                            .formatted(Settings.variable(option))));
      }
      before = name;
    }
  }

  /** The name of an option without dashes; empty if the argument is none. */
  private static String name(String arg) {
    return arg.startsWith("--") ? arg.substring(2).replaceFirst("(?s)=.*$", "") : "";
  }

  /** Warns if others can read a file of settings that has a secret in it. */
  static void warnIfOthersRead(Path file, Properties settings) {
    for (String key : settings.stringPropertyNames()) {
      if (FILES.containsKey(key.substring(key.lastIndexOf('.') + 1))
          || ShownUrl.hasSecret(settings.getProperty(key))) {
        SecretFile.warnIfOthersRead(file);
      }
    }
  }
}
