// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.producers.publish.Publisher;

/**
 * A site to simulate.
 *
 * @param site its name
 * @param nodes its nodes, each with 8 GPUs, memory, 4 drives and 2 processors
 * @param seed equal seeds and starts make equal sites
 * @param jobs so many jobs and no more, submitted within the first hour; 0: as many as fit
 * @param rowsPerBatch readings of each device that an agent gathers before it publishes, one a
 *     second
 * @param longerJobs jobs last so many times as long as they would: 1 for something to look at
 * @param meters whether three nodes of four have a meter at their supplies, and the site has one
 * @param endsJobs whether jobs that still run at the end are cancelled; else they are left running
 * @param faults what goes wrong between the site and the pipeline
 */
public record SimulationOptions(
    String site,
    int nodes,
    long seed,
    int jobs,
    int rowsPerBatch,
    int longerJobs,
    boolean meters,
    boolean endsJobs,
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

  /** A site where nothing goes wrong, with as many jobs as fit, which end with it. */
  public SimulationOptions(String site, int nodes, long seed) {
    this(site, nodes, seed, 0, FaultRates.NONE);
  }

  /** With batches of two seconds, and jobs that end with it. */
  public SimulationOptions(String site, int nodes, long seed, int jobs, FaultRates faults) {
    this(site, nodes, seed, jobs, ROWS_PER_BATCH, 1, true, true, faults);
  }

  /** The same site, with batches of another length. */
  public SimulationOptions withRowsPerBatch(int newRowsPerBatch) {
    return new SimulationOptions(
        site, nodes, seed, jobs, newRowsPerBatch, longerJobs, meters, endsJobs, faults);
  }

  /** The same site, where jobs last longer. */
  public SimulationOptions withLongerJobs(int times) {
    return new SimulationOptions(
        site, nodes, seed, jobs, rowsPerBatch, times, meters, endsJobs, faults);
  }

  /** The same site, with or without meters of nodes and of the site. */
  public SimulationOptions withMeters(boolean newMeters) {
    return new SimulationOptions(
        site, nodes, seed, jobs, rowsPerBatch, longerJobs, newMeters, endsJobs, faults);
  }

  /** The same site, where jobs that still run at the end are cancelled, or left running. */
  public SimulationOptions withEndsJobs(boolean newEndsJobs) {
    return new SimulationOptions(
        site, nodes, seed, jobs, rowsPerBatch, longerJobs, meters, newEndsJobs, faults);
  }

  /** What the site publishes to, so that its records reach this publisher with its faults. */
  public Publisher towards(Publisher publisher) {
    return faults.equals(FaultRates.NONE)
        ? publisher
        : new FaultyPublisher(publisher, faults, seed);
  }
}
