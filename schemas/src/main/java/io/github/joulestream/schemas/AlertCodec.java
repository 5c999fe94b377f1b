// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.budget.Contributor;
import io.github.joulestream.energy.budget.Rule;
import io.github.joulestream.energy.budget.Severity;
import java.io.IOException;
import org.apache.avro.Schema;

final class AlertCodec implements Codec<Alert> {
  private static final Rule[] RULES = Rule.values();
  private static final Severity[] SEVERITIES = Severity.values();
  private static final AlertState[] STATES = AlertState.values();
  private static final Contributor.Consumer[] CONSUMERS = Contributor.Consumer.values();

  private final Schema schema = KnownSchemas.own("alert");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(Alert alert, WireWriter out) {
    out.writeString(alert.id());
    out.writeEnum(alert.rule());
    out.writeString(alert.site());
    out.writeString(alert.budget());
    out.writeString(alert.scope());
    out.writeEnum(alert.severity());
    out.writeEnum(alert.state());
    out.writeDouble(alert.value());
    out.writeDouble(alert.limit());
    out.writeString(alert.unit());
    out.writeInt(alert.thresholdPercent());
    out.writeLong(alert.sinceEpochMillis());
    out.writeLong(alert.updatedEpochMillis());
    out.writeLong(alert.endedEpochMillis());
    out.writeInt(alert.completenessParts());
    writeList(
        alert.contributors(),
        (contributor, to) -> {
          to.writeEnum(contributor.kind());
          to.writeString(contributor.name());
          to.writeInt(contributor.shareParts());
          to.writeLong(contributor.milliwatts());
        },
        out);
    out.writeString(alert.summary());
    out.writeInt(alert.revision());
    out.writeString(alert.inhibitedBy());
    out.writeString(alert.owner());
    out.writeString(alert.note());
  }

  @Override
  public Alert read(WireReader in) throws IOException {
    return new Alert(
        in.readString(),
        in.readEnum(RULES),
        in.readString(),
        in.readString(),
        in.readString(),
        in.readEnum(SEVERITIES),
        in.readEnum(STATES),
        in.readDouble(),
        in.readDouble(),
        in.readString(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        in.readList(() ->
            new Contributor(in.readEnum(CONSUMERS), in.readString(), in.readInt(), in.readLong())),
        in.readString(),
        in.readInt(),
        in.readString(),
        in.readString(),
        in.readString());
  }
}
