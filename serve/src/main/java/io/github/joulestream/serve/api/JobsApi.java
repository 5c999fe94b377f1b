// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.serve.api;

import io.github.joulestream.runtime.EpochClock;
import io.github.joulestream.runtime.NanoClock;
import io.github.joulestream.serve.http.Cursor;
import io.github.joulestream.serve.http.Route;
import io.github.joulestream.serve.live.LiveSites;
import io.github.joulestream.store.history.HistoryReader;
import io.github.joulestream.store.history.WindowReader;
import java.util.List;
import java.util.Set;

/** Jobs, running and past. */
public final class JobsApi {
  private final JobList list;
  private final OneJob one;

  /**
   * The endpoints.
   *
   * @param charges of jobs that run
   */
  public JobsApi(
      LiveSites live,
      HistoryReader history,
      WindowReader windows,
      JobCharges charges,
      EpochClock clock) {
    JobCosting costing = new JobCosting(charges, new ChargeReader(history, windows), clock);
    this.list = new JobList(live, history, windows, costing, clock);
    this.one =
        new OneJob(
            live, windows, costing, new JobAdvice(history, clock, NanoClock.system()), clock);
  }

  /** Its routes. */
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/api/v1/jobs",
            Set.of(
                "site",
                "user",
                "project",
                "state",
                JobSelection.LABEL,
                "minEnergyMillijoules",
                "sort",
                "from",
                "to",
                "zone",
                Cursor.NAME,
                "limit",
                "format"),
            list::answer),
        Route.get("/api/v1/jobs/{site}/{cluster}/{id}", Set.of(), one::detail),
        Route.get(
            "/api/v1/jobs/{site}/{cluster}/{id}/power",
            Set.of("from", "to", "zone", "step", "format"),
            one::power));
  }
}
