// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code HOST:PORT}, where a server listens. */
final class ListenAddress {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+):(\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  private ListenAddress() {}

  /**
   * Reads it.
   *
   * @throws UserError if it has another form, or its host is not known
   */
  static InetSocketAddress parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > MAX_PORT) {
      throw UserError.usage(
          "%s takes HOST:PORT, as 127.0.0.1:8080 or [::]:8080, not '%s'".formatted(option, text));
    }
    InetSocketAddress address =
        new InetSocketAddress(form.group(1), Integer.parseInt(form.group(2)));
    if (address.isUnresolved()) {
      throw UserError.usage("%s: %s is not known".formatted(option, form.group(1)));
    }
    return address;
  }
}
