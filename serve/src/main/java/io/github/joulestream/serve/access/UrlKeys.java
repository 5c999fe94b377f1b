// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.access;

import com.nimbusds.jose.jwk.JWK;
import io.github.joulestream.runtime.DistinctErrors;
import io.github.joulestream.runtime.HttpAnswer;
import io.github.joulestream.runtime.HttpEndpoint;
import io.github.joulestream.runtime.NanoClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys of an issuer out of a URL. They are read when the first token comes, again after a quarter
 * of an hour, and when a token names one that is not known; never twice within 30 s, whatever
 * tokens come. While the issuer is away the last keys hold, for a day.
 */
final class UrlKeys implements SigningKeys {
  private static final Logger log = LoggerFactory.getLogger(UrlKeys.class);
  static final Duration FRESH = Duration.ofMinutes(15);
  static final Duration PAUSE = Duration.ofSeconds(30);
  static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  static final Duration LONGEST = Duration.ofDays(1);
  private static final HttpEndpoint.Limits LIMITS =
      new HttpEndpoint.Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), 1 << 20);

  /** Where the keys are, which may have to be asked for. */
  interface Place {
    URI url() throws IOException;
  }

  private record Known(List<JWK> keys, long readNanos) {}

  private final Place place;
  private final NanoClock clock;
  private final DistinctErrors errors = new DistinctErrors(log::warn);
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Known known;
  private boolean tried;
  private long triedNanos;

  UrlKeys(Place place, NanoClock clock) {
    this.place = place;
    this.clock = clock;
  }

  /**
   * What a URL answers.
   *
   * @throws IOException if it answers no 200 in time, or too much
   */
  static String read(URI url) throws IOException {
    try (HttpEndpoint endpoint = new HttpEndpoint(url, LIMITS)) {
      HttpAnswer answer =
          endpoint.send(endpoint.request("").header("Accept", "application/json").build());
      if (answer.status() != 200) {
        throw new IOException("it answered " + answer.status());
      }
      return answer.body();
    }
  }

  @Override
  public List<JWK> current() throws Access.Refusal {
    Known last = known;
    if (last == null) {
      return readAgain(); // those who come meanwhile wait for the first keys
    }
    if (clock.nanos() - last.readNanos() > FRESH.toNanos() && reading.tryLock()) {
      try {
        read();
      } finally {
        reading.unlock();
      }
    }
    return usable();
  }

  @Override
  public List<JWK> readAgain() throws Access.Refusal {
    reading.lock();
    try {
      read();
    } finally {
      reading.unlock();
    }
    return usable();
  }

  private List<JWK> usable() throws Access.Refusal {
    Known last = known;
    if (last == null || clock.nanos() - last.readNanos() > LONGEST.toNanos()) {
      throw new Access.Refusal("the issuer's keys cannot be read now; try again later");
    }
    return last.keys();
  }

  /** Reads, unless that was tried just now. The lock is held. */
  private void read() {
    try {
      Duration pause = known == null ? FIRST_PAUSE : PAUSE;
      if (tried && clock.nanos() - triedNanos < pause.toNanos()) {
        return;
      }
      tried = true;
      triedNanos = clock.nanos();
      List<JWK> keys = SigningKeys.parse(read(place.url()));
      known = new Known(keys, clock.nanos());
    } catch (IOException e) {
      errors.warn("keys", "the keys of the issuer of tokens cannot be read: " + e.getMessage());
    }
  }
}
