// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.runtime.DeadThreads;
import java.util.concurrent.CountDownLatch;

/** A program one of whose threads dies while its main thread waits for the end. */
final class DyingMain {
  private DyingMain() {}

  public static void main(String[] args) throws InterruptedException {
    DeadThreads.endTheProcess(System.out::println);
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  end.countDown();
                  try {
                    stopped.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    Thread worker =
        Thread.ofPlatform()
            .name("worker")
            .start(() -> {
              throw new AssertionError(args[0]);
            });
    end.await();
    worker.join();
    System.out.println("stopped in order");
    stopped.countDown();
  }
}
