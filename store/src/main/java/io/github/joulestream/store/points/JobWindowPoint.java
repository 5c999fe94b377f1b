// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobWindow;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.StorePoint;
import java.util.List;
import java.util.Map;

/** Energy and mean power of a job in a window. */
public final class JobWindowPoint {
  private static final List<String> AMOUNTS = Parts.fields(JobAmount.values());

  private JobWindowPoint() {}

  /** One point. */
  public static StorePoint of(JobWindow window) {
    Map<String, Object> fields = Parts.amounts(AMOUNTS, window.totals());
    long energy = window.totals().get(JobAmount.TOTAL_MILLIJOULES);
    fields.put("mean_watts", (double) energy / window.windowMillis());
    return new StorePoint(
        Measurement.JOB_WINDOW,
        Parts.tags("site", window.site(), "job", window.job()),
        fields,
        Parts.windowNanos(window.windowStartEpochMillis(), window.fragmentEpochMillis()));
  }
}
