// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** A health port in a heap of which as much is taken as an agent takes; ends with its stdin. */
final class SmallHeapMain {
  private static final int LIVE_BYTES = 8 << 20;

  private SmallHeapMain() {}

  public static void main(String[] args) throws Exception {
    byte[] live = new byte[LIVE_BYTES];
    Arrays.fill(live, (byte) 1);
    try (HealthServer server = HealthServer.start(0, new Metrics(), () -> Health.GOOD)) {
      System.out.println(server.port());
      CountDownLatch ended = new CountDownLatch(1);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              while (System.in.read() >= 0) {
                // whoever started it keeps this open
              }
            } catch (java.io.IOException e) {
              // it is gone
            }
            ended.countDown();
          });
      ended.await();
    }
    System.out.println(live.length);
  }
}
