// SPDX-License-Identifier: Apache-2.0
package io.github.joulestream.store.history;

/**
 * A budget as it was set, changed or removed.
 *
 * @param epochMillis when
 * @param inForce false: removed
 * @param period POWER, or ENERGY_PER_HOUR, ENERGY_PER_DAY or ENERGY_PER_MONTH
 * @param limit mW of a budget of power, mJ of one of energy
 * @param scopeKind SITE, NODES, PROJECT, USER, JOB, KIND ...
 * @param scope as {@code project=climate}
 * @param zone in which its days and months are counted
 */
public record BudgetStep(
    String site,
    String budget,
    long epochMillis,
    boolean inForce,
    String period,
    long limit,
    String scopeKind,
    String scope,
    String zone) {}
