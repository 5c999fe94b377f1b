// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

import io.github.joulestream.schemas.JobState;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What users submit: jobs of several kinds, sizes and habits. Durations are heavy-tailed (of a
 * logarithm that is normally distributed), as they are in the traces of real GPU clusters, only
 * shorter, so that there is something to look at. One thread.
 */
@SuppressWarnings("EnumOrdinal") // a random constant
final class Workload {
  private static final double MIN_SECONDS = 15;
  // of jobs that are counted
  private static final double MIN_COUNTED_SECONDS = 120;
  // the limit of the queue: what wants more is ended there
  private static final double MAX_SECONDS = 7_200;
  private static final double SPREAD_OF_LOG = 1.1;
  // most jobs are small, most GPU hours are not
  private static final int[] SIZES = {1, 1, 1, 1, 2, 2, 4, 4, 8};
  // of jobs of whole nodes: training, inference, fine-tuning, held idle
  private static final List<Integer> SHAPES_OF_LARGE = List.of(15, 2, 2, 1);

  private final SplittableRandom random;
  private final double shortestSeconds;
  private final int longer;
  private final int mostNodes;

  /**
   * @param mostNodes that a job may want
   */
  Workload(SimulationOptions options, int mostNodes, SplittableRandom random) {
    this.random = random;
    this.shortestSeconds = options.jobs() > 0 ? MIN_COUNTED_SECONDS : MIN_SECONDS;
    this.longer = options.longerJobs();
    this.mostNodes = mostNodes;
  }

  /**
   * The next job.
   *
   * @param large whether it wants whole nodes
   */
  JobPlan next(boolean large) {
    User user = user();
    Shape shape = Shape.values()[pick(large ? SHAPES_OF_LARGE : user.shapes())];
    int nodes = 1;
    while (large && 2 * nodes <= mostNodes && random.nextBoolean()) {
      nodes *= 2;
    }
    int gpus = large ? SimulatedNode.GPUS : SIZES[random.nextInt(SIZES.length)];
    double wanted =
        shape.medianSeconds()
            * user.durations()
            * Math.exp(SPREAD_OF_LOG * random.nextGaussian())
            * (large ? 1.5 : 1);
    double planned = Math.clamp(wanted, shortestSeconds, MAX_SECONDS);
    JobState end = wanted > MAX_SECONDS ? JobState.TIMEOUT : JobState.COMPLETED;
    double fate = random.nextDouble();
    double luck = random.nextDouble();
    if (fate < user.failing()) {
      // most that fail do it early: a wrong path, a batch that is too large
      end = JobState.FAILED;
      planned *= 0.02 + 0.98 * luck * luck;
    } else if (fate < user.failing() + user.cancelling()) {
      end = JobState.CANCELLED;
      planned *= 0.1 + 0.9 * luck;
    }
    planned = Math.max(shortestSeconds, planned);
    // jobs begin and end when they like, not when agents sample
    int step = SimulatedNode.STEP_MILLIS;
    long length = Math.round(planned * longer * 1_000 / step) * step;
    List<String> projects = user.projects();
    return new JobPlan(
        user,
        projects.get(random.nextInt(4) == 0 ? 1 : 0),
        shape,
        gpus,
        nodes,
        length,
        end,
        JobTraits.sample(shape, user, length, random));
  }

  private User user() {
    return User.ALL.get(pick(User.ALL.stream().map(User::weight).toList()));
  }

  private int pick(List<Integer> weights) {
    int left = random.nextInt(weights.stream().mapToInt(Integer::intValue).sum());
    int at = 0;
    while (left >= weights.get(at)) {
      left -= weights.get(at++);
    }
    return at;
  }
}
