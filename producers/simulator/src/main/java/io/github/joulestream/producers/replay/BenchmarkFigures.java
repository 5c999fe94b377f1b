// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.replay;

import static java.util.Objects.requireNonNull;

import java.util.OptionalDouble;

/**
 * What MLPerf Training's rules add to the energy of the nodes. None of it is booked: the
 * interconnect is an estimate, and the formula no measurement.
 *
 * @param edges how power at the run's edges was taken
 * @param interconnectJoules estimated power of the interconnect ({@code sw_*.txt}) times run time,
 *     with the conversion efficiency those files give; empty if there are none
 * @param conversionEfficiency factor that the nodes' logs give, 1 if they give none; two factors
 *     with {@code ..} between them where nodes differ
 * @param mlcommonsJoules the figure of MLCommons' result_summarizer, interconnect and efficiency
 *     included; empty if it was not asked for or the logs do not give it
 */
public record BenchmarkFigures(
    MlperfEdges edges,
    OptionalDouble interconnectJoules,
    String conversionEfficiency,
    OptionalDouble mlcommonsJoules)
    implements Figures {
  public BenchmarkFigures {
    requireNonNull(edges, "edges is null");
    requireNonNull(conversionEfficiency, "conversionEfficiency is null");
  }
}
