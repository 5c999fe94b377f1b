// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.streams.accounting;

import io.github.joulestream.schemas.JobQuarterHour;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.JobWindows;
import org.jspecify.annotations.Nullable;

/** What {@link TotalJobs} forwards, each to the child node that is for it. */
public sealed interface JobOutput {
  /** The child node that takes it. */
  String child();

  /** The totals of windows of jobs. */
  record Windows(JobWindows windows) implements JobOutput {
    public static final String CHILD = "emit-job-windows";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** The totals of a job in a quarter of an hour, or what withdraws them. */
  record QuarterHour(JobQuarterHour quarter) implements JobOutput {
    public static final String CHILD = "emit-job-quarter-hours";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** The totals of a job. */
  record Summary(JobSummary summary) implements JobOutput {
    public static final String CHILD = "emit-job-summaries";

    @Override
    public String child() {
      return CHILD;
    }
  }

  /** A refused record, with its bytes as they were read; the reason is in its headers. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Refused(byte @Nullable [] value) implements JobOutput {
    public static final String CHILD = "refuse-job-records";

    @Override
    public String child() {
      return CHILD;
    }
  }
}
