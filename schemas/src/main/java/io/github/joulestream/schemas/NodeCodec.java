// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import java.io.IOException;
import org.apache.avro.Schema;

final class NodeCodec implements Codec<NodeRecord> {
  private final Schema schema = KnownSchemas.own("node");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(NodeRecord node, WireWriter out) {
    out.writeString(node.site());
    out.writeString(node.node());
    out.writeLong(node.epochMillis());
    out.writeString(node.agentVersion());
    writeLabels(node.labels(), out);
    out.writeLong(node.spooledBatches());
    out.writeLong(node.droppedBatches());
    writeList(node.unavailable(), (why, to) -> to.writeString(why), out);
    out.writeInt(node.notUnderstood());
    writeList(node.notUnderstoodNames(), (name, to) -> to.writeString(name), out);
  }

  @Override
  public NodeRecord read(WireReader in) throws IOException {
    return new NodeRecord(
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readString(),
        in.readLabels("a node"),
        in.readLong(),
        in.readLong(),
        in.readList(in::readString, Bounds.SENTENCES, "lines of a node"),
        in.readInt(),
        in.readList(in::readString, Bounds.SENTENCES, "lines of a node"));
  }
}
