// SPDX-License-Identifier: Apache-2.0
/**
 * Indicators of Delegated Regulation (EU) 2024/1364 on data centres: measured, typed in, or
 * missing.
 */
@NullMarked
package io.github.joulestream.reports.eed;

import org.jspecify.annotations.NullMarked;
