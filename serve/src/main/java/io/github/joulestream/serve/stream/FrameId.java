// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

/**
 * Ids of events: of frames of one run of the server, for one {@link Viewing}. Any other is taken as
 * that of no frame.
 *
 * @param prefix of all of them
 */
record FrameId(String prefix) {
  private static final int MAX_DIGITS = 18;

  static FrameId of(long run, String site, Viewing viewing) {
    int of = (site + "\0" + viewing).hashCode();
    return new FrameId(Long.toString(run, 36) + "-" + Integer.toHexString(of) + "-");
  }

  String text(long frame) {
    return prefix + frame;
  }

  /** The frame of an id; 0 if it is of none. */
  long frame(String id) {
    String digits = id.startsWith(prefix) ? id.substring(prefix.length()) : "";
    return digits.isEmpty()
            || digits.length() > MAX_DIGITS
            || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? 0
        : Long.parseLong(digits);
  }
}
