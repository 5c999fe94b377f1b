// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.render;

import io.github.joulestream.runtime.ShownText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/** The style sheets, which are in the document itself. */
final class Styles {
  private Styles() {}

  /** The style of a medium; that of pages has their foot in it. */
  static String of(HtmlPage.Medium medium, Words words) throws IOException {
    return switch (medium) {
      case SCREEN -> resource("screen.css");
      case PAGES ->
          resource("pages.css")
              .replace("FOOT", quoted(words.sites() + ". " + words.period()))
              .replace("ASOF", quoted(words.asOf()));
    };
  }

  /** Nothing is loaded or run; of styles, only this one. */
  static String securityPolicy(String style) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
          .formatted(Base64.getEncoder().encodeToString(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A string of CSS in which only letters and digits are not escaped: a space would end an escape.
   */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    PageFont.drawable(ShownText.of(text))
        .codePoints()
        .forEach(point -> {
          boolean plain =
              (point >= '0' && point <= '9')
                  || (point >= 'a' && point <= 'z')
                  || (point >= 'A' && point <= 'Z');
          quoted.append(
              plain ? Character.toString(point) : String.format(Locale.ROOT, "\\%06x", point));
        });
    return quoted.append('"').toString();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Styles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not among the classes");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
