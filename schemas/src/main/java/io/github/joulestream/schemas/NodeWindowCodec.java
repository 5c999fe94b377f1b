// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Totals;
import java.io.IOException;
import org.apache.avro.Schema;

final class NodeWindowCodec implements Codec<NodeWindow> {
  private final Schema schema = KnownSchemas.own("node-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(NodeWindow window, WireWriter out) {
    out.writeString(window.site());
    out.writeString(window.node());
    out.writeLong(window.windowStartEpochMillis());
    out.writeInt(window.windowMillis());
    TotalsCodec.write(window.totals(), out);
    out.writeLong(window.fragment());
  }

  @Override
  public void check(NodeWindow window) {
    Keys.check(window.site(), "site");
    Keys.check(window.node(), "node");
    checkWindow(window.windowStartEpochMillis(), window.windowMillis());
  }

  @Override
  public NodeWindow read(WireReader in) throws IOException {
    return new NodeWindow(
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readInt(),
        TotalsCodec.read(Totals.ofSite(), in),
        in.readLong());
  }
}
