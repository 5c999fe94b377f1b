// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.serve.access.Visibility;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jetty.server.Request;

/** A request that has passed. */
record ReceivedRequest(
    Request request,
    Router.Match match,
    SortedMap<String, List<String>> values,
    String format,
    Visibility visibility)
    implements ApiRequest {

  @Override
  public String path(String variable) {
    String value = match.variables().get(variable);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s has no {%s}".formatted(match.route().path(), variable));
    }
    return value;
  }

  @Override
  public Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  @Override
  public List<String> parameters(String name) {
    return given(values.getOrDefault(name, List.of()));
  }

  private static List<String> given(List<String> values) {
    List<String> given = new ArrayList<>(values);
    given.removeIf(String::isEmpty);
    return given;
  }

  @Override
  public SortedMap<String, String> parametersWith(String prefix) {
    SortedMap<String, String> found = new TreeMap<>();
    for (Map.Entry<String, List<String>> entry : values.tailMap(prefix).entrySet()) {
      if (!entry.getKey().startsWith(prefix)) {
        break;
      }
      for (String value : given(entry.getValue())) {
        found.put(entry.getKey().substring(prefix.length()), value);
      }
    }
    return found;
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  @Override
  public byte[] body() throws Problem {
    return Bodies.read(request);
  }

  @Override
  public URI uri() {
    return PathText.uri(request.getHttpURI().getPath(), request.getHttpURI().getQuery());
  }
}
