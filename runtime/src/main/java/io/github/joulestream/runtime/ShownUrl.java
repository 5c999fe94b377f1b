// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * URLs made fit for messages and logs: without user and password, and without values of parameters
 * that are secrets by their name.
 */
public final class ShownUrl {
  private static final String HIDDEN = "***";

  // what is in front of the last @ of the authority (RFC 3986, 3.2)
  private static final Pattern USER = Pattern.compile("(?<=://)[^\\s/?#]*@");

  // a password with a slash that is not encoded: what looks like a port is no number
  private static final Pattern LOOSE_USER =
      Pattern.compile("(?<=://)[^\\s/?#@:]*:(?!\\d{0,5}([/?#\\s'\"]|$))[^\\s'\"]*@");

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?<=[?&;])((?:[\\w.-]*(?:token|secret|passw|pwd|key|sig|auth|credential)[\\w.-]*|p)=)[^&;#\\s'\"]+");

  private ShownUrl() {}

  /** A URL for people. */
  public static String of(URI url) {
    return within(url.toString());
  }

  /** A text in which URLs may be, with each as it may be shown. */
  public static String within(String text) {
    if (!text.contains("://")) {
      return text;
    }
    String withoutUser = LOOSE_USER.matcher(USER.matcher(text).replaceAll("")).replaceAll("");
    return SECRET.matcher(withoutUser).replaceAll("$1" + HIDDEN);
  }

  /** Whether a text has a URL with a secret in it. */
  public static boolean hasSecret(String text) {
    return !within(text).equals(text);
  }
}
