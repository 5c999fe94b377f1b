// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** A program that works through what is in the topics. */
interface Contestant {
  String FLINK = "flink";

  /** All there are. */
  List<String> NAMES =
      List.of(
          "consumer",
          "consumer-decoding",
          "joulestream",
          "dsl-per-batch",
          "dsl-per-reading",
          FLINK);

  /** Begins, and returns soon. */
  void start() throws Exception;

  /** Telemetry batches that it is done with for good. */
  long done() throws Exception;

  /** Energy of all devices that it found, mJ; negative if it does not work that out. */
  long measuredMillijoules() throws Exception;

  /** Energy of all jobs that it found, mJ; negative if it does not work that out. */
  long jobMillijoules() throws Exception;

  /** Bytes of state that would be gone after it stopped. */
  default long stateBytes() {
    return 0;
  }

  void stop() throws Exception;

  /** The contestant of this name. */
  static Contestant of(String name, String bootstrap, Path folder, int threads) {
    return switch (name) {
      case "consumer" -> new BareConsumer(bootstrap, false);
      case "consumer-decoding" -> new BareConsumer(bootstrap, true);
      case "joulestream" -> new Joulestream(bootstrap, folder, threads);
      case "dsl-per-reading" -> new Peer(bootstrap, folder, threads, DslPerReading.topology());
      case "dsl-per-batch" -> new Peer(bootstrap, folder, threads, DslPerBatch.topology());
      case FLINK -> new FlinkPeer(bootstrap, folder, threads);
      default -> throw new IllegalArgumentException("no contestant " + name);
    };
  }
}
