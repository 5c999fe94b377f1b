// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.feed;

/**
 * Something in a file that is not imported.
 *
 * @param place where it is: {@code line 7}, {@code data[3].carbonIntensity}
 * @param message what is wrong, with the value, and what to do
 */
public record FeedRefusal(String place, String message) {
  /** One line. */
  public String text() {
    return place + ": " + message;
  }
}
