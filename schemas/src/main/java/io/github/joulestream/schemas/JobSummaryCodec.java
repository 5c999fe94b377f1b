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
    out.writeString(job.user());
    out.writeString(job.project());
    out.writeString(job.name());
    out.writeString(job.partition());
    writeLabels(job.labels(), out);
    out.writeEnum(job.state());
    out.writeLong(job.anchorEpochMillis());
    out.writeLong(job.startEpochMillis());
    out.writeLong(job.endEpochMillis());
    out.writeLong(job.lastEpochMillis());
    out.writeLong(job.peakMilliwatts());
    out.writeDouble(job.work());
    out.writeString(job.workUnit());
    TotalsCodec.write(job.totals(), out);
    out.writeLong(job.fragmentEpochMillis());
    out.writeInt(job.nodes());
  }

  @Override
  public void check(JobSummary job) {
    // an earlier release had no bounds, and a store has these
    Keys.check(job.site(), "site");
    Keys.check(job.job(), "job");
    Bounds.text(job.user(), Bounds.LONG_TEXT_CHARACTERS, "user of a job");
    Bounds.text(job.project(), Bounds.LONG_TEXT_CHARACTERS, "project of a job");
    Bounds.text(job.name(), Bounds.LONG_TEXT_CHARACTERS, "name of a job");
    Bounds.text(job.partition(), Bounds.LONG_TEXT_CHARACTERS, "partition of a job");
    Bounds.text(job.workUnit(), Bounds.LONG_TEXT_CHARACTERS, "unit of work");
    Bounds.work(job.work(), "work of a job");
    Bounds.count(job.nodes(), Bounds.NODES_OF_JOB, "nodes of a job");
  }

  @Override
  public JobSummary read(WireReader in) throws IOException {
    return new JobSummary(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readLabels("a job"),
        in.readEnum(STATES),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readString(),
        TotalsCodec.read(Totals.ofJob(), in),
        in.readLong(),
        in.readInt());
  }
}
