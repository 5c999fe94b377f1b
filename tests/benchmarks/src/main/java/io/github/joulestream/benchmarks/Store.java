// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A store in a process of its own: FOLDER. */
final class Store {
  private Store() {}

  public static void main(String[] args) throws Exception {
    int port;
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = any.getLocalPort();
    }
    try (EmbeddedQuestDb store = EmbeddedQuestDb.start(Path.of(args[0]), port)) {
      System.out.println("READY " + store.url());
      new CountDownLatch(1).await();
    }
  }
}
