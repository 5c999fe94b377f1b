// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;

final class JobCodec implements Codec<JobRecord> {
  private static final JobState[] STATES = JobState.values();

  private final Schema schema = KnownSchemas.own("job");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobRecord job, Encoder out) throws IOException {
    out.writeString(job.site());
    out.writeString(job.job());
    out.writeString(job.user());
    out.writeString(job.project());
    out.writeString(job.name());
    out.writeString(job.partition());
    writeLabels(job.labels(), out);
    out.writeLong(job.startEpochMillis());
    out.writeLong(job.endEpochMillis());
    out.writeEnum(job.state().ordinal());
    out.writeDouble(job.work());
    out.writeString(job.workUnit());
    out.writeInt(job.nodes());
  }

  /** In the order of their names, so that equal values have equal bytes. */
  static void writeLabels(Map<String, String> labels, Encoder out) throws IOException {
    out.writeMapStart();
    out.setItemCount(labels.size());
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      out.startItem();
      out.writeString(label.getKey());
      out.writeString(label.getValue());
    }
    out.writeMapEnd();
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
