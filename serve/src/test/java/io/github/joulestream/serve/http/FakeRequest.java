// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import io.github.joulestream.serve.access.Role;
import io.github.joulestream.serve.access.Viewer;
import io.github.joulestream.serve.access.Visibility;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A request with these parameters, {@code name=value}. */
public record FakeRequest(List<String> pairs) implements ApiRequest {
  public static FakeRequest of(String... pairs) {
    return new FakeRequest(List.of(pairs));
  }

  @Override
  public Visibility visibility() {
    return new Visibility(new Viewer("", Role.VIEWER, new TreeSet<>()), true);
  }

  @Override
  public String path(String variable) {
    return variable;
  }

  @Override
  public Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  @Override
  public List<String> parameters(String name) {
    return pairs.stream()
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .toList();
  }

  @Override
  public SortedMap<String, String> parametersWith(String prefix) {
    return new TreeMap<>();
  }

  @Override
  public String format() {
    return "json";
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.empty();
  }

  @Override
  public byte[] body() {
    return new byte[0];
  }

  @Override
  public URI uri() {
    return URI.create("/test");
  }
}
