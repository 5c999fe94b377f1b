// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.joulestream.serve.http.EventSource.Sink;

/** A client, and the frame that it has. One thread. */
final class FrameClient {
  private static final byte[] NOTHING = "{}".getBytes(US_ASCII);

  private final Viewing viewing;
  private final FrameId id;
  private final Sink sink;
  private long base;
  private boolean isSure;
  private long namesVersion = Long.MIN_VALUE;

  /**
   * A client that has connected.
   *
   * @param id of its frames
   * @param lastEventId what it received last before; empty at first
   */
  FrameClient(Viewing viewing, FrameId id, String lastEventId, Sink sink) {
    this.viewing = viewing;
    this.id = id;
    this.sink = sink;
    this.base = id.frame(lastEventId);
  }

  Viewing viewing() {
    return viewing;
  }

  /** The frame that it has; 0: none. */
  long base() {
    return base;
  }

  /**
   * Whether it has its frame and nothing of a later one: not before its first frame here, as it may
   * have received some events of the frame in which it lost its connection.
   */
  boolean isSure() {
    return isSure;
  }

  /** It begins at the latest frame; if it claims to have a later one, it has none. */
  void begin(long latest) {
    base = base > latest ? 0 : base;
  }

  boolean isBehind() {
    return sink.isBehind();
  }

  /**
   * Sends a frame. Only its last event has its id: a client that loses its connection within it
   * comes again with that of the frame before, and gets the rest.
   *
   * @return false if the connection is over
   */
  boolean send(FrameEvents frame, long number) {
    for (int i = 0; i < frame.size(); i++) {
      String eventId = id.text(i == frame.size() - 1 ? number : base);
      if (!sink.send(eventId, frame.name(i), frame.data(i))) {
        return false;
      }
    }
    base = number;
    isSure = true;
    return true;
  }

  /** Whether it was sent names of that version apart from a frame. */
  boolean hasNames(long version) {
    return namesVersion == version;
  }

  /**
   * Sends the first part of a frame, with names of that version; it keeps the frame that it has.
   *
   * @return false if the connection is over
   */
  boolean sendPart(FrameEvents part, long version) {
    long before = base;
    boolean wasSure = isSure;
    namesVersion = version;
    boolean open = send(part, before);
    base = before;
    isSure = wasSure;
    return open;
  }

  /** The server ends. */
  void bye() {
    sink.send(id.text(base), "bye", NOTHING);
    sink.close();
  }
}
