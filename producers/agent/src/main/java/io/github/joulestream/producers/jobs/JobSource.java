// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import java.io.IOException;
import java.util.List;

/** A source of the jobs on this node. Used by one thread. */
public interface JobSource {
  /** Its name in the metrics of an agent, which stays the same. */
  default String name() {
    return "other";
  }

  /** What it is, in a few words: {@code jobs in /run/joulestream/jobs}. */
  String describe();

  /**
   * The jobs that it knows of now. A job that is in the list no more is over, even if its end was
   * never in it. While nothing changes it is the same list, so that a turn without changes costs
   * next to nothing.
   *
   * @throws IOException if it cannot be asked now; then nothing is concluded
   */
  List<LocalJob> read(long epochMillis) throws IOException;

  /** When what it reads last changed, Unix epoch, ms: the end of jobs that were in the list. */
  long changedEpochMillis();

  /** What it is not certain of, for jobs that it reports now, in words; empty if nothing. */
  default List<String> uncertain() {
    return List.of();
  }
}
