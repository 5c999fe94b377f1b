// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.jobs;

import io.github.joulestream.schemas.JobRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as a node knows it.
 *
 * @param record who, what, when; an end that is said is the end on this node
 * @param gpus the job's share of each GPU that it has, by whatever name its source knows the GPU;
 *     null if the source does not speak of GPUs
 * @param parts its shares of the rest of the node
 * @param told false if another node, or nobody here, tells the site of the job itself: then only
 *     its devices are published
 */
public record LocalJob(
    JobRecord record, @Nullable Map<String, Integer> gpus, Parts parts, boolean told) {

  /**
   * Shares of a node in basis points (1/10,000), or {@link #UNSPECIFIED}.
   *
   * @param memory of its memory
   * @param storage of its drives
   * @param cpu of its processors
   * @param node of the whole node, where it has a meter
   */
  public record Parts(int memory, int storage, int cpu, int node) {
    /** In place of a share: nobody says. */
    public static final int UNSPECIFIED = -1;

    public static final int WHOLE = 10_000;
    public static final Parts UNSPECIFIED_SHARES =
        new Parts(UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, UNSPECIFIED);

    public Parts {
      for (int parts : new int[] {memory, storage, cpu, node}) {
        if (parts < UNSPECIFIED || parts > WHOLE) {
          throw new IllegalArgumentException("a share of " + parts + " parts");
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

  /** True if nothing is said of what it has: then it has all of the node. */
  boolean hasTheNode() {
    return gpus == null && parts.equals(Parts.UNSPECIFIED_SHARES);
  }
}
