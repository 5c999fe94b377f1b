// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.util.Set;

/**
 * What is answered at a path.
 *
 * @param method {@code GET} (and with it HEAD), {@code POST} or {@code DELETE}
 * @param path as in the OpenAPI document: {@code /api/v1/sites/{site}/power}
 * @param parameters names of all query parameters that it knows; any other is refused, and so is
 *     one that is there twice. Those that end with {@code .} begin a name: {@code label.}; those
 *     that end with {@code *} may be repeated: {@code site*}. {@code format} is json or csv; other
 *     forms are listed, the usual one first: {@code format=html|json|pdf}
 * @param open whether it is answered without knowing who asks
 */
public record Route(
    String method, String path, Set<String> parameters, boolean open, Endpoint endpoint) {
  public Route {
    parameters = Set.copyOf(parameters);
  }

  /** A route that is read, by who is known. */
  public static Route get(String path, Set<String> parameters, Endpoint endpoint) {
    return new Route("GET", path, parameters, false, endpoint);
  }
}
