// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.live;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.NodePower.GpuPower;
import io.github.joulestream.energy.NodePower.JobPower;
import java.util.List;

/**
 * GPUs of a node that jobs hold and do not use: they are {@linkplain GpuPower#isIdle idle}, as in
 * the ledger. Which of the GPUs a job holds is not in a record of power, only how many. So busy
 * GPUs count as held first: if jobs hold h GPUs and b of the node's are busy, h - b are held idle,
 * but no more than are idle, each with the mean power of the idle ones. This is exact if jobs hold
 * all GPUs of the node or if those that nobody holds are idle with the same power.
 *
 * @param gpus how many, basis points (1/10,000): 10,000 is a whole GPU
 * @param milliwatts their power
 */
record HeldIdle(long gpus, long milliwatts) {
  static final HeldIdle NONE = new HeldIdle(0, 0);

  static HeldIdle of(List<GpuPower> gpus, List<JobPower> jobs) {
    long held = 0;
    for (JobPower job : jobs) {
      held += job.gpuBasisPoints();
    }
    if (held == 0 || gpus.isEmpty()) {
      return NONE;
    }
    long idle = 0;
    long idleMilliwatts = 0;
    for (GpuPower gpu : gpus) {
      if (gpu.isIdle()) {
        idle++;
        idleMilliwatts += gpu.milliwatts();
      }
    }
    long busy = gpus.size() - idle;
    long idleBasisPoints = idle * Bounds.WHOLE_BASIS_POINTS;
    long heldIdle = Math.min(idleBasisPoints, Math.max(0, held - busy * Bounds.WHOLE_BASIS_POINTS));
    return heldIdle == 0
        ? NONE
        : new HeldIdle(heldIdle, Math.round((double) idleMilliwatts * heldIdle / idleBasisPoints));
  }
}
