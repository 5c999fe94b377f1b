// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.schemas.JobRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a node has it from a source.
 *
 * @param record who, what, when; an end that is set is the end on this node
 * @param gpus the job's share of each GPU that it has, by whatever name its source knows the GPU;
 *     null if the source does not report GPUs
 * @param shares its shares of the rest of the node
 * @param publishesRecord false if another node publishes the record of the job, or none does: then
 *     only its devices are published
 */
public record LocalJob(
    JobRecord record, @Nullable Map<String, Integer> gpus, Shares shares, boolean publishesRecord) {

  /**
   * Shares of a node in basis points (1/10,000), or {@link #UNSPECIFIED}.
   *
   * @param memory of its memory
   * @param storage of its drives
   * @param cpu of its processors
   * @param node of the node as one, where it has a meter
   */
  record Shares(int memory, int storage, int cpu, int node) {
    /** In place of a share that no source reports. */
    static final int UNSPECIFIED = -1;

    static final int WHOLE = 10_000;
    static final Shares UNSPECIFIED_SHARES =
        new Shares(UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, UNSPECIFIED);

    public Shares {
      for (int share : new int[] {memory, storage, cpu, node}) {
        if (share < UNSPECIFIED || share > WHOLE) {
          throw new IllegalArgumentException("a share of " + share + " basis points");
        }
      }
    }
  }

  public LocalJob {
    gpus = gpus == null ? null : Map.copyOf(gpus);
  }

  String id() {
    return record.job();
  }

  boolean over() {
    return record.span().hasEnded();
  }

  /** True if no share is reported: then it has all of the node. */
  boolean hasTheNode() {
    return gpus == null && shares.equals(Shares.UNSPECIFIED_SHARES);
  }
}
