// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class JobSummaryCodec implements Codec<JobSummary> {
  private static final JobState[] STATES = JobState.values();

  private final Schema schema = KnownSchemas.own("job-summary");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobSummary job, WireWriter out) {
    out.writeString(job.site());
    out.writeString(job.job());
    out.writeString(job.details().user());
    out.writeString(job.details().project());
    out.writeString(job.details().name());
    out.writeString(job.details().partition());
    writeLabels(job.details().labels(), out);
    out.writeEnum(job.state());
    out.writeLong(job.times().anchorEpochMillis());
    out.writeLong(job.times().startEpochMillis());
    out.writeLong(job.times().endEpochMillis());
    out.writeLong(job.times().lastEpochMillis());
    out.writeLong(job.peakMilliwatts());
    out.writeDouble(job.work().amount());
    out.writeString(job.work().unit());
    TotalsCodec.write(job.totals(), out);
    out.writeLong(job.fragmentEpochMillis());
    out.writeInt(job.nodes());
  }

  @Override
  public void check(JobSummary job) {
    // an earlier release had no bounds, and a store has these
    Keys.check(job.site(), "site");
    Keys.check(job.job(), "job");
    job.details().checkTexts(Bounds.LONG_TEXT_CHARACTERS);
    Bounds.text(job.work().unit(), Bounds.LONG_TEXT_CHARACTERS, "unit of work");
    Bounds.work(job.work().amount(), "work of a job");
    Bounds.count(job.nodes(), Bounds.NODES_OF_JOB, "nodes of a job");
  }

  @Override
  public JobSummary read(WireReader in) throws IOException {
    return new JobSummary(
        in.readString(),
        in.readString(),
        new JobDetails(
            in.readString(),
            in.readString(),
            in.readString(),
            in.readString(),
            in.readLabels("a job")),
        in.readEnum(STATES),
        new JobTimes(in.readLong(), in.readLong(), in.readLong(), in.readLong()),
        in.readLong(),
        new JobWork(in.readDouble(), in.readString()),
        TotalsCodec.read(Totals.ofJob(), in),
        in.readLong(),
        in.readInt());
  }
}
