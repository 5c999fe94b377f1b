// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.serve.access.Visibility;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A request that has passed: its route is known, its parameters are among those of the route, none
 * is repeated that may not be, and it is known who asks. {@link Parameters} reads values.
 */
public interface ApiRequest {
  /** What who asks may see; on open routes that of nobody, if it is not known who asks. */
  Visibility visibility();

  /** A part of the path, decoded: {@code site}. */
  String path(String variable);

  /** The value of a query parameter, decoded; empty if it is absent or has no value. */
  Optional<String> parameter(String name);

  /** All values of a parameter that may be repeated. */
  List<String> parameters(String name);

  /** Parameters that begin so, without that beginning: labels, by name. */
  SortedMap<String, String> parametersWith(String prefix);

  /** What is wanted: {@code json} or {@code csv}, or another that the route has. */
  String format();

  /** A header's value, the first. */
  Optional<String> header(String name);

  /** The body of a POST, at most 64 KiB. */
  byte[] body() throws Problem;

  /** Path and query as they were sent, for links to the next page. */
  URI uri();
}
