// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class SiteWindowCodec implements Codec<SiteWindow> {
  private final Schema schema = KnownSchemas.own("site-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(SiteWindow window, WireWriter out) {
    out.writeString(window.site());
    out.writeLong(window.windowStartEpochMillis());
    out.writeInt(window.windowMillis());
    TotalsCodec.write(window.totals(), out);
    out.writeLong(window.fragmentEpochMillis());
  }

  @Override
  public void check(SiteWindow window) {
    Keys.check(window.site(), "site");
    checkWindow(window.windowStartEpochMillis(), window.windowMillis());
  }

  @Override
  public SiteWindow read(WireReader in) throws IOException {
    return new SiteWindow(
        in.readString(),
        in.readLong(),
        in.readInt(),
        TotalsCodec.read(Totals.ofSite(), in),
        in.readLong());
  }
}
