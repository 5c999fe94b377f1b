// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.runtime;

import io.github.joulestream.runtime.tls.ServerCertificate;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;

/**
 * A health port in a heap of which as much is taken as an agent takes; ends with its stdin. With
 * two arguments they are the files of a certificate and its key.
 */
final class SmallHeapMain {
  private static final int LIVE_BYTES = 8 << 20;

  private SmallHeapMain() {}

  public static void main(String[] args) throws Exception {
    byte[] live = new byte[LIVE_BYTES];
    Arrays.fill(live, (byte) 1);
    HealthServer.Tls tls = null;
    if (args.length == 2) {
      SSLContext context = ServerCertificate.read(Path.of(args[0]), Path.of(args[1])).context(null);
      tls = new HealthServer.Tls(context, ServerCertificate.parameters(context));
    }
    try (HealthServer server =
        HealthServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new HealthServer.Protection(tls, null),
            new Metrics(),
            () -> Health.GOOD)) {
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
