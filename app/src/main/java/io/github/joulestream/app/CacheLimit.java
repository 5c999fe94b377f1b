// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import io.github.joulestream.runtime.UserError;
import io.github.joulestream.streams.StreamsSettings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit of caches as people write it: bytes by powers of 1,024, {@code 512M} or {@code 512MiB},
 * or a share of the largest heap, {@code 40%}.
 */
final class CacheLimit {
  private static final Pattern BYTES = Pattern.compile("(\\d{1,9})([KMG])(iB)?");
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3})%");

  /** Of the heap; the rest is for batches, journals and records under way. */
  private static final int MAX_PERCENT = 80;

  private CacheLimit() {}

  /**
   * The limit in bytes.
   *
   * @param heapBytes the largest heap of this JVM
   * @throws UserError if it is no size, too small, or more than 80 % of the heap
   */
  static long bytes(String text, long heapBytes) {
    Matcher size = BYTES.matcher(text.strip());
    Matcher share = SHARE.matcher(text.strip());
    long bytes;
    if (size.matches()) {
      int power = "KMG".indexOf(size.group(2)) + 1;
      bytes = Long.parseLong(size.group(1)) << (10 * power);
    } else if (share.matches()) {
      bytes = heapBytes / 100 * Long.parseLong(share.group(1));
    } else {
      throw UserError.usage(
          "--cache-limit must be a size such as 512M or a share of the heap such as 40%%, not '%s'"
              .formatted(text));
    }
    long max = heapBytes / 100 * MAX_PERCENT;
    if (bytes < StreamsSettings.MIN_CACHE_BYTES || bytes > max) {
      throw UserError.usage(
          "--cache-limit %s is %d MiB: it must be %d MiB to %d MiB, %d %% of this JVM's heap (-Xmx)"
              .formatted(
                  text.strip(),
                  bytes >> 20,
                  StreamsSettings.MIN_CACHE_BYTES >> 20,
                  max >> 20,
                  MAX_PERCENT));
    }
    return bytes;
  }
}
