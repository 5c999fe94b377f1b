// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

/** Sessions of the page: a browser sends no token with an event stream, but it sends a cookie. */
public interface Sessions {
  /** Name of the cookie. */
  String COOKIE = "joulestream-session";

  /**
   * A session that was opened.
   *
   * @param id value of the cookie: whoever has it is the viewer
   * @param seconds how long it lasts
   */
  record Opened(String id, Viewer viewer, long seconds) {
    @Override
    public String toString() {
      return "Opened[%s, %d s]".formatted(viewer, seconds);
    }
  }

  /**
   * Opens one.
   *
   * @param token a JWT of the issuer, or a static token
   * @throws Access.Refusal if it is not taken
   */
  Opened open(String token) throws Access.Refusal;

  /** Ends one; nothing happens if there is none. */
  void close(String id);
}
