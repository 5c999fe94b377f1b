// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.producers.publish.Publisher;

/**
 * A site to simulate.
 *
 * @param site its name
 * @param nodes its nodes, each with 8 GPUs, memory, 4 drives and 2 processors
 * @param seed equal seeds and starts make equal sites
 * @param jobs so many jobs and no more, spread over the first hour and a half; 0: as many as fit
 * @param rowsPerBatch readings of each device that an agent gathers before it publishes, one a
 *     second
 * @param longerJobs jobs last so many times as long as they would: 1 for something to look at
 * @param faults what goes wrong between the site and the pipeline
 */
public record SimulationOptions(
    String site,
    int nodes,
    long seed,
    int jobs,
    int rowsPerBatch,
    int longerJobs,
    FaultRates faults) {
  private static final int ROWS_PER_BATCH = 2;

  public SimulationOptions {
    if (jobs < 0) {
      throw new IllegalArgumentException("jobs is " + jobs);
    }
    if (rowsPerBatch < 1) {
      throw new IllegalArgumentException("rowsPerBatch is " + rowsPerBatch);
    }
    if (longerJobs < 1) {
      throw new IllegalArgumentException("longerJobs is " + longerJobs);
    }
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes is " + nodes);
    }
  }

  /** A site where nothing goes wrong, with as many jobs as fit. */
  public SimulationOptions(String site, int nodes, long seed) {
    this(site, nodes, seed, 0, FaultRates.NONE);
  }

  /** With batches of two seconds. */
  public SimulationOptions(String site, int nodes, long seed, int jobs, FaultRates faults) {
    this(site, nodes, seed, jobs, ROWS_PER_BATCH, 1, faults);
  }

  /** The same site, with batches of another length. */
  public SimulationOptions withRowsPerBatch(int newRowsPerBatch) {
    return new SimulationOptions(site, nodes, seed, jobs, newRowsPerBatch, longerJobs, faults);
  }

  /** The same site, where jobs last longer. */
  public SimulationOptions withLongerJobs(int times) {
    return new SimulationOptions(site, nodes, seed, jobs, rowsPerBatch, times, faults);
  }

  /** What the site publishes to, so that its news reach this publisher with its faults. */
  public Publisher towards(Publisher publisher) {
    return faults.equals(FaultRates.NONE)
        ? publisher
        : new FaultyPublisher(publisher, faults, seed);
  }
}
