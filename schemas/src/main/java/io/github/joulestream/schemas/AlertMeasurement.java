// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.schemas;

/**
 * The value that an alert is about, and its limit.
 *
 * @param value the value that is wrong, in {@code unit}
 * @param limit the limit that it should stay under, in {@code unit}
 * @param unit {@code W}, {@code J}, {@code s}, {@code ratio}, {@code nodes} or {@code deviations}
 * @param thresholdPercent the highest threshold of the limit that is passed; 100 without budget
 * @param completenessBasisPoints nodes of the scope that report, of those known, in basis points
 *     (1/10,000)
 */
public record AlertMeasurement(
    double value, double limit, String unit, int thresholdPercent, int completenessBasisPoints) {}
