// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/**
 * An alert that fired.
 *
 * @param value of the measured figure; {@link Double#NaN} if there is none
 * @param endedEpochMillis -1 while it fires
 */
public record AlertRow(
    String site,
    String rule,
    String id,
    String state,
    String severity,
    String scope,
    String scopeKind,
    String budget,
    double value,
    double limit,
    String unit,
    long sinceEpochMillis,
    long updatedEpochMillis,
    long endedEpochMillis,
    String summary) {}
