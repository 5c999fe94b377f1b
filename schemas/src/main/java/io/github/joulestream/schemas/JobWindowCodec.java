// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.JobAmount;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** The first window is where it was when a record had one; further ones follow it. */
final class JobWindowCodec implements Codec<JobWindows> {
  private final Schema schema = KnownSchemas.own("job-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(JobWindows windows, WireWriter out) {
    List<JobWindow> all = windows.windows();
    JobWindow first = all.getFirst();
    out.writeString(first.site());
    out.writeString(first.job());
    out.writeLong(first.windowStartEpochMillis());
    out.writeInt(first.windowMillis());
    TotalsCodec.write(first.totals(), out);
    out.writeLong(first.fragmentEpochMillis());
    writeList(
        all.subList(1, all.size()),
        (window, to) -> {
          to.writeString(window.job());
          to.writeLong(window.windowStartEpochMillis());
          TotalsCodec.write(window.totals(), to);
          to.writeLong(window.fragmentEpochMillis());
        },
        out);
  }

  @Override
  public void check(JobWindows windows) {
    Keys.check(windows.site(), "site");
    for (JobWindow window : windows.windows()) {
      Keys.check(window.job(), "job");
      checkWindow(window.windowStartEpochMillis(), window.windowMillis());
    }
  }

  @Override
  public JobWindows read(WireReader in) throws IOException {
    String site = in.readString();
    String job = in.readString();
    long start = in.readLong();
    int millis = in.readInt();
    Totals<JobAmount> totals = TotalsCodec.read(Totals.ofJob(), in);
    long fragment = in.readLong();
    List<JobWindow> windows = new ArrayList<>();
    windows.add(new JobWindow(site, job, start, millis, totals, fragment));
    windows.addAll(
        in.readList(
            () ->
                new JobWindow(
                    site,
                    in.readString(),
                    in.readLong(),
                    millis,
                    TotalsCodec.read(Totals.ofJob(), in),
                    in.readLong()),
            Bounds.RECORD_WINDOWS,
            "further windows in a record"));
    return new JobWindows(windows);
  }
}
