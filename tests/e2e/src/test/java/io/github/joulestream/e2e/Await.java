// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what other threads and processes do. */
final class Await {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    until(what, LIMIT, condition);
  }

  static void until(String what, Duration limit, Callable<Boolean> condition) throws Exception {
    until(what, limit, condition, () -> "");
  }

  /**
   * @param missing what there is to say if it does not come about
   */
  static void until(
      String what, Duration limit, Callable<Boolean> condition, Supplier<String> missing)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      assertThat(end - System.nanoTime())
          .as(() -> "%s within %s; %s".formatted(what, limit, missing.get()))
          .isPositive();
      LockSupport.parkNanos(20_000_000);
    }
  }
}
