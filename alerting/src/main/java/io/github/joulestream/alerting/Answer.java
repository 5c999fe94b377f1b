// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.alerting;

/** A target's answer to a request. */
sealed interface Answer {
  /** The target has it. */
  record Accepted(String body) implements Answer {}

  /**
   * The target rejects this request, and would reject it again.
   *
   * @param reason status and body, in one line
   */
  record Rejected(String reason) implements Answer {}

  /**
   * The target is not there, is overloaded, or denies access: the request is to be retried.
   *
   * @param retryAfterMillis the pause that it asks for, ms; 0 if it does not ask
   */
  record Unavailable(String reason, long retryAfterMillis) implements Answer {}
}
