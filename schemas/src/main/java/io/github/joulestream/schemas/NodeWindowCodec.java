// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.SiteAmount;
import io.github.joulestream.energy.Totals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** The first window is where it was when a record had one; further ones follow it. */
final class NodeWindowCodec implements Codec<NodeWindows> {
  private final Schema schema = KnownSchemas.own("node-window");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(NodeWindows windows, WireWriter out) {
    List<NodeWindow> all = windows.windows();
    NodeWindow first = all.getFirst();
    out.writeString(first.site());
    out.writeString(first.node());
    out.writeLong(first.windowStartEpochMillis());
    out.writeInt(first.windowMillis());
    TotalsCodec.write(first.totals(), out);
    out.writeLong(first.fragment());
    writeList(
        all.subList(1, all.size()),
        (window, to) -> {
          to.writeString(window.node());
          to.writeLong(window.windowStartEpochMillis());
          TotalsCodec.write(window.totals(), to);
        },
        out);
  }

  @Override
  public void check(NodeWindows windows) {
    Keys.check(windows.site(), "site");
    for (NodeWindow window : windows.windows()) {
      Keys.check(window.node(), "node");
      checkWindow(window.windowStartEpochMillis(), window.windowMillis());
    }
  }

  @Override
  public NodeWindows read(WireReader in) throws IOException {
    String site = in.readString();
    String node = in.readString();
    long start = in.readLong();
    int millis = in.readInt();
    Totals<SiteAmount> totals = TotalsCodec.read(Totals.ofSite(), in);
    long fragment = in.readLong();
    List<NodeWindow> windows = new ArrayList<>();
    windows.add(new NodeWindow(site, node, start, millis, totals, fragment));
    windows.addAll(
        in.readList(
            () ->
                new NodeWindow(
                    site,
                    in.readString(),
                    in.readLong(),
                    millis,
                    TotalsCodec.read(Totals.ofSite(), in),
                    fragment),
            Bounds.RECORD_WINDOWS,
            "further windows in a record"));
    return new NodeWindows(windows);
  }
}
