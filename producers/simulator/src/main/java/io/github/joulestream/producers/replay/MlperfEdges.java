// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the energy of an MLPerf Training run between its start and its stop is taken. */
public enum MlperfEdges {
  /** What was measured around these moments: nothing is added to the logs. */
  MEASURED,
  /**
   * The first value of each node's log is held from {@code run_start}, the last to {@code
   * run_stop}: two readings per node are added to the logs.
   */
  HELD,
  /**
   * Books what was measured, and reports beside it the figure of MLCommons' result_summarizer,
   * which is a formula and no measurement.
   */
  MLCOMMONS;

  /** As it is written in options and tables. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<MlperfEdges> of(String label) {
    return Arrays.stream(values()).filter(edges -> edges.label().equals(label)).findFirst();
  }
}
