// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.points;

import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.schemas.JobSummary;
import io.github.joulestream.schemas.catalogue.Measurement;
import io.github.joulestream.store.LabelText;
import io.github.joulestream.store.StorePoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A job's totals at the second of its anchor. */
public final class JobSummaryPoint {
  private static final List<String> AMOUNTS = Parts.fields(JobAmount.values());

  private JobSummaryPoint() {}

  /** One point. */
  public static StorePoint of(JobSummary job) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", job.job());
    fields.put("user", job.details().user());
    fields.put("project", job.details().project());
    fields.put("name", job.details().name());
    fields.put("partition", job.details().partition());
    fields.put("labels", LabelText.of(job.details().labels()));
    fields.put("state", job.state().name());
    fields.put("anchor_epoch_millis", job.times().anchorEpochMillis());
    fields.put("start_epoch_millis", job.times().startEpochMillis());
    fields.put("end_epoch_millis", job.times().endEpochMillis());
    fields.put("last_epoch_millis", job.times().lastEpochMillis());
    fields.put("peak_milliwatts", job.peakMilliwatts());
    fields.put("work", job.work().amount());
    fields.put("work_unit", job.work().unit());
    fields.put("nodes", (long) job.nodes());
    fields.put("ended_by", job.endedBy().name());
    fields.put("fragment_epoch_millis", job.fragmentEpochMillis());
    fields.putAll(Parts.amounts(AMOUNTS, job.totals()));
    return new StorePoint(
        Measurement.JOB_SUMMARY,
        Parts.tags("site", job.site()),
        fields,
        Parts.secondNanos(job.times().anchorEpochMillis())
            + Parts.hash(job.job(), job.fragmentEpochMillis()));
  }
}
