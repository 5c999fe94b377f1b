// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import java.util.SplittableRandom;

/**
 * In what a job differs from others of its kind.
 *
 * @param level power above idle while its GPUs compute, as a share of what there is
 * @param loadingMillis from its start: it reads data, and its GPUs wait
 * @param tailMillis before its end: its GPUs are held and wait
 * @param stepMillis a step of computing and exchanging
 * @param computeMillis the computing in it
 * @param checkpointEveryMillis from one checkpoint to the next, or from one round to the next
 * @param checkpointMillis how long one takes
 * @param baseLoad of a service, at night
 * @param daySwing of a service, from night to day
 * @param dayShiftMillis where its users live
 * @param workRate times the work that others do in a busy second
 * @param straggler whether one of its GPUs lags behind
 */
record JobTraits(
    double level,
    int loadingMillis,
    int tailMillis,
    int stepMillis,
    int computeMillis,
    int checkpointEveryMillis,
    int checkpointMillis,
    double baseLoad,
    double daySwing,
    int dayShiftMillis,
    double workRate,
    boolean straggler) {
  private static final int STEP = SimulatedNode.STEP_MILLIS;

  /** Draws them for a job that lasts so long. */
  static JobTraits sample(Shape shape, User user, long lengthMillis, SplittableRandom random) {
    double level = shape.meanLevel() + shape.levelSpread() * random.nextGaussian();
    int step = steps(between(400, 6_000, random));
    double checkpointing = between(2_000, 15_000, random);
    return new JobTraits(
        Math.clamp(level * user.level(), 0.25, 1),
        steps(Math.min(lengthMillis / 8.0, between(5_000, 90_000, random))),
        random.nextInt(4) == 0 ? steps(lengthMillis * 0.1 * random.nextDouble()) : 0,
        step,
        steps(step * (0.55 + 0.35 * random.nextDouble())),
        steps(Math.max(2 * checkpointing, between(60_000, 600_000, random))),
        steps(checkpointing),
        0.1 + 0.3 * random.nextDouble(),
        0.1 + 0.4 * random.nextDouble(),
        random.nextInt(8 * 3_600_000),
        Math.exp(0.3 * random.nextGaussian()),
        random.nextInt(8) == 0);
  }

  /** Evenly distributed in its logarithm. */
  private static double between(double least, double most, SplittableRandom random) {
    return least * Math.pow(most / least, random.nextDouble());
  }

  private static int steps(double millis) {
    return Math.max(1, (int) Math.round(millis / STEP)) * STEP;
  }
}
