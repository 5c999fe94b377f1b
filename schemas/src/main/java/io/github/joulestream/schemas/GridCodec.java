// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

import io.github.joulestream.energy.Bounds;
import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import java.io.IOException;
import org.apache.avro.Schema;

final class GridCodec implements Codec<GridRecord> {
  private static final SeriesKind[] KINDS = SeriesKind.values();
  private static final CarbonBasis.Method[] METHODS = CarbonBasis.Method.values();
  private static final CarbonBasis.Rate[] RATES = CarbonBasis.Rate.values();
  private static final CarbonBasis.Scope[] SCOPES = CarbonBasis.Scope.values();
  private static final EnergySource[] SOURCES = EnergySource.values();
  private static final GridQuality[] QUALITIES = GridQuality.values();
  private static final Status[] STATUSES = Status.values();
  private static final int CURRENCY_CHARACTERS = 3;
  private static final int SECOND = 1_000;

  private final Schema schema = KnownSchemas.own("grid");

  /** What an issue is among those of its interval. */
  private enum Status {
    LATEST,
    EARLIER,
    WITHDRAWN
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void write(GridRecord record, WireWriter out) {
    GridInterval interval = record.interval();
    GridSeries series = interval.series();
    out.writeString(interval.site());
    out.writeEnum(series.kind());
    out.writeEnum(series.basis().method());
    out.writeEnum(series.basis().rate());
    out.writeEnum(series.basis().scope());
    out.writeEnum(series.source());
    out.writeLong(interval.from());
    out.writeLong(interval.to());
    out.writeLong(interval.valueNano());
    out.writeString(interval.currency());
    out.writeEnum(interval.quality());
    out.writeLong(interval.issued());
    out.writeEnum(status(record));
    out.writeString(interval.origin().provider());
    out.writeString(interval.origin().zone());
    out.writeString(interval.origin().given());
  }

  private static Status status(GridRecord record) {
    if (record.interval().withdrawn()) {
      return Status.WITHDRAWN;
    }
    return record.latest() ? Status.LATEST : Status.EARLIER;
  }

  @Override
  public GridRecord read(WireReader in) throws IOException {
    String site = in.readString();
    GridSeries series =
        new GridSeries(
            in.readEnum(KINDS),
            new CarbonBasis(in.readEnum(METHODS), in.readEnum(RATES), in.readEnum(SCOPES)),
            in.readEnum(SOURCES));
    long from = in.readLong();
    long to = in.readLong();
    long valueNano = in.readLong();
    String currency = in.readString();
    GridQuality quality = in.readEnum(QUALITIES);
    long issued = in.readLong();
    Status status = in.readEnum(STATUSES);
    return new GridRecord(
        new GridInterval(
            site,
            series,
            from,
            to,
            valueNano,
            currency,
            quality,
            issued,
            status == Status.WITHDRAWN,
            new GridInterval.Origin(in.readString(), in.readString(), in.readString())),
        status != Status.EARLIER);
  }

  @Override
  public void check(GridRecord record) {
    GridInterval interval = record.interval();
    Keys.check(interval.site(), "site");
    wholeSecond(interval.from(), "start of an interval");
    wholeSecond(interval.to(), "end of an interval");
    Bounds.time(interval.issued(), "time of issue of an interval");
    Bounds.text(interval.currency(), CURRENCY_CHARACTERS, "currency");
    Bounds.text(interval.origin().provider(), Bounds.NAME_CHARACTERS, "provider");
    Bounds.text(interval.origin().zone(), Bounds.NAME_CHARACTERS, "zone");
    Bounds.text(interval.origin().given(), Bounds.NAME_CHARACTERS, "value as given");
  }

  /** The store has one point a second and series. */
  private static void wholeSecond(long epochMillis, String what) {
    if (Bounds.time(epochMillis, what) % SECOND != 0) {
      throw new IllegalArgumentException(
          "%s: %d ms, and must be a whole second".formatted(what, epochMillis));
    }
  }
}
