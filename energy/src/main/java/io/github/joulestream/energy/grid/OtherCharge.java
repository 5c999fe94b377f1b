// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.energy.grid;

import java.math.BigDecimal;

/**
 * A charge that is not by energy.
 *
 * @param kind {@link SeriesKind#FIXED_CHARGE} or {@link SeriesKind#DEMAND_CHARGE}
 * @param currency ISO 4217 code
 * @param amount with 9 decimal places
 * @param missingMillis time in which there is no value for it, or no peak, ms: nothing of it is in
 *     the amount
 */
public record OtherCharge(
    SeriesKind kind, String currency, BigDecimal amount, long missingMillis) {}
