// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import io.github.joulestream.producers.publish.KafkaPublisher;
import io.github.joulestream.runtime.Health;
import java.io.PrintStream;
import java.util.Optional;
import java.util.OptionalLong;

/** What {@code up} publishes besides the samples of this machine. */
sealed interface Workload permits LiveSite, PastSite, TraceReplay {
  /** What is published, for the user, before it starts. */
  void announce(PrintStream out);

  /**
   * Starts to publish.
   *
   * @param components what has to be closed when the run ends goes there
   */
  void start(Components components, KafkaPublisher publisher);

  /** Readings published so far. */
  long readings();

  /** How many it will publish in all, if that is known. */
  default OptionalLong totalReadings() {
    return OptionalLong.empty();
  }

  /** Why it cannot continue. */
  Optional<Throwable> failure();

  default Health health() {
    return Health.GOOD;
  }

  /** True if everything is published; of what has no end of its own always. */
  boolean isDone();

  /** True if it was ended before everything was published. */
  boolean wasCutShort();

  /**
   * Ends it, and returns when nothing is published any more.
   *
   * @param out for what the user should know of it
   */
  void finish(PrintStream out) throws Exception;
}
