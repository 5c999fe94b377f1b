// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

import io.github.joulestream.energy.grid.CarbonBasis;
import io.github.joulestream.energy.grid.EnergySource;
import io.github.joulestream.energy.grid.GridInterval;
import io.github.joulestream.energy.grid.GridQuality;
import io.github.joulestream.energy.grid.GridSeries;
import io.github.joulestream.energy.grid.SeriesKind;
import io.github.joulestream.schemas.catalogue.Measurement;
import java.util.Optional;

/** Rows of {@link Measurement#GRID}. */
final class GridRows {
  private final SharedTexts texts;

  GridRows(SharedTexts texts) {
    this.texts = texts;
  }

  /** The interval of a row, if it has time in common with a range. */
  Optional<GridInterval> of(HistoryRow row, TimeRange range) {
    // a point is at the second of its interval's start
    long from = StoreReads.millis(row) / 1_000 * 1_000;
    long to = row.number("to_epoch_millis");
    if (from >= range.to() || to <= range.from()) {
      return Optional.empty();
    }
    return Optional.of(
        new GridInterval(
            texts.text(row.text("site")),
            new GridSeries(
                SeriesKind.valueOf(row.text("kind")),
                CarbonBasis.parse(row.text("basis")),
                EnergySource.valueOf(row.text("source"))),
            from,
            to,
            row.number("value_nano"),
            texts.text(row.text("currency")),
            GridQuality.valueOf(row.text("quality")),
            row.number("issued_epoch_millis"),
            row.number("withdrawn") != 0,
            new GridInterval.Origin(
                texts.text(row.text("provider")),
                texts.text(row.text("zone")),
                texts.text(row.text("given")))));
  }
}
