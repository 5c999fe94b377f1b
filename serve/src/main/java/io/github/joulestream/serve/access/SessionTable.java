// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import io.github.joulestream.runtime.EpochClock;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions that are open. Ids are kept as their hashes: a dump of the memory has none that a
 * browser could send. Used by many threads.
 */
final class SessionTable {
  /** However long a token is valid, a browser asks again after this time. */
  static final Duration LONGEST = Duration.ofHours(12);

  static final int MOST = 10_000;
  static final int MOST_OF_A_VIEWER = 50;
  private static final int ID_BYTES = 32;

  private final EpochClock clock;
  private final SecureRandom random = new SecureRandom();
  // by the hash of their ids, the oldest first
  private final Map<ByteBuffer, Identity> sessions = new LinkedHashMap<>();

  SessionTable(EpochClock clock) {
    this.clock = clock;
  }

  /**
   * Opens one.
   *
   * @throws Access.Refusal if there are too many of others
   */
  synchronized Sessions.Opened open(Identity identity) throws Access.Refusal {
    long now = clock.epochMillis();
    sessions.values().removeIf(session -> isOver(session, now));
    ByteBuffer oldest = null;
    int own = 0;
    for (Map.Entry<ByteBuffer, Identity> session : sessions.entrySet()) {
      if (session.getValue().viewer().equals(identity.viewer())) {
        oldest = own++ == 0 ? session.getKey() : oldest;
      }
    }
    // nobody can push out the sessions of others
    if (own >= MOST_OF_A_VIEWER && oldest != null) {
      sessions.remove(oldest);
    } else if (sessions.size() >= MOST) {
      throw new Access.Refusal("too many sessions are open; try again later");
    }
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    long until = Math.min(identity.untilEpochMillis(), now + LONGEST.toMillis());
    sessions.put(key(id), new Identity(identity.viewer(), until, identity.holds()));
    return new Sessions.Opened(id, identity.viewer(), Math.max(0, (until - now) / 1_000));
  }

  /** Whose session it is; empty if it is over, or none. */
  synchronized Optional<Identity> find(String id) {
    ByteBuffer key = key(id);
    Identity session = sessions.get(key);
    if (session != null && isOver(session, clock.epochMillis())) {
      sessions.remove(key);
      return Optional.empty();
    }
    return Optional.ofNullable(session);
  }

  synchronized void close(String id) {
    sessions.remove(key(id));
  }

  synchronized int size() {
    return sessions.size();
  }

  private static boolean isOver(Identity session, long now) {
    return session.untilEpochMillis() <= now || !session.holds().getAsBoolean();
  }

  private static ByteBuffer key(String id) {
    return ByteBuffer.wrap(Sha256.of(id));
  }
}
