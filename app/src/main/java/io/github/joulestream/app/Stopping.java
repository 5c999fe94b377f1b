// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** For commands that run until Ctrl-C: waits for it, and lets them stop in order. */
final class Stopping implements AutoCloseable {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);

  Stopping() {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  asked.countDown();
                  try {
                    finished.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** Waits for a while; true if the end was asked for. */
  boolean await(Duration duration) throws InterruptedException {
    return asked.await(duration.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean asked() {
    return asked.getCount() == 0;
  }

  @Override
  public void close() {
    finished.countDown();
  }
}
