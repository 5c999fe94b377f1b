// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.joulestream.runtime.NanoClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event stream to one client. What is sent waits in a queue of bounded bytes, of which as much
 * as the connection takes is written; no thread waits for it. Beyond the bound, or if nothing is
 * taken for two heartbeats, the connection is closed.
 */
final class EventStream implements EventSource.Sink {
  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(UTF_8);
  private static final int MOST_AT_ONCE = 64 << 10;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final HttpCounts counts;
  private final NanoClock clock;
  private final int maxQueued;
  private final long heartbeatNanos;
  private final Consumer<EventStream> over;
  private final Writing writing = new Writing();

  private final Object lock = new Object();
  private final Deque<byte[]> queue = new ArrayDeque<>();
  private int queued;
  private int inFlight;
  private boolean ending;
  private boolean closed;
  private long lastWritten;
  private @Nullable AutoCloseable source;

  /**
   * @param over called once, when the connection is over
   */
  EventStream(
      Request request,
      Response response,
      Callback callback,
      HttpSettings.Limits limits,
      HttpCounts counts,
      NanoClock clock,
      Consumer<EventStream> over) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.counts = counts;
    this.clock = clock;
    this.maxQueued = limits.queuedBytes();
    this.heartbeatNanos = limits.heartbeatMillis() * 1_000_000L;
    this.over = over;
    this.lastWritten = clock.nanos();
  }

  /** Sends the head of the answer, and takes events of a source from now on. */
  void open(EventSource from, String lastEventId) {
    enqueue("retry: 3000\n\n".getBytes(UTF_8));
    AutoCloseable opened;
    try {
      opened = from.open(lastEventId, this);
    } catch (RuntimeException e) {
      log.error("An event stream cannot begin", e);
      close();
      return;
    }
    boolean alreadyOver;
    synchronized (lock) {
      source = opened;
      alreadyOver = closed;
    }
    if (alreadyOver) {
      close(opened);
    }
  }

  @Override
  public boolean send(String id, String event, byte[] data) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(data.length + 64);
    if (!id.isEmpty()) {
      line(frame, "id: ", id);
    }
    line(frame, "event: ", event);
    frame.writeBytes("data: ".getBytes(UTF_8));
    for (byte b : data) {
      if (b == '\n' || b == '\r') {
        throw new IllegalArgumentException("data of an event is one line");
      }
    }
    frame.writeBytes(data);
    frame.writeBytes("\n\n".getBytes(UTF_8));
    return enqueue(frame.toByteArray());
  }

  private static void line(ByteArrayOutputStream frame, String field, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("an id or a name of an event is one line");
    }
    frame.writeBytes((field + value + "\n").getBytes(UTF_8));
  }

  private boolean enqueue(byte[] frame) {
    boolean behind;
    synchronized (lock) {
      if (closed || ending) {
        return false;
      }
      int waiting = queued + inFlight;
      // one of any size is taken if none waits: a first frame has all of a site
      behind = waiting > 0 && (long) waiting + frame.length > maxQueued;
      if (!behind) {
        queue.add(frame);
        queued += frame.length;
      }
    }
    if (behind) {
      drop();
      return false;
    }
    writing.iterate();
    return true;
  }

  @Override
  public boolean isBehind() {
    synchronized (lock) {
      return queued + inFlight > 0;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      ending = true;
    }
    writing.iterate();
  }

  /** Sends {@code bye} and ends the connection. */
  void bye() {
    send("", "bye", "{}".getBytes(UTF_8));
    close();
  }

  /** Keeps the connection, or closes it if the client takes nothing; called now and then. */
  void tick() {
    long now = clock.nanos();
    boolean stuck;
    boolean quiet;
    synchronized (lock) {
      boolean waiting = queued + inFlight > 0;
      stuck = !closed && waiting && now - lastWritten > 2 * heartbeatNanos;
      quiet = !waiting && now - lastWritten >= heartbeatNanos;
    }
    if (stuck) {
      drop();
    } else if (quiet) {
      enqueue(HEARTBEAT);
    }
  }

  private void drop() {
    synchronized (lock) {
      if (closed) {
        return;
      }
    }
    counts.dropped();
    log.debug("A client of an event stream did not read in time; closed");
    request.getConnectionMetaData().getConnection().getEndPoint().close();
    finish(new IOException("the client did not read in time"));
  }

  /** The connection is over, for whatever reason. */
  private void finish(@Nullable Throwable failure) {
    AutoCloseable opened;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      queue.clear();
      queued = 0;
      opened = source;
    }
    over.accept(this);
    if (opened != null) {
      close(opened);
    }
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
  }

  /** On a thread of its own: this may be one that may not wait. */
  private static void close(AutoCloseable source) {
    Thread.ofVirtual()
        .name("end-of-stream")
        .start(() -> {
          try {
            source.close();
          } catch (Exception e) {
            log.warn("The source of an event stream cannot be closed", e);
          }
        });
  }

  /** Writes what waits, one write at a time. */
  private final class Writing extends IteratingCallback {
    private boolean finishing;

    @Override
    protected Action process() {
      ByteBuffer next;
      synchronized (lock) {
        if (closed) {
          return Action.SUCCEEDED;
        }
        if (queue.isEmpty()) {
          if (!ending) {
            return Action.IDLE;
          }
          next = null;
        } else {
          next = taken();
        }
      }
      if (next == null) {
        finishing = true;
        response.write(true, ByteBuffer.allocate(0), this);
      } else {
        response.write(false, next, this);
      }
      return Action.SCHEDULED;
    }

    /** As many as go into one write; called with the lock. */
    private ByteBuffer taken() {
      byte[] first = queue.remove();
      int length = first.length;
      Deque<byte[]> more = new ArrayDeque<>();
      while (!queue.isEmpty() && length + queue.element().length <= MOST_AT_ONCE) {
        more.add(queue.element());
        length += queue.remove().length;
      }
      queued -= length;
      inFlight = length;
      if (more.isEmpty()) {
        return ByteBuffer.wrap(first);
      }
      ByteBuffer all = ByteBuffer.allocate(length).put(first);
      more.forEach(all::put);
      return all.flip();
    }

    @Override
    protected void onSuccess() {
      int written;
      synchronized (lock) {
        written = inFlight;
        inFlight = 0;
        lastWritten = clock.nanos();
      }
      counts.eventBytes(written);
      if (finishing) {
        finish(null);
      }
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      finish(cause);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }
  }
}
