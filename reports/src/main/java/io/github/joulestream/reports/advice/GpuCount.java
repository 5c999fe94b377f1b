// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.advice;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobSummary;
import org.jspecify.annotations.Nullable;

/** How many GPUs a job held, in the mean, in classes within which jobs are compared. */
public enum GpuCount {
  NONE("no GPU", 0),
  ONE("1 GPU", 1),
  FEW("2 to 4 GPUs", 4),
  NODE("5 to 8 GPUs", 8),
  NODES("9 to 64 GPUs", 64),
  MANY("over 64 GPUs", Long.MAX_VALUE),
  UNKNOWN("GPUs not known", Long.MAX_VALUE);

  private final String text;
  private final long most;

  GpuCount(String text, long most) {
    this.text = text;
    this.most = most;
  }

  /** For people. */
  public String text() {
    return text;
  }

  /** Of a job: GPU time held over the time from its start to its last energy. */
  static GpuCount of(@Nullable JobSummary whole) {
    if (whole == null) {
      return UNKNOWN;
    }
    long held = whole.totals().get(JobAmount.GPU_HELD_MILLIS);
    if (held <= 0) {
      return NONE;
    }
    long millis = whole.times().lastEpochMillis() - whole.times().startEpochMillis();
    return millis <= 0 ? UNKNOWN : of(Math.max(1, Math.round((double) held / millis)));
  }

  private static GpuCount of(long gpus) {
    for (GpuCount count : values()) {
      if (count != UNKNOWN && gpus <= count.most) {
        return count;
      }
    }
    throw new IllegalArgumentException("%d GPUs".formatted(gpus));
  }
}
