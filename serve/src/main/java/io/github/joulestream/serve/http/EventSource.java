// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.http;

/** Gives events to a connection. */
public interface EventSource {
  /**
   * A client has connected.
   *
   * @param lastEventId what it received last before it lost its connection; empty at first
   * @param sink takes events from now on, from any thread
   * @return closed when the connection is over
   */
  AutoCloseable open(String lastEventId, Sink sink);

  /** A connection to a client. */
  interface Sink {
    /**
     * Sends an event, as soon as those before it are sent. It never blocks: what a client does not
     * take in time is not kept, and its connection is closed then; it comes again by itself.
     *
     * @param id of this event; empty: none
     * @param event name of the event
     * @param data UTF-8 without line breaks; not changed afterwards, as it is sent to many clients
     * @return false if the connection is over
     */
    boolean send(String id, String event, byte[] data);

    /** Whether the client has not taken all of what was sent before. */
    boolean isBehind();

    /** Ends the connection. */
    void close();
  }
}
