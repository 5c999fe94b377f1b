// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

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
  public JobRecord read(WireReader in) throws IOException {
    return new JobRecord(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readMap(),
        in.readLong(),
        in.readLong(),
        in.readEnum(STATES),
        in.readDouble(),
        in.readString(),
        in.readInt());
  }
}
