// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The power of a node by the latest readings of its devices. A snapshot, for live views and alerts;
 * energy is in the books.
 *
 * @param node node within its site
 * @param epochMillis time of its latest reading
 * @param totalMilliwatts power of all its devices, no device twice
 * @param milliwattsByKind power of each kind of device, by {@link DeviceKind#code}; a kind may
 *     contain another, so they need not sum to the total
 * @param idleMilliwatts share of the total that no job holds
 * @param jobs jobs that hold something of it, in the order of their names
 * @param gpus its GPUs; may be left out
 * @param capacity its memory, storage and GPUs; null if it is left out
 */
public record NodePower(
    String node,
    long epochMillis,
    long totalMilliwatts,
    List<Long> milliwattsByKind,
    long idleMilliwatts,
    List<JobPower> jobs,
    List<GpuPower> gpus,
    @Nullable NodeCapacity capacity) {
  public NodePower {
    milliwattsByKind = List.copyOf(milliwattsByKind);
    jobs = List.copyOf(jobs);
    gpus = List.copyOf(gpus);
  }

  /** The power alone, without the node's capacity. */
  public NodePower(
      String node,
      long epochMillis,
      long totalMilliwatts,
      List<Long> milliwattsByKind,
      long idleMilliwatts,
      List<JobPower> jobs,
      List<GpuPower> gpus) {
    this(node, epochMillis, totalMilliwatts, milliwattsByKind, idleMilliwatts, jobs, gpus, null);
  }

  /** Power of a kind of device, mW; 0 if an older writer does not know the kind. */
  public long milliwatts(DeviceKind kind) {
    return kind.code() < milliwattsByKind.size() ? milliwattsByKind.get(kind.code()) : 0;
  }

  /**
   * The power of a job on the node.
   *
   * @param job job, unique in its site
   * @param milliwatts its share of the node's total
   * @param gpuBasisPoints GPUs that it holds, basis points (1/10,000): 10,000 is a whole GPU
   * @param gpuBusyBasisPoints of these the busy ones, basis points (1/10,000): 5,000 is a GPU half
   *     busy. A GPU that does not report utilisation counts as busy
   */
  public record JobPower(String job, long milliwatts, int gpuBasisPoints, int gpuBusyBasisPoints) {}

  /**
   * A GPU.
   *
   * @param id on its node
   * @param milliwatts its power
   * @param utilisationBasisPoints utilisation, basis points (1/10,000); -1 if it is not reported
   */
  public record GpuPower(String id, long milliwatts, int utilisationBasisPoints) {
    /** Below this utilisation a GPU that a job holds is held idle, basis points (1/10,000). */
    public static final int MIN_BUSY_BASIS_POINTS = 500;

    /** True if it would be held idle if a job held it. One that does not report it is busy. */
    public boolean isIdle() {
      return utilisationBasisPoints >= 0 && utilisationBasisPoints < MIN_BUSY_BASIS_POINTS;
    }
  }
}
