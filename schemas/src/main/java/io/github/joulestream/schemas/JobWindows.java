// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.util.List;

/**
 * Windows of jobs that a task emitted together: of one site and one length. On the topic {@code
 * job-window}, under the key of the first of them; on the way there increments to windows of one
 * job. A large site has thousands of such windows a second; a record for each would cost more than
 * what is in it.
 *
 * @param windows at least one
 */
public record JobWindows(List<JobWindow> windows) {
  /**
   * In a record. With the amounts of most jobs they are less than a dead letter keeps, 64 KiB; with
   * the longest names and the largest amounts less than a record may have.
   */
  public static final int MAX_WINDOWS = 300;

  /**
   * @throws IllegalArgumentException if there is none, or if they are not of one site and length
   */
  public JobWindows {
    windows = List.copyOf(windows);
    if (windows.isEmpty()) {
      throw new IllegalArgumentException("no windows");
    }
    JobWindow first = windows.getFirst();
    for (JobWindow window : windows) {
      if (!window.site().equals(first.site()) || window.windowMillis() != first.windowMillis()) {
        throw new IllegalArgumentException(
            "windows of several sites or lengths: %s and %s"
                .formatted(named(first), named(window)));
      }
    }
  }

  /** One window. */
  public static JobWindows of(JobWindow window) {
    return new JobWindows(List.of(window));
  }

  private static String named(JobWindow window) {
    return "%s/%s, %d ms".formatted(window.site(), window.job(), window.windowMillis());
  }

  /** The site of them all. */
  public String site() {
    return windows.getFirst().site();
  }

  /** The record's key. */
  public String key() {
    return Keys.job(site(), windows.getFirst().job());
  }
}
