// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/**
 * What jobs of a kind do with their GPUs over time; {@link JobTraits} holds in what they differ.
 */
enum Shape {
  /** Loads, then steps of computing and exchanging, with checkpoints. */
  TRAINING("train", "tokens", 1_200, 600, 0.8, 0.14) {
    @Override
    void act(SimulatedJob job, long epochMillis, Activity now) {
      JobTraits traits = job.traits();
      long since = epochMillis - job.startEpochMillis() - traits.loadingMillis();
      if (since % traits.checkpointEveryMillis()
          >= traits.checkpointEveryMillis() - traits.checkpointMillis()) {
        now.set(0.04, 0.04, 0.2, 0.1);
        now.writes = true;
      } else if (since % traits.stepMillis() < traits.computeMillis()) {
        now.set(0.97, traits.level(), 0.05, 0.3);
      } else {
        // waits for the other GPUs, which NVML counts as busy
        now.set(0.6, 0.4 * traits.level(), 0.05, 1);
      }
    }
  },
  /** As many requests as people are awake, in bursts. */
  INFERENCE("serve", "tokens", 2_500, 900, 0.6, 0.15) {
    @Override
    void act(SimulatedJob job, long epochMillis, Activity now) {
      JobTraits traits = job.traits();
      double burst = epochMillis / (traits.stepMillis() / 2) % 5 == 0 ? 0.12 : 0;
      double load = Math.min(1, job.dayLoad(epochMillis) + burst);
      now.set(load, load * traits.level(), 0.1, 0.2 * load);
    }
  },
  /** Steady, with an evaluation after every round. */
  FINE_TUNING("finetune", "samples", 40, 180, 0.68, 0.15) {
    @Override
    void act(SimulatedJob job, long epochMillis, Activity now) {
      JobTraits traits = job.traits();
      long since = epochMillis - job.startEpochMillis();
      int round = traits.checkpointEveryMillis() / 4;
      boolean evaluates = since % round >= round - round / 7;
      now.set(evaluates ? 0.5 : 0.9, (evaluates ? 0.5 : 1) * traits.level(), 0.1, 0.2);
    }
  },
  /** A notebook: forgotten, or used now and then. */
  HELD_IDLE("notebook", "", 0, 400, 0.4, 0.1) {
    @Override
    void act(SimulatedJob job, long epochMillis, Activity now) {
      JobTraits traits = job.traits();
      long since = epochMillis - job.startEpochMillis();
      boolean used =
          traits.tailMillis() > 0
              && since % traits.checkpointEveryMillis() < traits.checkpointMillis();
      if (used) {
        now.set(0.5, 0.5 * traits.level(), 0.1, 0);
      } else {
        now.set(0, 0, 0, 0);
      }
    }
  };

  private final String verb;
  private final String workUnit;
  private final double workPerBusyGpuSecond;
  private final double medianSeconds;
  private final double meanLevel;
  private final double levelSpread;

  Shape(
      String verb,
      String workUnit,
      double workPerBusyGpuSecond,
      double medianSeconds,
      double meanLevel,
      double levelSpread) {
    this.verb = verb;
    this.workUnit = workUnit;
    this.workPerBusyGpuSecond = workPerBusyGpuSecond;
    this.medianSeconds = medianSeconds;
    this.meanLevel = meanLevel;
    this.levelSpread = levelSpread;
  }

  /** What such a job does while it neither loads nor waits for its end. */
  abstract void act(SimulatedJob job, long epochMillis, Activity now);

  String verb() {
    return verb;
  }

  String workUnit() {
    return workUnit;
  }

  double workPerBusyGpuSecond() {
    return workPerBusyGpuSecond;
  }

  double medianSeconds() {
    return medianSeconds;
  }

  /** Mean power above idle while it computes, as a share of what there is. */
  double meanLevel() {
    return meanLevel;
  }

  /** Standard deviation of that from job to job. */
  double levelSpread() {
    return levelSpread;
  }
}
