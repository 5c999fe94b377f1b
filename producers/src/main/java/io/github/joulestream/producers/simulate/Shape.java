// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.producers.simulate;

/** What a job does with its GPUs over time. */
enum Shape {
  /** Steps of computing and exchanging, and a checkpoint every two minutes. */
  TRAINING("train", "tokens", 1_200) {
    @Override
    double busy(SimulatedJob job, long epochMillis) {
      long since = epochMillis - job.startEpochMillis();
      if (writesCheckpoint(job, epochMillis)) {
        return 0.04;
      }
      return since % job.stepMillis() < job.stepMillis() * 4 / 5 ? 0.96 : 0.45;
    }
  },
  /** As many requests as people are awake. */
  INFERENCE("serve", "tokens", 2_500) {
    @Override
    double busy(SimulatedJob job, long epochMillis) {
      double day = (epochMillis % DAY_MILLIS) / (double) DAY_MILLIS;
      double burst = epochMillis / 700 % 5 == 0 ? 0.12 : 0;
      return 0.38 - 0.24 * Math.cos(2 * Math.PI * (day - 0.125)) + burst;
    }
  },
  /** Short and steady. */
  FINE_TUNING("finetune", "samples", 40) {
    @Override
    double busy(SimulatedJob job, long epochMillis) {
      return 0.82;
    }
  },
  /** A forgotten notebook. */
  HELD_IDLE("notebook", "", 0) {
    @Override
    double busy(SimulatedJob job, long epochMillis) {
      return 0;
    }
  };

  private static final long DAY_MILLIS = 86_400_000;
  private static final long CHECKPOINT_EVERY_MILLIS = 120_000;
  private static final long CHECKPOINT_MILLIS = 5_000;

  private final String verb;
  private final String workUnit;
  private final double workPerBusyGpuSecond;

  Shape(String verb, String workUnit, double workPerBusyGpuSecond) {
    this.verb = verb;
    this.workUnit = workUnit;
    this.workPerBusyGpuSecond = workPerBusyGpuSecond;
  }

  /** Busy part of each of the job's GPUs, 0 to 1. */
  abstract double busy(SimulatedJob job, long epochMillis);

  static boolean writesCheckpoint(SimulatedJob job, long epochMillis) {
    return job.shape() == TRAINING
        && (epochMillis - job.startEpochMillis()) % CHECKPOINT_EVERY_MILLIS
            >= CHECKPOINT_EVERY_MILLIS - CHECKPOINT_MILLIS;
  }

  String verb() {
    return verb;
  }

  String workUnit() {
    return workUnit;
  }

  double workPerBusyGpuSecond() {
    return workPerBusyGpuSecond;
  }
}
