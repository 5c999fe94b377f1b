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
    out.writeString(job.user());
    out.writeString(job.project());
    out.writeString(job.name());
    out.writeString(job.partition());
    writeLabels(job.labels(), out);
    out.writeLong(job.startEpochMillis());
    out.writeLong(job.endEpochMillis());
    out.writeEnum(job.state());
    out.writeDouble(job.work());
    out.writeString(job.workUnit());
    out.writeInt(job.nodes());
  }

  @Override
  public void check(JobRecord job) {
    Bounds.timeIfAny(job.startEpochMillis(), "start of a job");
    Bounds.timeIfAny(job.endEpochMillis(), "end of a job");
  }

  @Override
  public JobRecord read(WireReader in) throws IOException {
    return new JobRecord(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readLabels("a job"),
        in.readLong(),
        in.readLong(),
        in.readEnum(STATES),
        in.readDouble(),
        in.readString(),
        in.readInt());
  }
}
