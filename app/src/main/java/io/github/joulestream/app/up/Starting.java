// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.app.up;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A component that starts on a thread of its own, while others start. */
final class Starting<T extends AutoCloseable> {
  private final CompletableFuture<T> future = new CompletableFuture<>();

  Starting(String name, Callable<T> start) {
    Thread.ofPlatform()
        .name("start-" + name)
        .start(() -> {
          try {
            future.complete(start.call());
          } catch (Throwable e) {
            // handed on to whoever waits, whatever it is
            future.completeExceptionally(e);
          }
        });
  }

  /**
   * Waits until it has started.
   *
   * @throws Exception why it could not
   */
  T await() throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Waits until it has started, and closes it; nothing if it could not start. */
  void closeStarted() throws Exception {
    T started;
    try {
      started = future.get();
    } catch (ExecutionException e) {
      return; // whoever awaits it has the reason
    }
    started.close();
  }
}
