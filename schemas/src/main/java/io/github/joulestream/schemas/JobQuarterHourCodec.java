// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class JobQuarterHourCodec implements Codec<JobQuarterHour> {
  private final Schema schema = KnownSchemas.own("job-quarter-hour");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobQuarterHour quarter, WireWriter out) {
    out.writeString(quarter.site());
    out.writeString(quarter.job());
    out.writeString(quarter.details().user());
    out.writeString(quarter.details().project());
    out.writeString(quarter.details().name());
    out.writeString(quarter.details().partition());
    writeLabels(quarter.details().labels(), out);
    out.writeLong(quarter.windowStartEpochMillis());
    out.writeInt(quarter.windowMillis());
    TotalsCodec.write(quarter.totals(), out);
    out.writeLong(quarter.fragmentEpochMillis());
  }

  @Override
  public JobQuarterHour read(WireReader in) throws IOException {
    return new JobQuarterHour(
        in.readString(),
        in.readString(),
        new JobDetails(
            in.readString(),
            in.readString(),
            in.readString(),
            in.readString(),
            in.readLabels("a job")),
        in.readLong(),
        in.readInt(),
        TotalsCodec.read(Totals.ofJob(), in),
        in.readLong());
  }

  @Override
  public void check(JobQuarterHour quarter) {
    Keys.check(quarter.site(), "site");
    Keys.check(quarter.job(), "job");
    quarter.details().checkTexts(Bounds.TEXT_CHARACTERS);
    checkWindow(quarter.windowStartEpochMillis(), quarter.windowMillis());
  }
}
