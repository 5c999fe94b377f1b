// SPDX-License-Identifier: Apache-2.0
/** Sections that several kinds of reports have. */
@NullMarked
package io.github.joulestream.reports.sections;

import org.jspecify.annotations.NullMarked;
