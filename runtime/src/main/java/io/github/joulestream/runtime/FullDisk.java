// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Failures because a disk or a quota is full, by the texts of the system calls (ENOSPC, EDQUOT),
 * which libraries, native ones too, and stores pass on in messages of their own.
 */
public final class FullDisk {
  private static final Pattern NO_SPACE =
      Pattern.compile(
          "no space left|disk quota exceeded|errno[:=] ?28\\b", Pattern.CASE_INSENSITIVE);

  private FullDisk() {}

  /** True if the message is of a full disk. */
  public static boolean in(String message) {
    return NO_SPACE.matcher(message).find();
  }

  /**
   * The message of the innermost such cause, which names the file where there is one; empty if the
   * failure is another one.
   */
  public static Optional<String> in(Throwable failure) {
    String found = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && in(message)) {
        found = message;
      }
    }
    return Optional.ofNullable(found);
  }
}
