// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

/** What power an MLPerf Training job is taken to draw at the moments of its start and its end. */
public enum MlperfEdges {
  /**
   * The convention of the benchmark's own energy figures: the first value of each node's log at
   * {@code run_start}, the last at {@code run_stop}. Two readings per node are added to the logs.
   */
  LOG_ENDS,
  /** What was measured around these moments: nothing is added to the logs. */
  MEASURED
}
