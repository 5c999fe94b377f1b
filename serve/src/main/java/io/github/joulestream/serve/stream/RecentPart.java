// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The curve of a row: as its windows move on, only its end is sent. The newest window is under way:
 * it is as it was when the window before it ended, or it would change with each sample. One thread.
 */
final class RecentPart {
  /** So many windows may have begun at once; after more the curve is sent anew. */
  private static final int MOST_NEW = 6;

  private static final byte[] NOTHING = {};

  private long @Nullable [] values;
  private byte @Nullable [] whole;
  private byte[] end = NOTHING;
  private long changedAt;
  private long changedBefore;

  /**
   * Takes in the curve as it is now.
   *
   * @param now mW, below 0 where it is not known; is kept, and does not change from here on
   */
  void set(long[] now, long frame) {
    long[] before = values;
    if (before != null && isEnd(before, now, 0)) {
      return;
    }
    int begun = before == null ? MOST_NEW + 1 : 1;
    while (begun <= MOST_NEW && !isEnd(before, now, begun)) {
      begun++;
    }
    end = begun > MOST_NEW ? NOTHING : bytes(",\"recentEnd\":", now, now.length - 1 - begun);
    values = now;
    whole = null;
    changedBefore = changedAt;
    changedAt = frame;
  }

  /**
   * Whether one is the other after windows have begun, but for its last window and the new ones.
   */
  private static boolean isEnd(long @Nullable [] before, long[] now, int begun) {
    int kept = now.length - 1 - begun;
    return before != null
        && before.length == now.length
        && kept >= 0
        && Arrays.equals(before, begun, begun + kept, now, 0, kept);
  }

  /** Whether it changed after a frame. */
  boolean isAfter(long base) {
    return changedAt > base;
  }

  /**
   * Writes it if it changed after a frame.
   *
   * @param isSure whether the client has that frame and nothing of a later one
   */
  void write(ByteArrayOutputStream out, long base, boolean isSure) {
    long[] now = values;
    if (!isAfter(base) || now == null) {
      return;
    }
    if (isSure && base >= changedBefore && end.length > 0) {
      out.writeBytes(end);
      return;
    }
    byte[] all = whole == null ? bytes(",\"recent\":", now, 0) : whole;
    whole = all;
    out.writeBytes(all);
  }

  private static byte[] bytes(String name, long[] values, int from) {
    StringBuilder text = new StringBuilder(name).append('[');
    for (int i = from; i < values.length; i++) {
      text.append(i == from ? "" : ",");
      if (values[i] < 0) {
        text.append("null");
      } else {
        text.append(values[i]);
      }
    }
    return text.append(']').toString().getBytes(US_ASCII);
  }
}
