// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.app.up.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker in a process of its own, which can be killed: FOLDER PORT. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    try (EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), port)) {
      if (broker.port() != port) {
        throw new IllegalStateException("port " + port + " is busy");
      }
      System.out.println("the broker runs at " + broker.bootstrap());
      new CountDownLatch(1).await();
    }
  }
}
