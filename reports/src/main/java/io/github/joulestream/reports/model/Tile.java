// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One large figure of the first page.
 *
 * @param name for programs: {@code energy}
 * @param title for people
 * @param quantity what it is of
 * @param unit of a {@link Quantity#NUMBER}, else empty
 * @param value null: not known
 * @param changeFromBefore against the period before, -0.1: 10 % less; null: not known
 * @param changeFromYearBefore against the same period a year before; null: not known
 * @param trend values of up to 13 periods, the oldest first and this one last; null: not known
 * @param note what belongs to the figure in a few words: {@code 12 % of energy}; may be empty
 */
public record Tile(
    String name,
    String title,
    Quantity quantity,
    String unit,
    @Nullable BigDecimal value,
    @Nullable BigDecimal changeFromBefore,
    @Nullable BigDecimal changeFromYearBefore,
    List<@Nullable BigDecimal> trend,
    String note) {
  // not compact: only then has the class file what may be null within the list
  public Tile(
      String name,
      String title,
      Quantity quantity,
      String unit,
      @Nullable BigDecimal value,
      @Nullable BigDecimal changeFromBefore,
      @Nullable BigDecimal changeFromYearBefore,
      List<@Nullable BigDecimal> trend,
      String note) {
    this.name = name;
    this.title = title;
    this.quantity = quantity;
    this.unit = unit;
    this.value = value;
    this.changeFromBefore = changeFromBefore;
    this.changeFromYearBefore = changeFromYearBefore;
    this.trend = Collections.unmodifiableList(new ArrayList<>(trend));
    this.note = note;
  }
}
