// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/**
 * A site to simulate.
 *
 * @param site its name
 * @param nodes its nodes, each with 8 GPUs, memory, 4 drives and 2 processors
 * @param seed equal seeds and starts make equal sites
 */
public record SimulationOptions(String site, int nodes, long seed) {
  public SimulationOptions {
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes is " + nodes);
    }
  }
}
