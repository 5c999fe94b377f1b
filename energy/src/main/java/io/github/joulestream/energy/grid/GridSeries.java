// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.util.Comparator;
import java.util.Locale;

/**
 * One series of a site's supply. Intervals of a series never overlap.
 *
 * @param basis of a carbon intensity, else {@link CarbonBasis#NONE}
 * @param source where it has one, else {@link EnergySource#NONE}
 */
public record GridSeries(SeriesKind kind, CarbonBasis basis, EnergySource source)
    implements Comparable<GridSeries> {
  public GridSeries {
    if (kind == SeriesKind.CARBON == basis.equals(CarbonBasis.NONE)) {
      throw new IllegalArgumentException(
          "%s %s".formatted(kind, basis.text().isEmpty() ? "without a basis" : basis.text()));
    }
    if (kind.hasSource() == (source == EnergySource.NONE)) {
      throw new IllegalArgumentException("%s of source %s".formatted(kind, source));
    }
  }

  /** A series with neither basis nor source. */
  public static GridSeries of(SeriesKind kind) {
    return new GridSeries(kind, CarbonBasis.NONE, EnergySource.NONE);
  }

  /** A series by source. */
  public static GridSeries of(SeriesKind kind, EnergySource source) {
    return new GridSeries(kind, CarbonBasis.NONE, source);
  }

  /** A carbon intensity. */
  public static GridSeries carbon(CarbonBasis basis) {
    return new GridSeries(SeriesKind.CARBON, basis, EnergySource.NONE);
  }

  /**
   * {@code price}, {@code mix-solar}, {@code carbon-location-average-lifecycle}: of letters, dashes
   * and underscores.
   */
  public String text() {
    String detail = source == EnergySource.NONE ? basis.text() : source.name();
    return (detail.isEmpty() ? kind.name() : kind.name() + "-" + detail).toLowerCase(Locale.ROOT);
  }

  /**
   * The series of a text.
   *
   * @throws IllegalArgumentException if it is not of the form of {@link #text}
   */
  public static GridSeries parse(String text) {
    String[] parts = text.toUpperCase(Locale.ROOT).split("-", 2);
    String detail = parts.length == 1 ? "" : parts[1];
    try {
      SeriesKind kind = SeriesKind.valueOf(parts[0]);
      if (kind == SeriesKind.CARBON) {
        return carbon(CarbonBasis.parse(detail));
      }
      return of(kind, detail.isEmpty() ? EnergySource.NONE : EnergySource.valueOf(detail));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is no series such as price, mix-solar or carbon-location-average-lifecycle"
              .formatted(text),
          e);
    }
  }

  @Override
  public int compareTo(GridSeries other) {
    return Comparator.comparing(GridSeries::kind)
        .thenComparing(series -> series.basis.text())
        .thenComparing(GridSeries::source)
        .compare(this, other);
  }
}
