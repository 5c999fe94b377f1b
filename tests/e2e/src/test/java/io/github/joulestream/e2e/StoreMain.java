// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.e2e;

import io.github.joulestream.cli.log.Logging;
import io.github.joulestream.store.questdb.EmbeddedQuestDb;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A store in a process of its own, which can be killed: FOLDER PORT. */
final class StoreMain {
  private StoreMain() {}

  public static void main(String[] args) throws Exception {
    Logging.start(false);
    try (EmbeddedQuestDb store =
        EmbeddedQuestDb.start(Path.of(args[0]), Integer.parseInt(args[1]))) {
      System.out.println("the store runs at " + store.url());
      new CountDownLatch(1).await();
    }
  }
}
