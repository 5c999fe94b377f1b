// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.alerts.Contributor;
import io.github.joulestream.energy.alerts.Rule;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Severity;
import java.io.IOException;
import org.apache.avro.Schema;

final class AlertCodec implements Codec<Alert> {
  private static final Rule[] RULES = Rule.values();
  private static final Severity[] SEVERITIES = Severity.values();
  private static final AlertState[] STATES = AlertState.values();
  private static final Contributor.Consumer[] CONSUMERS = Contributor.Consumer.values();

  private static final int MAX_UNIT = 20;

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
    out.writeInt(alert.completenessBasisPoints());
    writeList(
        alert.contributors(),
        (contributor, to) -> {
          to.writeEnum(contributor.kind());
          to.writeString(contributor.name());
          to.writeInt(contributor.shareBasisPoints());
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
  public void check(Alert alert) {
    checkId(alert.id(), "id of an alert");
    if (!alert.inhibitedBy().isEmpty()) {
      checkId(alert.inhibitedBy(), "id of the alert that inhibits one");
    }
    Keys.check(alert.site(), "site");
    if (!alert.budget().isEmpty()) {
      Keys.check(alert.budget(), "budget");
    }
    Scope.parse(alert.scope());
    checkUnit(alert.unit());
    Bounds.timeIfAny(alert.sinceEpochMillis(), "begin of an alert");
    Bounds.timeIfAny(alert.updatedEpochMillis(), "time of an alert");
    Bounds.timeIfAny(alert.endedEpochMillis(), "end of an alert");
    Bounds.count(alert.thresholdPercent(), Integer.MAX_VALUE, "threshold of an alert");
    Bounds.count(alert.revision(), Integer.MAX_VALUE, "revision of an alert");
    alert.contributors().forEach(one -> Bounds.name(one.name(), "node or job"));
    Bounds.text(alert.summary(), Bounds.LONG_TEXT_CHARACTERS, "summary of an alert");
    Bounds.text(alert.owner(), Bounds.NOTE_CHARACTERS, "owner of a budget");
    Bounds.text(alert.note(), Bounds.NOTE_CHARACTERS, "note of a budget");
  }

  /** As {@link Alert#fingerprint} makes them; they are sent in headers. */
  private static void checkId(String id, String what) {
    boolean isHex = id.length() == Alert.ID_CHARACTERS;
    for (int i = 0; i < id.length() && isHex; i++) {
      char c = id.charAt(i);
      isHex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!isHex) {
      throw new IllegalArgumentException(
          "%s must have %d hexadecimal digits: %s"
              .formatted(what, Alert.ID_CHARACTERS, Bounds.shown(id)));
    }
  }

  private static void checkUnit(String unit) {
    for (int i = 0; i < unit.length(); i++) {
      if (unit.length() > MAX_UNIT || unit.charAt(i) <= ' ' || unit.charAt(i) >= 0x7f) {
        throw new IllegalArgumentException("no unit of an alert: " + Bounds.shown(unit));
      }
    }
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
        in.readList(
            () ->
                new Contributor(
                    in.readEnum(CONSUMERS), in.readString(), in.readInt(), in.readLong()),
            Bounds.CONTRIBUTORS,
            "contributors of an alert"),
        in.readString(),
        in.readInt(),
        in.readString(),
        in.readString(),
        in.readString());
  }
}
