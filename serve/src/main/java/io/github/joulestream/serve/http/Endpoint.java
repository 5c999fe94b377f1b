// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

/** Answers the requests of a route. Called by many threads. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers.
   *
   * @throws Problem if that cannot be done: what it says is shown to who asked
   */
  Answer answer(ApiRequest request) throws Problem;
}
