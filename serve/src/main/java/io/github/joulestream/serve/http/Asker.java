// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.serve.access.Access;
import io.github.joulestream.serve.access.Credentials;
import io.github.joulestream.serve.access.Viewer;

/**
 * Who asks, and by what that is known.
 *
 * @param name by which requests and streams are counted
 */
record Asker(String name, Viewer viewer, Credentials credentials, Access access) {

  /** Whether the same credentials are of the same viewer now. */
  boolean isStillKnown() {
    try {
      return access.viewer(credentials).equals(viewer);
    } catch (Access.Refusal e) {
      return false; // that is the answer
    }
  }
}
