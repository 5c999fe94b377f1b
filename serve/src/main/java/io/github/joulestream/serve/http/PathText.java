// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Percent-encoded text. What could mean one thing here and another elsewhere is refused: encoded
 * slashes, dots as a segment, parameters of a segment, empty segments, control characters, UTF-8
 * that is not the shortest.
 */
final class PathText {
  private static final int HEX = 16;

  private PathText() {}

  /**
   * Segments of a path, decoded.
   *
   * @return empty if it is none that may be asked for
   */
  static Optional<List<String>> segments(String path) {
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    String[] parts = path.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      Optional<String> decoded = decoded(parts[i], false);
      boolean last = i == parts.length - 1;
      // an encoded semicolon is data
      if (parts[i].indexOf(';') >= 0
          || decoded.isEmpty()
          || isForbidden(decoded.get(), last && i == 0)) {
        return Optional.empty();
      }
      segments.add(decoded.get());
    }
    return Optional.of(segments);
  }

  private static boolean isForbidden(String segment, boolean root) {
    return (segment.isEmpty() && !root)
        || segment.equals(".")
        || segment.equals("..")
        || segment.indexOf('/') >= 0
        || segment.indexOf('\\') >= 0;
  }

  /**
   * A decoded text.
   *
   * @param query whether a plus sign is a space
   * @return empty if it cannot be decoded, or has control characters
   */
  static Optional<String> decoded(String text, boolean query) {
    byte[] bytes = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()) {
          return Optional.empty();
        }
        int high = digit(text.charAt(i + 1));
        int low = digit(text.charAt(i + 2));
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes[length++] = (byte) (high * HEX + low);
        i += 2;
      } else if (c > '~' || c < ' ') {
        return Optional.empty();
      } else {
        bytes[length++] = (byte) (query && c == '+' ? ' ' : c);
      }
    }
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, 0, length))
              .toString();
      return decoded.chars().anyMatch(Character::isISOControl)
          ? Optional.empty()
          : Optional.of(decoded);
    } catch (CharacterCodingException e) {
      return Optional.empty(); // whoever asked is answered that it cannot be decoded
    }
  }

  /**
   * Path and query as they were sent; what may not be in a URI as it is becomes percent-encoded.
   */
  static URI uri(String path, @Nullable String query) {
    return URI.create(encoded(path) + (query == null ? "" : "?" + encoded(query)));
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "%/?&=+:@,;!$'()*-._~".indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append(URLEncoder.encode(String.valueOf(c), StandardCharsets.UTF_8));
      }
    }
    return encoded.toString();
  }

  /** Of ASCII alone: {@link Character#digit} knows digits of all scripts. */
  private static int digit(char c) {
    return c < 128 ? Character.digit(c, HEX) : -1;
  }
}
