// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

/** A value that cannot be taken; the message is for the person who has the file. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  Refused(String message) {
    super(message);
  }

  Refused(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is wrong, and what to do. */
  String text() {
    return String.valueOf(getMessage());
  }
}
