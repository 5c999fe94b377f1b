// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.nio.file.Path;

/** A program that works through what is in the topics. */
interface Contestant {
  /** Begins, and returns soon. */
  void start() throws Exception;

  /** Telemetry batches that it is done with for good. */
  long done() throws Exception;

  /** Energy of all devices that it found, mJ; negative if it does not work that out. */
  long measuredMillijoules() throws Exception;

  /** Energy of all jobs that it found, mJ; negative if it does not work that out. */
  long jobMillijoules() throws Exception;

  void stop() throws Exception;

  /** The contestant of this name. */
  static Contestant of(String name, String bootstrap, Path folder, int threads) {
    return switch (name) {
      case "consumer" -> new BareConsumer(bootstrap, false);
      case "consumer-decoding" -> new BareConsumer(bootstrap, true);
      case "joulestream" -> new Joulestream(bootstrap, folder, threads);
      case "dsl-per-reading" -> new Peer(bootstrap, folder, threads, DslPerReading.topology());
      case "dsl-per-batch" -> new Peer(bootstrap, folder, threads, DslPerBatch.topology());
      default -> throw new IllegalArgumentException("no contestant " + name);
    };
  }
}
