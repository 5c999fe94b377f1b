// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.serve.access.StaticTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Viewers of a server, a token each; requests are theirs in turn. */
final class Tokens {
  private final Path file;
  private final List<String> tokens;
  private final AtomicInteger next = new AtomicInteger();

  private Tokens(Path file, List<String> tokens) {
    this.file = file;
    this.tokens = tokens;
  }

  /** Makes as many, and the file that a server reads. */
  static Tokens write(Path folder, int viewers) throws IOException {
    List<String> tokens = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < viewers; i++) {
      String token = StaticTokens.create();
      tokens.add(token);
      lines.add(StaticTokens.line(token, "user=viewer-%d role=viewer".formatted(i)));
    }
    Files.createDirectories(folder);
    Path file = folder.resolve("tokens");
    Files.write(file, lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return new Tokens(file, tokens);
  }

  Path file() {
    return file;
  }

  /** A request of the next viewer. */
  HttpRequest.Builder request(URI url) {
    String token = tokens.get(Math.floorMod(next.getAndIncrement(), tokens.size()));
    return HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token);
  }
}
