// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.schemas.JobDetails;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.serve.api.AlertFigures.Owner;
import io.github.joulestream.serve.live.LiveJob;
import io.github.joulestream.serve.live.LiveSite;
import java.util.function.Function;

/** Whose jobs are, out of what is known of them now. */
public final class Owners {
  private Owners() {}

  /** Of the jobs of a site; of others, nobody's. */
  public static Function<String, Owner> of(LiveSite site) {
    return job -> site.job(job).map(Owners::of).orElse(Owner.NOBODY);
  }

  static Owner of(LiveJob job) {
    JobSummary summary = job.summary();
    return summary == null ? Owner.NOBODY : of(summary.details());
  }

  static Owner of(JobDetails details) {
    return new Owner(details.user(), details.project());
  }
}
