// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.io.PrintStream;
import java.util.Locale;

/** Reports the jobs that still run when a simulation ends. */
public final class LeftRunning {
  private LeftRunning() {}

  /**
   * @param jobs that run at the end
   */
  public static void print(int jobs, PrintStream out) {
    if (jobs > 0) {
      out.printf(
          Locale.ROOT,
          "%,d %s left running (--end-jobs cancels what runs at the end)%n",
          jobs,
          jobs == 1 ? "job is" : "jobs are");
    }
  }
}
