// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.io.PrintStream;
import java.util.Locale;

/** Says of a simulation that has ended that jobs of it have not. */
public final class LeftRunning {
  private LeftRunning() {}

  /**
   * @param jobs that run at the end
   */
  public static void say(int jobs, PrintStream out) {
    if (jobs > 0) {
      out.printf(
          Locale.ROOT,
          "%,d %s left running (--end-jobs cancels what runs at the end)%n",
          jobs,
          jobs == 1 ? "job is" : "jobs are");
    }
  }
}
