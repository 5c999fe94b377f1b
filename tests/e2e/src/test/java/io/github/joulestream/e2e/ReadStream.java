// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;

/** A client of an event stream, which counts the states of the site that it is sent. */
final class ReadStream implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final InputStream body;
  private final AtomicInteger sites = new AtomicInteger();
  private volatile boolean over;

  ReadStream(URI uri) throws IOException, InterruptedException {
    body = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream()).body();
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals("event: site")) {
          sites.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // either side has closed it: isOver() says so
    }
    over = true;
  }

  /** States of the site that came. */
  int sites() {
    return sites.get();
  }

  /** Whether it has ended. */
  boolean isOver() {
    return over;
  }

  @Override
  public void close() throws IOException {
    body.close();
    client.shutdownNow();
  }
}
