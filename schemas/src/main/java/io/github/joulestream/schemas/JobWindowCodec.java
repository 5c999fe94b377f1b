// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class JobWindowCodec implements Codec<JobWindow> {
  private final Schema schema = KnownSchemas.own("job-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobWindow window, WireWriter out) {
    out.writeString(window.site());
    out.writeString(window.job());
    out.writeLong(window.windowStartEpochMillis());
    out.writeInt(window.windowMillis());
    TotalsCodec.write(window.totals(), out);
    out.writeLong(window.fragmentEpochMillis());
  }

  @Override
  public void check(JobWindow window) {
    Keys.check(window.site(), "site");
    Keys.check(window.job(), "job");
    checkWindow(window.windowStartEpochMillis(), window.windowMillis());
  }

  @Override
  public JobWindow read(WireReader in) throws IOException {
    return new JobWindow(
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readInt(),
        TotalsCodec.read(Totals.ofJob(), in),
        in.readLong());
  }
}
