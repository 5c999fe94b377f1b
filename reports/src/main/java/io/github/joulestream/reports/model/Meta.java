// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.reports.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report is of, and what its figures rest on.
 *
 * @param kind {@code director}
 * @param title for people
 * @param sites whose, in their order
 * @param scope what it was narrowed to, as {@code project=climate}; empty: nothing
 * @param period as it was asked for, resolved: {@code 2026-10}
 * @param from start, inclusive
 * @param to end, exclusive; not after asOf
 * @param zone whose calendar divides time
 * @param asOf what was known at this time; energy is as the store had it when the report was made
 * @param complete false: not all of the period was settled at asOf
 * @param coverage share of the device time whose energy is known; null: no device time
 * @param currency ISO 4217, empty if there is no price, or prices of several currencies
 * @param differenceMillijoules measured less jobs less idle; 0 unless there is a defect
 * @param factors what was multiplied with
 * @param notes method and limits, each a sentence; among them everything that is missing
 * @param version release that made the report
 */
public record Meta(
    String kind,
    String title,
    List<String> sites,
    String scope,
    String period,
    Instant from,
    Instant to,
    ZoneId zone,
    Instant asOf,
    boolean complete,
    @Nullable BigDecimal coverage,
    String currency,
    BigInteger differenceMillijoules,
    List<Factor> factors,
    List<String> notes,
    String version) {
  /** Version of the form of the data; raised when a field changes its meaning. */
  public static final int SCHEMA_VERSION = 1;

  public Meta {
    sites = List.copyOf(sites);
    factors = List.copyOf(factors);
    notes = List.copyOf(notes);
  }
}
