// SPDX-License-Identifier: Apache-2.0
/**
 * Rules of alerts as arithmetic: budgets, levels and hysteresis, when an alarm fires and resolves,
 * trends, outliers, and caps.
 */
@NullMarked
package io.github.joulestream.energy.alerts;

import org.jspecify.annotations.NullMarked;
