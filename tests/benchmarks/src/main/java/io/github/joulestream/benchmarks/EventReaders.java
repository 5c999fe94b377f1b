// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** People who look at the page: each reads one stream of events, as fast as they come. */
final class EventReaders implements AutoCloseable {
  private final HttpClient client;
  private final Tokens tokens;
  private final List<Thread> threads = new ArrayList<>();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder frames = new LongAdder();
  private final LongAdder open = new LongAdder();
  private final ConcurrentLinkedQueue<Double> gapsMillis = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private volatile boolean closing;
  private volatile boolean counting;

  EventReaders(HttpClient client, URI url, int streams, Tokens tokens) {
    this.client = client;
    this.tokens = tokens;
    for (int i = 0; i < streams; i++) {
      threads.add(Thread.ofVirtual().start(() -> read(url)));
    }
  }

  private void read(URI url) {
    try {
      HttpResponse<InputStream> answer =
          client.send(
              tokens
                  .request(url)
                  .header("Accept", "text/event-stream")
                  .header("Accept-Encoding", "gzip")
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      if (answer.statusCode() != 200) {
        problems.add("a stream answers " + answer.statusCode());
        return;
      }
      open.increment();
      try (InputStream body = answer.body()) {
        readFrames(body);
      }
      problems.add("a stream ended");
    } catch (IOException e) {
      if (!closing) {
        problems.add("a stream ended: " + e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What is read at once is counted as a frame; a frame that comes in parts as soon as it begins.
   */
  private void readFrames(InputStream body) throws IOException {
    byte[] buffer = new byte[64 << 10];
    long last = System.nanoTime();
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      long now = System.nanoTime();
      if (counting) {
        bytes.add(read);
        if (now - last > 100_000_000) {
          frames.increment();
          gapsMillis.add((now - last) / 1e6);
        }
      }
      last = now;
    }
  }

  /** From now on what arrives is counted. */
  void count() {
    bytes.reset();
    frames.reset();
    gapsMillis.clear();
    counting = true;
  }

  /** Ends the count. */
  void stopCounting() {
    counting = false;
  }

  long open() {
    return open.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  long frames() {
    return frames.sum();
  }

  /** Times between two frames of a stream. */
  Collection<Double> gapsMillis() {
    return gapsMillis;
  }

  Collection<String> problems() {
    return problems;
  }

  @Override
  public void close() {
    closing = true;
    client.shutdownNow();
    threads.forEach(Thread::interrupt);
  }
}
