// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

/** What became of a request. */
sealed interface Answer {
  /** It has it. */
  record Taken(String body) implements Answer {}

  /**
   * It will never take this.
   *
   * @param why what it said
   */
  record Refused(String why) implements Answer {}

  /**
   * It is not there, is overloaded, or does not let us in: later, perhaps.
   *
   * @param retryAfterMillis how long it wants to be left alone, ms; 0 if it does not say
   */
  record Away(String why, long retryAfterMillis) implements Answer {}
}
