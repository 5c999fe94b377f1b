// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Bodies of requests. */
final class Bodies {
  static final int MAX_BYTES = 64 << 10;

  /** A small part of the requests that are answered at once: a body can arrive slowly. */
  static final int MAX_AT_ONCE = 32;

  private static final Duration LATER = Duration.ofSeconds(5);
  private static final Semaphore TURNS = new Semaphore(MAX_AT_ONCE);

  private Bodies() {}

  static byte[] read(Request request) throws Problem {
    if (request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
      throw Problem.of(415, "Not supported", "a body must not be compressed");
    }
    Problem tooLarge =
        Problem.of(413, "Too large", "a body has at most %,d bytes".formatted(MAX_BYTES));
    if (request.getLength() > MAX_BYTES) {
      throw tooLarge;
    }
    if (!TURNS.tryAcquire()) {
      throw Problem.unavailable("too many bodies arrive at once", LATER);
    }
    try {
      return read(request, tooLarge);
    } finally {
      TURNS.release();
    }
  }

  private static byte[] read(Request request, Problem tooLarge) throws Problem {
    byte[] bytes = new byte[MAX_BYTES + 1];
    int length;
    try (InputStream in = Request.asInputStream(request)) {
      length = in.readNBytes(bytes, 0, bytes.length);
    } catch (IOException e) {
      Problem problem = Problem.of(400, "Bad request", "the body did not arrive");
      problem.addSuppressed(e);
      throw problem;
    }
    if (length > MAX_BYTES) {
      throw tooLarge;
    }
    return Arrays.copyOf(bytes, length);
  }
}
