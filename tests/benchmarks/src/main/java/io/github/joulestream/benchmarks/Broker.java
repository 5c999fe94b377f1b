// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.app.up.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker in a process of its own, so that its cost is not a contestant's: FOLDER PORT. */
final class Broker {
  private Broker() {}

  public static void main(String[] args) throws Exception {
    try (EmbeddedKafka broker = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]))) {
      System.out.println("READY " + broker.bootstrap());
      new CountDownLatch(1).await();
    }
  }
}
