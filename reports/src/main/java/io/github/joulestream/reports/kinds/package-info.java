// SPDX-License-Identifier: Apache-2.0
/** The kinds of reports, and what each consists of. */
@NullMarked
package io.github.joulestream.reports.kinds;

import org.jspecify.annotations.NullMarked;
