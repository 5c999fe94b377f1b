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
    out.writeDouble(alert.measured().value());
    out.writeDouble(alert.measured().limit());
    out.writeString(alert.measured().unit());
    out.writeInt(alert.measured().thresholdPercent());
    out.writeLong(alert.times().sinceEpochMillis());
    out.writeLong(alert.times().updatedEpochMillis());
    out.writeLong(alert.times().endedEpochMillis());
    out.writeInt(alert.measured().completenessBasisPoints());
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
    out.writeString(alert.routing().inhibitedBy());
    out.writeString(alert.routing().owner());
    out.writeString(alert.routing().note());
  }

  @Override
  public void check(Alert alert) {
    checkId(alert.id(), "id of an alert");
    if (alert.routing().isInhibited()) {
      checkId(alert.routing().inhibitedBy(), "id of the alert that inhibits one");
    }
    Keys.check(alert.site(), "site");
    if (!alert.budget().isEmpty()) {
      Keys.check(alert.budget(), "budget");
    }
    Scope.parse(alert.scope());
    checkUnit(alert.measured().unit());
    Bounds.timeIfAny(alert.times().sinceEpochMillis(), "begin of an alert");
    Bounds.timeIfAny(alert.times().updatedEpochMillis(), "time of an alert");
    Bounds.timeIfAny(alert.times().endedEpochMillis(), "end of an alert");
    Bounds.count(alert.measured().thresholdPercent(), Integer.MAX_VALUE, "threshold of an alert");
    Bounds.count(alert.revision(), Integer.MAX_VALUE, "revision of an alert");
    alert.contributors().forEach(one -> Bounds.name(one.name(), "node or job"));
    Bounds.text(alert.summary(), Bounds.LONG_TEXT_CHARACTERS, "summary of an alert");
    Bounds.text(alert.routing().owner(), Bounds.NOTE_CHARACTERS, "owner of a budget");
    Bounds.text(alert.routing().note(), Bounds.NOTE_CHARACTERS, "note of a budget");
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
    String id = in.readString();
    AlertSubject subject =
        new AlertSubject(in.readEnum(RULES), in.readString(), in.readString(), in.readString());
    Severity severity = in.readEnum(SEVERITIES);
    AlertState state = in.readEnum(STATES);
    double value = in.readDouble();
    double limit = in.readDouble();
    String unit = in.readString();
    int thresholdPercent = in.readInt();
    AlertTimes times = new AlertTimes(in.readLong(), in.readLong(), in.readLong());
    int completenessBasisPoints = in.readInt();
    return new Alert(
        id,
        subject,
        severity,
        state,
        new AlertMeasurement(value, limit, unit, thresholdPercent, completenessBasisPoints),
        times,
        in.readList(
            () ->
                new Contributor(
                    in.readEnum(CONSUMERS), in.readString(), in.readInt(), in.readLong()),
            Bounds.CONTRIBUTORS,
            "contributors of an alert"),
        in.readString(),
        in.readInt(),
        new AlertRouting(in.readString(), in.readString(), in.readString()));
  }
}
