// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.io.IOException;
import org.apache.avro.Schema;

final class JobCodec implements Codec<JobRecord> {
  private static final JobState[] STATES = JobState.values();

  private final Schema schema = KnownSchemas.own("job");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobRecord job, WireWriter out) {
    out.writeString(job.site());
    out.writeString(job.job());
    out.writeString(job.details().user());
    out.writeString(job.details().project());
    out.writeString(job.details().name());
    out.writeString(job.details().partition());
    writeLabels(job.details().labels(), out);
    out.writeLong(job.span().startEpochMillis());
    out.writeLong(job.span().endEpochMillis());
    out.writeEnum(job.state());
    out.writeDouble(job.work().amount());
    out.writeString(job.work().unit());
    out.writeInt(job.nodes());
  }

  @Override
  public void check(JobRecord job) {
    Bounds.timeIfAny(job.span().startEpochMillis(), "start of a job");
    Bounds.timeIfAny(job.span().endEpochMillis(), "end of a job");
  }

  @Override
  public JobRecord read(WireReader in) throws IOException {
    return new JobRecord(
        in.readString(),
        in.readString(),
        new JobDetails(
            in.readString(),
            in.readString(),
            in.readString(),
            in.readString(),
            in.readLabels("a job")),
        new JobSpan(in.readLong(), in.readLong()),
        in.readEnum(STATES),
        new JobWork(in.readDouble(), in.readString()),
        in.readInt());
  }
}
