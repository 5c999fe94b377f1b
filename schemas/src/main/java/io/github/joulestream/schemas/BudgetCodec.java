// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Scope;
import java.io.IOException;
import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.Set;
import org.apache.avro.Schema;

final class BudgetCodec implements Codec<Budget> {
  private static final Scope.Kind[] KINDS = Scope.Kind.values();
  private static final Quantity[] QUANTITIES = Quantity.values();
  private static final CapMode[] MODES = CapMode.values();

  private final Schema schema = KnownSchemas.own("budget");

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(Budget budget, WireWriter out) {
    out.writeString(budget.site());
    out.writeString(budget.id());
    out.writeEnum(budget.scope().kind());
    out.writeString(budget.scope().label());
    out.writeString(budget.scope().name());
    out.writeEnum(budget.quantity());
    out.writeLong(budget.limit());
    out.writeString(budget.zone());
    writeList(budget.thresholdsPercent(), (percent, to) -> to.writeInt(percent), out);
    out.writeLong(budget.holdMillis());
    out.writeInt(budget.hysteresisPercent());
    out.writeLong(budget.resolveAfterMillis());
    out.writeLong(budget.cooldownMillis());
    out.writeLong(budget.forecastMillis());
    writeList(
        budget.schedule(),
        (reduction, to) -> {
          to.writeInt(bits(reduction.days()));
          to.writeInt(reduction.fromMinute());
          to.writeInt(reduction.toMinute());
          to.writeLong(reduction.limit());
        },
        out);
    out.writeEnum(budget.advice());
    out.writeString(budget.owner());
    out.writeString(budget.note());
    out.writeInt(budget.priority());
  }

  private static int bits(Set<DayOfWeek> days) {
    int bits = 0;
    for (DayOfWeek day : days) {
      bits |= bit(day);
    }
    return bits;
  }

  /** Monday is the lowest bit. */
  private static int bit(DayOfWeek day) {
    return 1 << (day.getValue() - 1);
  }

  private static Set<DayOfWeek> days(int bits) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (DayOfWeek day : DayOfWeek.values()) {
      if ((bits & bit(day)) != 0) {
        days.add(day);
      }
    }
    return days;
  }

  @Override
  public Budget read(WireReader in) throws IOException {
    return new Budget(
        in.readString(),
        in.readString(),
        new Scope(in.readEnum(KINDS), in.readString(), in.readString()),
        in.readEnum(QUANTITIES),
        in.readLong(),
        in.readString(),
        in.readList(in::readInt, Bounds.THRESHOLDS, "thresholds of a budget"),
        in.readLong(),
        in.readInt(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readList(
            () -> new Reduction(days(in.readInt()), in.readInt(), in.readInt(), in.readLong()),
            Bounds.REDUCTIONS,
            "entries of a budget's schedule"),
        in.readEnum(MODES),
        in.readString(),
        in.readString(),
        in.readInt());
  }
}
