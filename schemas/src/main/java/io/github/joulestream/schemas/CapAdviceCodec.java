// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.alerts.Cap;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Scope;
import java.io.IOException;
import org.apache.avro.Schema;

final class CapAdviceCodec implements Codec<CapAdvice> {
  private static final CapMode[] MODES = CapMode.values();
  private static final Contributor.Consumer[] CONSUMERS = Contributor.Consumer.values();

  private final Schema schema = KnownSchemas.own("cap-advice");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(CapAdvice advice, WireWriter out) {
    out.writeString(advice.site());
    out.writeString(advice.budget());
    out.writeString(advice.scope());
    out.writeLong(advice.epochMillis());
    out.writeLong(advice.limitMilliwatts());
    out.writeLong(advice.valueMilliwatts());
    out.writeLong(advice.unmetMilliwatts());
    out.writeEnum(advice.mode());
    writeList(
        advice.caps(),
        (cap, to) -> {
          to.writeEnum(cap.kind());
          to.writeString(cap.name());
          to.writeLong(cap.milliwatts());
          to.writeLong(cap.capMilliwatts());
          to.writeInt(cap.priority());
        },
        out);
  }

  @Override
  public void check(CapAdvice advice) {
    Keys.check(advice.site(), "site");
    Keys.check(advice.budget(), "budget");
    Scope.parse(advice.scope());
    advice.caps().forEach(cap -> Bounds.name(cap.name(), "node or job"));
  }

  @Override
  public CapAdvice read(WireReader in) throws IOException {
    return new CapAdvice(
        in.readString(),
        in.readString(),
        in.readString(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readEnum(MODES),
        in.readList(
            () ->
                new Cap(
                    in.readEnum(CONSUMERS),
                    in.readString(),
                    in.readLong(),
                    in.readLong(),
                    in.readInt()),
            Bounds.CAPS,
            "caps of an advice"));
  }
}
