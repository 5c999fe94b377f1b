// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * What a request says about who asks.
 *
 * @param peer address of the other end of the connection, never one out of a header
 * @param headers values of all headers of a name; none if it is absent
 * @param session value of the page's cookie; empty if it is absent
 */
public record Credentials(InetSocketAddress peer, Headers headers, String session) {
  /** Headers of a request. */
  public interface Headers {
    /** All values of that name, in their order. */
    List<String> values(String name);

    /** Names of all headers, as they were sent. */
    Set<String> names();
  }
}
