// SPDX-License-Identifier: Apache-2.0
/** Periods of reports by the calendar of a time zone. */
@NullMarked
package io.github.joulestream.reports.period;

import org.jspecify.annotations.NullMarked;
