// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.alerts.AlertTiming;
import io.github.joulestream.energy.alerts.Budget;
import io.github.joulestream.energy.alerts.CapMode;
import io.github.joulestream.energy.alerts.Limit;
import io.github.joulestream.energy.alerts.Quantity;
import io.github.joulestream.energy.alerts.Reduction;
import io.github.joulestream.energy.alerts.Scope;
import io.github.joulestream.energy.alerts.Thresholds;
import java.io.IOException;
import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.List;
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
    out.writeLong(budget.limit().milli());
    out.writeString(budget.zone());
    writeList(budget.thresholds().percent(), (percent, to) -> to.writeInt(percent), out);
    out.writeLong(budget.timing().holdMillis());
    out.writeInt(budget.thresholds().hysteresisPercent());
    out.writeLong(budget.timing().resolveAfterMillis());
    out.writeLong(budget.timing().cooldownMillis());
    out.writeLong(budget.timing().forecastMillis());
    writeList(
        budget.limit().schedule(),
        (reduction, to) -> {
          to.writeInt(bits(reduction.days()));
          to.writeInt(reduction.fromMinute());
          to.writeInt(reduction.toMinute());
          to.writeLong(reduction.milliwatts());
        },
        out);
    out.writeEnum(budget.limit().advice());
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
    String site = in.readString();
    String id = in.readString();
    Scope scope = new Scope(in.readEnum(KINDS), in.readString(), in.readString());
    Quantity quantity = in.readEnum(QUANTITIES);
    long milli = in.readLong();
    String zone = in.readString();
    List<Integer> thresholds =
        in.readList(in::readInt, Bounds.THRESHOLDS, "thresholds of a budget");
    long holdMillis = in.readLong();
    int hysteresisPercent = in.readInt();
    AlertTiming timing = new AlertTiming(holdMillis, in.readLong(), in.readLong(), in.readLong());
    List<Reduction> schedule =
        in.readList(
            () -> new Reduction(days(in.readInt()), in.readInt(), in.readInt(), in.readLong()),
            Bounds.REDUCTIONS,
            "entries of a budget's schedule");
    return new Budget(
        site,
        id,
        scope,
        Limit.of(quantity, milli, schedule, in.readEnum(MODES)),
        zone,
        new Thresholds(thresholds, hysteresisPercent),
        timing,
        in.readString(),
        in.readString(),
        in.readInt());
  }
}
