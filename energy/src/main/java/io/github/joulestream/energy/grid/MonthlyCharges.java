// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Charges by the month of a calendar, and what part of them a range of time has. */
final class MonthlyCharges {
  private static final int SCALE = 9;

  /** mW in a kW, as a power of ten. */
  private static final int MILLIWATTS_DIGITS = 6;

  private static final int NANO_DIGITS = 9;

  private MonthlyCharges() {}

  static List<OtherCharge> of(
      SeriesValues fixed,
      SeriesValues demand,
      long from,
      long to,
      ZoneId zone,
      Map<YearMonth, Long> peakMilliwatts) {
    Sum fixedCharge = new Sum();
    Sum demandCharge = new Sum();
    YearMonth month = YearMonth.from(Instant.ofEpochMilli(from).atZone(zone));
    while (start(month, zone) < to) {
      long monthStart = start(month, zone);
      long monthEnd = start(month.plusMonths(1), zone);
      long partFrom = Math.max(from, monthStart);
      long partTo = Math.min(to, monthEnd);
      // a fixed charge is the same for each month, whatever its power
      fixedCharge.add(fixed, partFrom, partTo, monthEnd - monthStart, 1L, 0);
      demandCharge.add(
          demand,
          partFrom,
          partTo,
          monthEnd - monthStart,
          peakMilliwatts.get(month),
          MILLIWATTS_DIGITS);
      month = month.plusMonths(1);
    }
    List<OtherCharge> charges = new ArrayList<>();
    fixedCharge.addTo(charges, SeriesKind.FIXED_CHARGE);
    demandCharge.addTo(charges, SeriesKind.DEMAND_CHARGE);
    return charges;
  }

  private static long start(YearMonth month, ZoneId zone) {
    return month.atDay(1).atStartOfDay(zone).toInstant().toEpochMilli();
  }

  /** Amounts of one kind by currency, each rounded once a month. */
  private static final class Sum {
    private final SortedMap<String, BigDecimal> amounts = new TreeMap<>();
    private long missingMillis;

    void add(
        SeriesValues values,
        long from,
        long to,
        long monthMillis,
        @Nullable Long times,
        int timesDigits) {
      missingMillis += times == null ? to - from : values.missing(from, to);
      if (times == null) {
        return;
      }
      SortedMap<String, BigInteger> weighted = new TreeMap<>();
      for (GridInterval interval : values.within(from, to)) {
        BigInteger part =
            BigInteger.valueOf(interval.valueNano())
                .multiply(BigInteger.valueOf(SeriesValues.overlap(interval, from, to)))
                .multiply(BigInteger.valueOf(times));
        weighted.merge(interval.currency(), part, BigInteger::add);
      }
      weighted.forEach((currency, part) ->
          amounts.merge(
              currency,
              new BigDecimal(part, NANO_DIGITS + timesDigits)
                  .divide(BigDecimal.valueOf(monthMillis), SCALE, RoundingMode.HALF_UP),
              BigDecimal::add));
    }

    void addTo(List<OtherCharge> charges, SeriesKind kind) {
      amounts.forEach((currency, amount) ->
          charges.add(new OtherCharge(kind, currency, amount, missingMillis)));
    }
  }
}
