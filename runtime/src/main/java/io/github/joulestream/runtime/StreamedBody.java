// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body of any length, read as it arrives: memory does not grow with it, and only a pause ends it.
 * What is read slowly is sent slowly.
 */
public final class StreamedBody {
  private StreamedBody() {}

  /**
   * The body as a stream, to be closed by its reader. A read fails with an {@link IOException} if
   * the connection ends before the body does, or if nothing arrives for too long.
   *
   * @param longestPause how long a read waits for the next byte
   */
  public static HttpResponse.BodyHandler<InputStream> of(Duration longestPause) {
    return _ -> new Subscriber(longestPause);
  }

  /** What arrived: bytes, or an end. */
  private sealed interface Arrival {}

  private record Bytes(List<ByteBuffer> buffers) implements Arrival {}

  /** The body's end; with a failure if it is not its true end. */
  private record End(@Nullable Throwable failure) implements Arrival {}

  private static final class Subscriber implements HttpResponse.BodySubscriber<InputStream> {
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Duration longestPause;
    private final CompletableFuture<InputStream> body = new CompletableFuture<>();

    Subscriber(Duration longestPause) {
      this.longestPause = longestPause;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      body.complete(new Stream(arrivals, subscription, longestPause));
      subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      arrivals.add(new Bytes(buffers));
    }

    @Override
    public void onError(Throwable e) {
      arrivals.add(new End(e));
    }

    @Override
    public void onComplete() {
      arrivals.add(new End(null));
    }
  }

  private static final class Stream extends InputStream {
    private final BlockingQueue<Arrival> arrivals;
    private final Flow.Subscription subscription;
    private final Duration longestPause;
    private List<ByteBuffer> buffers = List.of();
    private int next;
    private @Nullable End end;
    private boolean closed;

    Stream(BlockingQueue<Arrival> arrivals, Flow.Subscription subscription, Duration longestPause) {
      this.arrivals = arrivals;
      this.subscription = subscription;
      this.longestPause = longestPause;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
      Objects.checkFromIndexSize(at, length, to.length);
      if (length == 0) {
        return 0;
      }
      ByteBuffer buffer = current();
      if (buffer == null) {
        return -1;
      }
      int taken = Math.min(length, buffer.remaining());
      buffer.get(to, at, taken);
      return taken;
    }

    /** The buffer with the next byte; null at the end. */
    private @Nullable ByteBuffer current() throws IOException {
      if (closed) {
        throw new IOException("closed");
      }
      while (end == null) {
        while (next < buffers.size()) {
          if (buffers.get(next).hasRemaining()) {
            return buffers.get(next);
          }
          next++;
        }
        switch (arrival()) {
          case Bytes bytes -> {
            buffers = bytes.buffers();
            next = 0;
            subscription.request(1);
          }
          case End last -> end = last;
        }
      }
      Throwable failure = end.failure();
      if (failure != null) {
        throw new IOException("the connection ended before the answer did", failure);
      }
      return null;
    }

    private Arrival arrival() throws IOException {
      try {
        Arrival arrival = arrivals.poll(longestPause.toMillis(), TimeUnit.MILLISECONDS);
        if (arrival == null) {
          throw new IOException(
              "nothing more arrived for " + Quantities.duration(longestPause.toMillis()));
        }
        return arrival;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
    }

    /** Ends the request if it is under way. */
    @Override
    public void close() {
      closed = true;
      if (end == null) {
        subscription.cancel();
      }
    }
  }
}
