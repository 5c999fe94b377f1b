// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.probe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * This machine's UUID as its firmware gives it ({@code /sys/class/dmi/id/product_uuid}, which root
 * alone may read), to find it among the computers of a controller.
 *
 * @param text in lower case, or empty if it is not known
 * @param trouble why it is not known, in words, or empty
 */
record NodeUuid(String text, String trouble) {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /** Values of firmware that was never given one. */
  private static final Pattern NONE = Pattern.compile("(0|-)*|(f|-)*");

  /**
   * @param sysRoot {@code /sys}
   */
  static NodeUuid of(Path sysRoot) {
    Path file = sysRoot.resolve("class").resolve("dmi").resolve("id").resolve("product_uuid");
    try {
      String text = SysFile.text(file).toLowerCase(Locale.ROOT);
      return isUuid(text)
          ? new NodeUuid(text, "")
          : new NodeUuid("", "%s holds '%s'".formatted(file, text));
    } catch (IOException e) {
      return new NodeUuid("", "%s cannot be read (%s)".formatted(file, e.getMessage()));
    }
  }

  private static boolean isUuid(String text) {
    return FORM.matcher(text).matches() && !NONE.matcher(text).matches();
  }

  /**
   * True if a controller means this machine. Firmware before SMBIOS 2.6 has the bytes of the first
   * three fields in the other byte order, and controllers accept either.
   */
  boolean is(String other) {
    String lower = other.strip().toLowerCase(Locale.ROOT);
    return isUuid(text) && isUuid(lower) && (lower.equals(text) || lower.equals(turned(text)));
  }

  private static String turned(String uuid) {
    String[] fields = uuid.split("-", 4);
    return "%s-%s-%s-%s"
        .formatted(reversed(fields[0]), reversed(fields[1]), reversed(fields[2]), fields[3]);
  }

  private static String reversed(String hexBytes) {
    StringBuilder reversed = new StringBuilder();
    for (int i = hexBytes.length() - 2; i >= 0; i -= 2) {
      reversed.append(hexBytes, i, i + 2);
    }
    return reversed.toString();
  }
}
